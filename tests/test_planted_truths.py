"""Do the planted truths of a simulated portfolio come out as the theory says? The whole job, from files to lifts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import scoring
from loaders.simulate import simulate
from loaders.simulate.planted import ROLES

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


class Outcome:
    """A run of a simulated portfolio and where its holders stand."""

    def __init__(self, data: Path, runs: Path) -> None:
        self.truth: dict[str, Any] = json.loads((data / "truth.json").read_text(encoding="utf-8"))["planted"]
        self.run = scoring.run(data, as_of=AS_OF, runs=runs, config=scoring.load_config(None))
        self.standing: pd.DataFrame = self.run.standing.set_index("holder_id")
        self.scores: pd.DataFrame = self.run.scores.set_index("holder_id")

    def of(self, role: str, column: str) -> list[float]:
        return self.standing.loc[self.truth[role]["holders"], column].tolist()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "data"
    simulate(folder, accounts=1200, relations=30_000)
    return folder


@pytest.fixture(scope="module")
def outcome(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return Outcome(data, tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("role", ["wash_ring_fresh", "sybils_alone", "refund_returner", "refund_reversed", "stranger"])
def test_without_honest_money_the_lift_is_exactly_nothing(role: str, outcome: Outcome) -> None:
    """A fresh ring, sybils without honest money, returned payments and a stranger lift exactly 0."""
    assert set(outcome.of(role, "lift")) == {0.0}


def test_nobody_of_the_aged_ring_ends_above_its_best(outcome: Outcome) -> None:
    """In a ring of accounts with history no one stands above the best member's own evidence."""
    assert max(outcome.of("wash_ring_aged", "standing")) <= max(outcome.of("wash_ring_aged", "evidence"))


def test_supported_sybils_gain_no_more_than_one_supporter_can_give(outcome: Outcome) -> None:
    """Twelve sybils together gain at most λ (B − β) A / k, with one supporter's whole budget A ≤ c; the unpaid none."""
    lifts = outcome.of("sybils_supported", "lift")
    best = max(outcome.of("sybils_supporter", "standing")) - max(outcome.of("sybils_supported", "evidence"))
    assert 0 < sum(lifts) <= 0.8 * best * 6 / 6
    assert set(lifts[2:]) == {0.0}


def test_the_honestly_supported_newcomer_is_lifted(outcome: Outcome) -> None:
    """Sustained money from an excellent person lifts the thin newcomer, by at least 5 points of its score."""
    newcomer = outcome.truth["newcomer"]["holders"][0]
    assert outcome.of("newcomer", "lift")[0] > 0.05
    assert outcome.scores.loc[newcomer, "connections"] > outcome.scores.loc[newcomer, "tabular"]
    assert bool(outcome.scores.loc[newcomer, "thin"])


def test_distress_falls_on_those_who_vouched_for_defaulters(outcome: Outcome) -> None:
    """All six vouchers carry distress; those who sent no defaulter money carry none."""
    assert min(outcome.of("voucher", "distress")) > 0.3
    assert {max(outcome.of(role, "distress")) for role in ROLES if role != "voucher"} == {0.0}


def test_griefing_changes_nothing_for_its_victim(
    data: Path, outcome: Outcome, tmp_path: Path, without: Callable[[Path, set[str], str], Path]
) -> None:
    """Without the payers' money the victim has the same standing, distress and score to the bit."""
    payers = set(outcome.truth["griefing_payer"]["accounts"])
    victim = outcome.truth["griefing_victim"]["accounts"][0]
    peaceful = Outcome(without(data, payers, victim), tmp_path / "runs")
    holder = outcome.truth["griefing_victim"]["holders"][0]
    assert outcome.of("griefing_victim", "lift")[0] > 0
    pd.testing.assert_series_equal(peaceful.standing.loc[holder], outcome.standing.loc[holder], check_exact=True)
    pd.testing.assert_series_equal(peaceful.scores.loc[holder], outcome.scores.loc[holder], check_exact=True)


@pytest.fixture
def without(tmp_path: Path) -> Callable[[Path, set[str], str], Path]:
    """Copy a portfolio without the money that some payers sent to one account."""

    def copy(data: Path, payers: set[str], payee: str) -> Path:
        folder = tmp_path / "without"
        folder.mkdir()
        for path in data.iterdir():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            if path.name == "relations.csv":
                cells = (line.split(",") for line in lines)
                lines = [",".join(cell) for cell in cells if not (cell[2] in payers and cell[3] == payee)]
            (folder / path.name).write_text("".join(lines), encoding="utf-8")
        return folder

    return copy


def test_refunds_leave_no_strength_in_the_tie(outcome: Outcome) -> None:
    """The trickster's ties have gross strength g, but net strength v is exactly 0: taking back frees no budget."""
    trickster = outcome.truth["refund_trickster"]["holders"][0]
    ties = outcome.run.ties[outcome.run.ties.from_id == trickster]
    assert set(ties.to_id) == {outcome.truth[role]["holders"][0] for role in ("refund_returner", "refund_reversed")}
    assert ties.v.tolist() == [0.0, 0.0]
    assert ties.g.min() > 1


def test_scores_are_spread_like_people(outcome: Outcome) -> None:
    """Each band holds at least 5 percent of the accounts and none more than half."""
    shares = outcome.run.scores.band.value_counts(normalize=True)
    assert len(shares) == 5
    assert shares.between(0.05, 0.5).all()
