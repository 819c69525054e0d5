"""Whose doing is a move? Four parts that add up to every change, each in the right place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import UsageError
from scoring.combination import NANO
from scoring.comparison import compare, split_moves
from scoring.comparison.moves import Moves
from scoring.comparison.parts import PARTS
from scoring.comparison.replacement import Steps
from scoring.config import Config
from scoring.runs.run import Run
from tests.scoring.made_run import made_run
from tests.scoring.portfolio_runs import AS_OF, Frames, Portfolio, made_model

POINTS = "points = [0, 5, 11, 18, 25, 30]"
EDGES = "at_least = [0, 0.5, 0.7, 0.85, 0.95, 0.99]"


def scores(run: Run) -> dict[str, int]:
    table = run.table("scores")
    return dict(zip(table["account_id"].to_pylist(), table["score"].to_pylist(), strict=True))


def moves(older: Run, newer: Run) -> Moves:
    """All moves; every law that holds for any two runs is asserted on the way."""
    found = Moves.between(older, newer)
    before, after = scores(older), scores(newer)
    names = found.accounts.to_pylist()
    assert sorted(names) == sorted({*before} & {*after})
    change = [after[name] - before[name] for name in names]
    assert found.parts.sum(axis=1).tolist() == change
    for place in np.argsort(-np.abs(found.parts).sum(axis=1), kind="stable")[:25]:
        split = found.at(int(place))
        assert (split.before, split.after) == (before[split.account_id], after[split.account_id])
        assert (
            split.own + split.connections + split.policy + split.missing == split.change == split.after - split.before
        )
        for part in PARTS:
            assert sum(line.points for line in split.parts if line.part == part) == getattr(split, part)
    return found


def only(found: Moves, part: str) -> bool:
    """Whether nothing but this part moved anybody, and it moved somebody."""
    others = [number for number, name in enumerate(PARTS) if name != part]
    return bool(found.parts[:, PARTS.index(part)].any()) and not found.parts[:, others].any()


def scorecard(old: str, new: str) -> str:
    from scoring.scorecard import card

    text = Path(card.__file__).with_name("scorecard.toml").read_text(encoding="utf-8")
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


@given(st.lists(st.integers(-50 * NANO, 50 * NANO), min_size=4, max_size=4), st.integers(0, 600 * NANO))
def test_parts_add_up_for_every_move(parts: list[int], before: int) -> None:
    """Whatever the parts: they add up to the rounded change, each within 1 of its own, and nothing stays nothing."""
    change = (before + sum(parts) + NANO // 2) // NANO - (before + NANO // 2) // NANO
    moved = tuple((name, "", np.array([nano])) for name, nano in zip(PARTS, parts, strict=True))
    whole = Steps(moved, None, np.array([change])).whole()[0].tolist()  # type: ignore[arg-type]
    assert sum(whole) == change
    assert all(abs(number * NANO - nano) < NANO for number, nano in zip(whole, parts, strict=True))
    assert all(number * NANO == nano for number, nano in zip(whole, parts, strict=True) if nano % NANO == 0)


def test_nothing_moves_between_a_run_and_itself(base: Run) -> None:
    """No part of nobody."""
    assert not moves(base, base).parts.any()


@pytest.mark.parametrize(
    "text",
    [
        "[score]\nrho = 0.9\nthin_extra = 0.3\n",
        "[score]\nmissing_quantile = 0.75\n",
        "[score]\nconnections = false\n",
        "[propagation]\nprior_months = 12.0\ndamping = 0.5\n",
        "[score.weights]\ncredit_history = 0.2\nability = 0.4\nbehaviour = 0.2\nidentity = 0.1\nconnections = 0.1\n",
    ],
)
def test_policy_alone_is_told_exactly(portfolio: Portfolio, base: Run, text: str) -> None:
    """The same data under other numbers: every point is policy's, for everybody, connections and constants included."""
    found = moves(base, portfolio.run(config=portfolio.config(text)))
    assert only(found, "policy")
    assert found.notes == ()


@pytest.mark.parametrize(("old", "new", "noted"), [(POINTS, "points = [0, 1, 2, 3, 4, 30]", 0),
                                                   (EDGES, "at_least = [0, 0.4, 0.6, 0.8, 0.9, 0.95]", 1)])  # fmt: skip
def test_a_scorecards_points_are_policy(portfolio: Portfolio, base: Run, old: str, new: str, noted: int) -> None:
    """Other points per bin are policy's doing; other bins as well, and a note says that own data is told with it."""
    config = portfolio.config('[score]\nscorecard = "card.toml"\n', card=scorecard(old, new))
    found = moves(base, portfolio.run(config=config))
    assert only(found, "policy")
    assert len(found.notes) == noted


@pytest.mark.parametrize("kind", ["logistic", "tree"])
def test_a_trained_model_is_policy(portfolio: Portfolio, base: Run, kind: str) -> None:
    """The same data read by a model: every point is policy's, and the note says why."""
    found = moves(base, portfolio.run(config=Config().with_model(made_model(kind))))
    assert only(found, "policy")
    assert "begin elsewhere now" in found.notes[0]
    assert "model" in found.at(0).parts[0].what if found.at(0).parts else True


def test_another_rule_is_policy(portfolio: Portfolio, base: Run) -> None:
    """The challenger in place of rule vouch is a choice, whatever it does to standings."""
    assert only(moves(base, portfolio.run(rule="association")), "policy")


def better_bills(frames: Frames) -> None:
    known = frames["profiles"].index[frames["profiles"].bills_on_time != ""]
    frames["profiles"].loc[known[:40], "bills_on_time"] = "1.0"


def unknown_bills(frames: Frames) -> None:
    frames["profiles"].loc[frames["profiles"].index[:40], "bills_on_time"] = ""


def no_finance(frames: Frames) -> None:
    chosen = frames["consents"].account_id.isin(sorted(frames["consents"].account_id.unique())[:40])
    frames["consents"].loc[chosen & (frames["consents"].source == "finance"), "granted"] = "false"


def no_transfers(frames: Frames) -> None:
    frames["relations"] = frames["relations"][frames["relations"].index % 2 == 0]


@pytest.mark.parametrize(
    ("change", "part"),
    [(better_bills, "own"), (unknown_bills, "missing"), (no_finance, "missing"), (no_transfers, "connections")],
)
def test_what_changed_is_named(portfolio: Portfolio, base: Run, change: Callable[[Frames], None], part: str) -> None:
    """Own data, missing data, consent and ties: each moves its own part; beside it at most connections move.

    The portfolio's constants are held fixed: quartiles that stand in for what is missing would move as well.
    """
    fixed = portfolio.config(f'constants = "{base.id}"\n')
    found = moves(base, portfolio.run(portfolio.tables(change), fixed))
    moved = {name for number, name in enumerate(PARTS) if found.parts[:, number].any()}
    assert part in moved
    assert moved <= {part, "connections"}


def test_what_came_back_is_what_went(portfolio: Portfolio, base: Run) -> None:
    """Consent given again is missing data as much as consent withdrawn: lift that comes back with it is not others'."""
    withheld = portfolio.run(portfolio.tables(no_finance))
    for older, newer in ((withheld, base), (base, withheld)):
        found = moves(older, newer)
        consent = next(nano for part, label, nano in found.steps.moved if (part, label) == ("missing", "consent"))
        assert consent.any()


def test_the_moment_moves_history_and_ties(portfolio: Portfolio, base: Run) -> None:
    """Half a year earlier: additive for everybody, and supporters are named."""
    earlier = portfolio.run(as_of=AS_OF - timedelta(days=180))
    found = moves(earlier, base)
    names = {
        line.label for row in range(len(found.accounts)) for line in found.at(row).parts if line.part == "connections"
    }
    holders = {*base.table("scores")["holder_id"].to_pylist()}
    assert names & holders
    assert names <= holders | {"everyone else"}


def test_everything_at_once_adds_up(portfolio: Portfolio, base: Run) -> None:
    """Other data, consents, moment, policy and model together still add up, in both directions."""

    def all_of_it(frames: Frames) -> None:
        for change in (better_bills, no_finance, no_transfers):
            change(frames)

    config = portfolio.config("[score]\nrho = 0.6\nthin_extra = 0.2\n[ties]\nhalf_life_days = 90.0\n")
    model = config.with_model(made_model("logistic"))
    last = portfolio.run(portfolio.tables(all_of_it), model, as_of=AS_OF + timedelta(days=30))
    forth, back = moves(base, last), moves(last, base)
    assert forth.parts.any(axis=0).all()
    assert any("ties can't be made anew" in note for note in back.notes)


def test_diff_carries_the_split(portfolio: Portfolio, base: Run) -> None:
    """Each listed mover has its parts, the same as for the account alone."""
    newer = portfolio.run(portfolio.tables(no_transfers))
    found = compare(base, newer, movers=3, split=True)
    assert len(found.movers) == 3
    for mover in found.movers:
        assert mover.split == split_moves(base, newer, mover.account_id)
        assert mover.split is not None
        assert mover.split.change == mover.change


def test_a_run_that_keeps_too_little_is_compared_without_a_split() -> None:
    """Runs of earlier versions are compared as before; asked for a split they are refused with a sentence."""
    newer = made_run()
    rows = [{**row, "score": row["score"] - 5} for row in newer.tables["scores"].to_pylist()]
    newer.tables["scores"] = pa.Table.from_pylist(rows, newer.tables["scores"].schema)
    found = compare(made_run(), newer, split=True)  # type: ignore[arg-type]
    assert [mover.split for mover in found.movers] == [None] * 5
    with pytest.raises(UsageError, match="does not keep consents and scales"):
        split_moves(made_run(), newer, "nina")  # type: ignore[arg-type]


def test_who_is_in_one_run_only_has_no_move(base: Run) -> None:
    """A sentence, no split."""
    with pytest.raises(UsageError, match="account 'nobody' has no score in both runs"):
        split_moves(base, base, "nobody")


def test_the_command_tells_the_same(portfolio: Portfolio, base: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """`renmai diff --account` prints the split as text and as JSON."""
    from scoring.cli import execute

    newer = portfolio.run(portfolio.tables(no_transfers))
    name = compare(base, newer, movers=1).movers[0].account_id
    words = ["diff", base.id, newer.id, "--runs", str(portfolio.folder / "runs"), "--account", name]
    assert execute([*words, "--format", "json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)["move"]
    assert told["own"] + told["connections"] + told["policy"] + told["missing"] == told["change"] != 0
    assert execute(words) == 0
    assert "Whose doing it is" in capsys.readouterr().out
