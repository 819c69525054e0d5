"""Does a run keep what it read, whole or not at all, though it is laid down beside the work?"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from threading import Event

import pyarrow as pa
import pytest

import loaders
from loaders.errors import UnavailableError
from loaders.town import AS_OF, town
from scoring.batch import laying, storing
from scoring.runs import open_run, prune, rollback, verify
from scoring.runs.index import FOLDER
from scoring.runs.resume import Resume
from scoring.runs.run import Run, current_id, run_ids
from scoring.runs.state import damages, open_state
from tests.scoring.batch_runs import Told, config, folder, go, interrupted, result_bytes
from tests.scoring.disk_steps import count_steps, killed_at


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("town"))


def as_read(made: Run, data: Path) -> bool:
    """Say whether the run's state holds exactly the tables that reading its folder gives."""
    kept, read = open_state(made), loaders.read(data)
    names = ("accounts", "relations", "profiles", "consents", "outcomes", "rates")
    return all(kept.table(name) == getattr(read, name) for name in names)


def test_a_run_keeps_the_tables_it_was_made_of(tmp_path: Path, data: Path) -> None:
    """Beside the results stands what was read, to the value; the manifest is the same without it."""
    kept = go(tmp_path / "kept", data)
    assert as_read(kept, data)
    lean = go(tmp_path / "lean", data, config=config("[run]\nkeep_state = false\n", tmp_path))
    assert not (lean.path / FOLDER).exists()
    assert (lean.id, result_bytes(lean)) == (kept.id, result_bytes(kept))
    assert {**lean.manifest, "config": 0, "sha256": 0} == {**kept.manifest, "config": 0, "sha256": 0}
    assert verify(tmp_path / "kept").problems == verify(tmp_path / "lean").problems == ()


def test_tables_from_memory_leave_no_state(tmp_path: Path) -> None:
    """What came as tables is not laid down: the caller has it."""
    assert not (go(tmp_path).path / FOLDER).exists()


def test_a_resumed_run_keeps_what_the_interrupted_start_read(tmp_path: Path, data: Path) -> None:
    """The state of a run whose reading was taken up is the one a run in one go keeps."""
    interrupted("propagate", tmp_path, data)
    told = Told()
    made = go(tmp_path, data, resume=True, progress=told)
    assert "stage read is taken up from the interrupted run" in told.notes
    assert as_read(made, data)
    assert verify(tmp_path).problems == ()


def test_a_batch_killed_at_any_step_keeps_its_state_whole_or_not_at_all(tmp_path: Path, data: Path) -> None:
    """SIGKILL before every few steps, in the thread beside the work as well: no run, or one with all of its state.

    Whatever is left, the next start with --resume ends in the same bytes and leaves nothing else.
    """
    expected = result_bytes(go(tmp_path / "done", data))
    step = 1
    while killed_at(step, lambda root=(root := tmp_path / str(step)): go(root, data)):  # type: ignore[misc]
        root.mkdir(exist_ok=True)
        for name in run_ids(root):
            assert damages(root / name / FOLDER) == []
        assert verify(root).problems == ()
        made = go(root, data, resume=True)
        assert (result_bytes(made), as_read(made, data)) == (expected, True)
        assert {path.name for path in root.iterdir()} == {".lock", "LOG", "CURRENT", made.id}
        step += 13
    assert step > 50


@pytest.mark.parametrize("stage", ["read", "tie", "propagate"])
def test_a_disk_that_refuses_what_is_laid_down_stops_the_run(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """An error beside the work is the run's own: a sentence with the path, and nothing is published."""
    real = Resume.save

    def save(self: Resume, name: str, *more: object, **named: object) -> None:
        if name != stage:
            return real(self, name, *more, **named)  # type: ignore[arg-type]
        with pytest.MonkeyPatch.context() as patch:
            count_steps(patch, lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
            return real(self, name, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Resume, "save", save)
    with pytest.raises(UnavailableError, match=rf"\.resume-.*{stage}.*No space left on device"):
        go(tmp_path, data)
    assert (run_ids(tmp_path), current_id(tmp_path)) == ([], None)


class Stopped(Event):
    """Says from the beginning that no more is to be written."""

    def is_set(self) -> bool:
        return True


def test_a_stage_that_is_stopped_is_none(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no time to write to the end, the next start finds no stage and computes all."""
    monkeypatch.setattr(laying, "PATIENCE", 0.0)
    monkeypatch.setattr(laying, "Event", Stopped)
    interrupted("tie", tmp_path, data)
    monkeypatch.undo()
    told = Told()
    made = go(tmp_path, data, resume=True, progress=told)
    assert [note for note in told.notes if "taken up" in note] == []
    assert as_read(made, data)


def test_inputs_are_hashed_once(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No start sums up files beside reading them, unless there is an interrupted one that it may take up."""
    summed: list[Path] = []
    real = storing.content
    monkeypatch.setattr(storing, "content", lambda data: summed.append(data) or real(data))
    go(tmp_path / "plain", data)
    go(tmp_path / "fresh", data, resume=True)
    assert summed == []
    interrupted("tie", tmp_path / "again", data)
    go(tmp_path / "again", data, resume=True)
    assert summed == [data]


def test_verify_names_the_damaged_file_of_a_state_and_the_results_stand(tmp_path: Path, data: Path) -> None:
    """A flipped byte, a cut, a missing or a foreign file of a state is told by name; the run is read as before."""
    made = go(tmp_path / "runs", data)
    place = made.path / FOLDER
    whole = (place / "relations.arrow").read_bytes()
    for number, damage in enumerate((whole[:-1], whole[:99] + bytes([whole[99] ^ 1]) + whole[100:], None)):
        (place / "relations.arrow").unlink()
        if damage is not None:
            (place / "relations.arrow").write_bytes(damage)
        (problem,) = verify(tmp_path / "runs").problems
        assert "relations.arrow is" in problem, number
        assert "The results stand" in problem
        open_run(tmp_path / "runs").check()
    (place / "relations.arrow").write_bytes(whole)
    (place / "more.arrow").write_bytes(b"")
    assert [problem.split(" is ")[0] for problem in verify(tmp_path / "runs").problems] == [str(place / "more.arrow")]


def test_runs_with_a_state_are_rolled_back_and_pruned_like_others(tmp_path: Path, data: Path) -> None:
    """Rollback goes to a run with its state; a pruned run takes its state with it."""
    later = {**town(), "relations": town()["relations"][:-1]}
    first, second = go(tmp_path / "runs", data), go(tmp_path / "runs", folder(tmp_path / "later", later))
    assert rollback(tmp_path / "runs").id == first.id
    assert open_state(first).path == first.path / FOLDER
    go(tmp_path / "runs", tmp_path / "later", force=True)
    assert prune(tmp_path / "runs", keep=1) == [first.id]
    assert run_ids(tmp_path / "runs") == [second.id]
    assert verify(tmp_path / "runs").problems == ()


def test_a_disk_without_second_names_gets_copies(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot have two names the state is copied, and is as whole."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    made = go(tmp_path, data)
    assert as_read(made, data)
    assert verify(tmp_path).problems == ()


def test_chunks_of_what_was_read_leave_no_trace(tmp_path: Path, data: Path) -> None:
    """A log in many pieces gives the bytes of a log in one."""
    tables = loaders.read(data)
    pieces = [tables.relations.slice(at, 7) for at in range(0, tables.relations.num_rows, 7)]
    from dataclasses import replace

    cut = replace(tables, relations=pa.concat_tables(pieces))
    assert result_bytes(go(tmp_path / "cut", cut, as_of=AS_OF)) == result_bytes(go(tmp_path / "whole", tables))
    shutil.rmtree(tmp_path / "cut")
