"""Do rollback, prune and listing keep to the order of runs and to those that are whole?"""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.errors import UnavailableError, UsageError
from scoring.runs import in_order, listing, prune, rollback, verify
from scoring.runs.run import current_id, run_ids
from tests.scoring.small_runs import actions, chain, make_run, run_id


def test_rollback_goes_back_run_by_run(tmp_path: Path) -> None:
    """Each rollback makes the run before the current one current, until there is none; forward goes by name."""
    chain(tmp_path, 1, 2, 3)
    assert [rollback(tmp_path).id for _ in range(2)] == [run_id(2), run_id(1)]
    with pytest.raises(UsageError, match="no run before"):
        rollback(tmp_path)
    assert rollback(tmp_path, run_id(3)).id == current_id(tmp_path) == run_id(3)


def test_rollback_passes_over_damaged_runs(tmp_path: Path) -> None:
    """The run gone back to is whole: a damaged one is passed over, and refused when it is named."""
    chain(tmp_path, 1, 2, 3)
    (tmp_path / run_id(2) / "ties.parquet").write_bytes(b"")
    with pytest.raises(UnavailableError, match=r"ties\.parquet"):
        rollback(tmp_path, run_id(2))
    assert rollback(tmp_path).id == run_id(1)


def test_prune_keeps_the_newest_and_the_current(tmp_path: Path) -> None:
    """All but the newest go, the current one never, and the log tells each."""
    chain(tmp_path, 1, 2, 3, 4, 5)
    rollback(tmp_path, run_id(2))
    assert prune(tmp_path, keep=2) == [run_id(1), run_id(3)]
    assert run_ids(tmp_path) == [run_id(2), run_id(4), run_id(5)]
    assert actions(tmp_path)[-2:] == [("prune", run_id(1)), ("prune", run_id(3))]
    assert verify(tmp_path).problems == ()


def test_prune_refuses_to_keep_none(tmp_path: Path) -> None:
    """--keep 0 would leave nothing; it is refused, as is pruning without knowing what is current."""
    make_run(tmp_path, 1)
    with pytest.raises(UsageError, match="at least 1; got 0"):
        prune(tmp_path, keep=0)
    (tmp_path / "CURRENT").write_bytes(b"?")
    with pytest.raises(UnavailableError, match="CURRENT is damaged"):
        prune(tmp_path, keep=1)
    assert run_ids(tmp_path) == [run_id(1)]


def test_runs_are_listed_in_the_order_they_were_made(tmp_path: Path) -> None:
    """Oldest first, the current one marked, a damaged one told as such."""
    chain(tmp_path, 9, 2, 5)
    (tmp_path / run_id(9) / "manifest.json").write_bytes(b"{}")
    rows = listing(tmp_path)
    assert [row["run_id"] for row in rows] == [run_id(9), run_id(2), run_id(5)]
    assert [row["current"] for row in rows] == [False, False, True]
    assert rows[0]["state"].endswith("tells what is damaged")
    assert (rows[1]["state"], rows[1]["persons"]) == ("whole", 3)


def test_runs_that_the_log_lost_come_first(tmp_path: Path) -> None:
    """Without its log a folder still tells of the runs that stand in it."""
    chain(tmp_path, 2, 1)
    (tmp_path / "LOG").unlink()
    assert in_order(tmp_path) == [run_id(1), run_id(2)]
    make_run(tmp_path, 1)
    assert in_order(tmp_path) == [run_id(2), run_id(1)]


def test_a_whole_folder_verifies(tmp_path: Path) -> None:
    """After runs, a repetition, a rollback and a prune there is no problem and no note."""
    chain(tmp_path, 1, 2, 3, 1)
    rollback(tmp_path)
    prune(tmp_path, keep=1)
    found = verify(tmp_path)
    assert (found.problems, found.notes) == ((), ())
    assert verify(tmp_path, found.runs[0]).runs == found.runs[:1]
