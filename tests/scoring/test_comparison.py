"""What changed between runs? Band migration, shift, movers with their cause, and one account's history."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from loaders.errors import UsageError
from scoring.batch.stability import psi
from scoring.comparison import compare, history
from tests.scoring.made_run import BANDS, MadeRun, made_run
from tests.scoring.town_runs import town_run

NAMES = tuple(name for _, name in reversed(BANDS))


def changed(account: str, **columns: object) -> MadeRun:
    run = made_run()
    rows = run.tables["scores"].to_pylist()
    rows = [{**row, **columns} if row["account_id"] == account else row for row in rows]
    run.tables["scores"] = pa.Table.from_pylist(rows, run.tables["scores"].schema)
    return run


def score_of(run: MadeRun, account: str) -> int:
    return run.rows("scores", "account_id", account)["score"][0].as_py()


def test_a_run_compared_with_itself_shows_nothing() -> None:
    """No mover, no shift, everybody on the diagonal."""
    found = compare(made_run(), made_run())
    assert (found.movers, found.psi, found.mean_change, found.unchanged, found.common) == ((), 0.0, 0.0, 5, 5)
    assert sum(found.migration[place][place] for place in range(5)) == 5


def test_a_move_is_counted_in_the_matrix() -> None:
    """Nina going from very good to poor is one cell off the diagonal."""
    found = compare(made_run(), changed("nina", score=540, band="poor"))
    assert found.migration[NAMES.index("very good")][NAMES.index("poor")] == 1
    assert sum(map(sum, found.migration)) == 5


def test_the_cause_of_a_fall_is_the_dimension_that_fell_most() -> None:
    """Of 30 points lost and 4 won elsewhere the cause is where the 30 went."""
    before = made_run().rows("scores", "account_id", "zoe").to_pylist()[0]
    columns = {
        "score": before["score"] - 26,
        "points_ability": before["points_ability"] - 30,
        "points_identity": before["points_identity"] + 4,
    }
    mover = compare(made_run(), changed("zoe", **columns)).movers[0]
    assert (mover.account_id, mover.change, mover.cause, mover.cause_points) == ("zoe", -26, "ability", -30)


def test_movers_are_ranked_by_size_then_id() -> None:
    """The largest move is first whatever its direction; equal moves stand in the order of ids."""
    newer = made_run()
    moves = {"dan": 5, "nina": -40, "sam": 5, "vera": 1, "zoe": 0}
    rows = [{**row, "score": row["score"] + moves[row["account_id"]]} for row in newer.tables["scores"].to_pylist()]
    newer.tables["scores"] = pa.Table.from_pylist(rows, newer.tables["scores"].schema)
    expected = [("nina", -40), ("dan", 5), ("sam", 5)]
    actual = [(row.account_id, row.change) for row in compare(made_run(), newer, movers=3).movers]
    assert actual == expected
    assert compare(made_run(), newer, movers=0).movers == ()


def test_accounts_in_one_run_only_are_counted() -> None:
    """Who came and who left is told, and compared with nobody."""
    newer = made_run(zoe="zack")
    found = compare(made_run(), newer)
    assert (found.common, found.only_older, found.only_newer) == (4, 1, 1)


def test_the_shift_is_the_gates_psi() -> None:
    """The PSI shown is the one that the gate computes, over all scores of both runs."""
    newer = changed("sam", score=400, band="poor")
    expected = psi(*(run.tables["scores"]["score"].to_numpy() for run in (made_run(), newer)))
    assert compare(made_run(), newer).psi == expected > 0


def test_bands_of_both_configurations_are_in_the_matrix() -> None:
    """A band that only the newer configuration has gets its row and column after the others."""
    newer = changed("sam", band="superb")
    newer.manifest["config"]["bands"].append({"name": "superb", "at_least": 900})
    found = compare(made_run(), newer)
    assert found.bands == (*NAMES, "superb")
    assert found.migration[NAMES.index("excellent")][-1] == 1


def test_two_real_runs_add_up(tmp_path: Path) -> None:
    """For every mover of the town the dimensions' points add up to the change of the score."""
    found = compare(town_run(tmp_path, months=6), town_run(tmp_path), movers=100)
    assert found.movers
    assert [sum(row.points.values()) for row in found.movers] == [row.change for row in found.movers]


def test_history_follows_an_account_over_the_runs() -> None:
    """Score, band and change against the last score, in the order given; not scored is told as such."""
    start = score_of(made_run(), "nina")
    gone = made_run(nina="other")
    runs = (gone, made_run(), gone, changed("nina", score=start + 7))
    actual = [(row.score, row.change) for row in history(runs, "nina")]
    assert actual == [(start, None), (None, None), (start + 7, 7)]


def test_history_of_an_unknown_account_is_refused() -> None:
    """An account that no run knows is a sentence, not an empty table."""
    with pytest.raises(UsageError, match="no run has a score for account 'shop'"):
        history([made_run()], "shop")


def test_scores_in_other_order_are_matched_by_id() -> None:
    """Rows are compared by account, not by place."""
    newer = made_run()
    newer.tables["scores"] = newer.tables["scores"].take(
        pc.sort_indices(newer.tables["scores"], [("score", "ascending")])
    )
    assert compare(made_run(), newer).unchanged == 5
