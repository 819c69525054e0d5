"""What does the batch take, in which stages, and what does it refuse before it begins?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import loaders
from loaders.errors import ContractError, UnavailableError, UsageError
from loaders.town import AS_OF, town
from scoring.batch import stages
from scoring.batch.job import plan
from scoring.runs.columns import RESULTS
from scoring.runs.run import run_ids
from tests.scoring.batch_runs import Told, folder, go


def test_the_stages_are_told_in_order(tmp_path: Path) -> None:
    """read, tie, propagate, score, gate, write, make current."""
    told = Told()
    go(tmp_path, progress=told)
    assert tuple(told.stages) == stages.STAGES


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    """A dry run tells the id, the counts and who would be scored, and leaves no trace."""
    wanted = plan(folder(tmp_path / "data"), as_of=AS_OF, runs=tmp_path / "runs")
    assert (wanted.persons, wanted.accounts, wanted.stands) == (12, 13, False)
    assert not (tmp_path / "runs").exists()
    made = go(tmp_path / "runs", tmp_path / "data")
    assert made.id == wanted.run_id
    assert plan(tmp_path / "data", as_of=AS_OF, runs=tmp_path / "runs").stands


def test_an_input_without_rows_is_refused_unless_allowed(tmp_path: Path) -> None:
    """No accepted relation: ABORT(no_rows); with allow_empty everybody gets the tabular score."""
    frames = town()
    frames["relations"] = frames["relations"][:0]
    with pytest.raises(ContractError, match=r"ABORT\(no_rows\): relations"):
        go(tmp_path / "runs", loaders.load(**frames))
    assert run_ids(tmp_path / "runs") == []
    made = go(tmp_path / "runs", loaders.load(**frames), allow_empty=True)
    assert made.standing.lift.tolist() == [0.0] * 12
    assert made.table("ties").num_rows == 0


def test_an_input_without_persons_can_be_run_when_allowed(tmp_path: Path) -> None:
    """A portfolio of nobody has empty tables, not an error."""
    empty = {name: town()[name][:0] for name in ("accounts", "relations")}
    made = go(tmp_path, loaders.load(**empty), allow_empty=True)
    assert [made.table(name).num_rows for name in RESULTS] == [0, 0, 0, 0]


def test_a_naive_as_of_is_refused(tmp_path: Path) -> None:
    """A time without offset names no moment."""
    with pytest.raises(UsageError, match="as_of must have an offset"):
        go(tmp_path, as_of=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(UsageError, match="rule must be one of"):
        go(tmp_path, rule="pagerank")


def test_a_file_that_changes_while_it_is_read_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file still being written is named; nothing of it is published or kept for --resume."""
    data, root, real = folder(tmp_path / "data"), tmp_path / "runs", loaders.read

    def read(place: Path, *more: Any) -> loaders.Tables:
        with (data / "relations.csv").open("a") as file:
            file.write("late,chat,ann,bob,,,2025-12-01T00:00:00+00:00,\n")
        return real(place, *more)

    monkeypatch.setattr(loaders, "read", read)
    with pytest.raises(UnavailableError, match=r"relations\.csv changed while it was read"):
        go(root, data)
    assert {path.name for path in root.iterdir()} == {".lock"}


def test_a_folder_that_is_no_data_makes_no_runs(tmp_path: Path) -> None:
    """A mistyped DATA is told before a runs folder is made."""
    with pytest.raises(UsageError, match="is not a folder"):
        go(tmp_path / "runs", tmp_path / "nowhere")
    assert not (tmp_path / "runs").exists()
