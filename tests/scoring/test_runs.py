"""Are runs written once, the same to the byte, and for the owner alone?"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from loaders.errors import RenmaiError, UnavailableError
from scoring.runs import open_run, rollback, verify
from scoring.runs.columns import RESULTS, write_table
from scoring.runs.draft import Draft
from scoring.runs.lock import Lock
from scoring.runs.run import current_id, run_ids
from tests.scoring.small_runs import actions, chain, content, make_run, run_id, tables


def test_a_published_run_is_current_and_has_its_tables(tmp_path: Path) -> None:
    """What was written is what is read, through CURRENT and the manifest."""
    make_run(tmp_path, 1)
    run = open_run(tmp_path)
    assert (tmp_path / "CURRENT").read_text() == f"{run_id(1)}\n"
    assert {name: run.table(name) for name in RESULTS} == {name: tables()[name] for name in RESULTS}
    assert run.scores.account_id.tolist() == ["ann", "bob", "sam"]


def test_rows_are_read_by_key(tmp_path: Path) -> None:
    """A filtered read gives the rows of the ids asked for, in the table's order, for one id or several."""
    run = make_run(tmp_path, 1)
    assert run.rows("scores", "account_id", ["sam", "ann"])["account_id"].to_pylist() == ["ann", "sam"]
    assert run.rows("scores", "account_id", "bob", ["score"]).to_pylist() == [{"score": 650}]
    assert run.rows("ties", "to_id", "nobody").num_rows == 0


def test_folders_and_files_are_the_owners_alone(tmp_path: Path) -> None:
    """Folders are 0700, files 0600, whatever the umask."""
    root = tmp_path / "new" / "runs"
    old = os.umask(0)
    try:
        make_run(root, 1)
    finally:
        os.umask(old)
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in [root, *root.rglob("*")]}
    assert modes == {(True, 0o700), (False, 0o600)}


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    """Two runs folders of the same work differ in nothing but the log and the lock."""
    first, second = make_run(tmp_path / "a", 1), make_run(tmp_path / "b", 1)
    assert content(first.path) == content(second.path)


def test_a_table_is_cut_into_the_same_bytes_however_it_was_put_together(tmp_path: Path) -> None:
    """Chunks of a table leave no trace in its file."""
    whole = tables()["scores"]
    pieces = [whole.slice(0, 1), whole.slice(1, 2)]
    expected, _ = write_table(tmp_path / "scores.parquet", whole)
    shutil.move(tmp_path / "scores.parquet", tmp_path / "whole")
    assert write_table(tmp_path / "scores.parquet", pa.concat_tables(pieces))[0] == expected


def test_a_table_with_other_columns_is_not_written(tmp_path: Path) -> None:
    """Columns are those of the contract, to the type."""
    with pytest.raises(RenmaiError, match="scores has columns"):
        write_table(tmp_path / "scores.parquet", tables()["scores"].drop_columns(["thin"]))
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    """A file, or a link planted where a file will be written, stops the writer and is not followed."""
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / "scores.parquet").symlink_to(victim)
    with pytest.raises(FileExistsError):
        write_table(tmp_path / "scores.parquet", tables()["scores"])
    assert victim.read_text() == "kept"


def test_repeating_a_run_keeps_its_folder_and_repoints(tmp_path: Path) -> None:
    """The same work again: the folder stands byte for byte, CURRENT names it, the log says so."""
    chain(tmp_path, 1, 2)
    expected = content(tmp_path / run_id(1))
    make_run(tmp_path, 1)
    assert content(tmp_path / run_id(1)) == expected
    assert current_id(tmp_path) == run_id(1)
    assert actions(tmp_path)[-1] == ("repeat", run_id(1))


def test_the_same_id_with_other_results_is_refused(tmp_path: Path) -> None:
    """A run of the same id whose result tables differ is never written over nor silently kept."""
    make_run(tmp_path, 1)
    with pytest.raises(RenmaiError, match=r"other bytes in scores\.parquet"):
        make_run(tmp_path, 1, shift=5)
    assert open_run(tmp_path).scores.score.tolist() == [600, 650, 700]


def test_repeating_a_damaged_run_repairs_it(tmp_path: Path) -> None:
    """A run that stands damaged is written anew by the same work."""
    run = make_run(tmp_path, 1)
    with (run.path / "ties.parquet").open("r+b") as file:
        file.write(b"X")
    make_run(tmp_path, 1)
    assert actions(tmp_path)[-1] == ("repair", run_id(1))
    assert verify(tmp_path).problems == ()


def test_a_run_that_the_log_does_not_name_is_never_made_current(tmp_path: Path) -> None:
    """A folder planted or rewritten under a run's id, though whole: rollback refuses it, the work makes it anew."""
    make_run(tmp_path, 1, shift=7)
    shutil.copytree(make_run(tmp_path / "elsewhere", 2, shift=9).path, tmp_path / run_id(2))
    with pytest.raises(UnavailableError, match="rewritten or planted"):
        rollback(tmp_path, run_id(2))
    shutil.rmtree(tmp_path / "elsewhere")
    made = make_run(tmp_path, 2, shift=2)
    assert made.scores.score.tolist()[0] == 602
    assert verify(tmp_path).problems == ()


def test_a_draft_that_is_not_published_leaves_nothing(tmp_path: Path) -> None:
    """An error before publishing removes the temporary folder and changes no pointer."""
    make_run(tmp_path, 1)
    with Lock(tmp_path) as lock, pytest.raises(ZeroDivisionError), Draft(lock, run_id(2)) as draft:
        draft.add("scores", tables()["scores"])
        raise ZeroDivisionError
    assert run_ids(tmp_path) == [run_id(1)]
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".tmp-")] == []


def test_a_signal_while_tables_are_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C waits for the files under way and begins no other, so that the folder can be taken away whole."""
    begun = []

    def slowly(path: Path, table: pa.Table) -> tuple[str, int]:
        begun.append(path.stem)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.2)
        return write_table(path, table)

    monkeypatch.setattr("scoring.runs.draft.write_table", slowly)
    with Lock(tmp_path) as lock, pytest.raises(KeyboardInterrupt), Draft(lock, run_id(1)) as draft:
        draft.add_all({name: tables()[name] for name in RESULTS}, threads=1)
    assert len(begun) == 1
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".tmp-")] == []


def test_a_signal_while_the_folder_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the folder and the ``with`` that takes it away there is no gap."""

    def interrupted(_folder: Path) -> None:
        raise KeyboardInterrupt

    with Lock(tmp_path) as lock, pytest.raises(KeyboardInterrupt):
        monkeypatch.setattr("scoring.runs.disk.sync_folder", interrupted)
        Draft(lock, run_id(1)).__enter__()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".tmp-")] == []


def test_the_manifest_names_the_run_before_it(tmp_path: Path) -> None:
    """Manifests are chained: each holds the id and the manifest hash of the run that was current when it was made."""
    import hashlib

    first, second = make_run(tmp_path, 1), make_run(tmp_path, 2)
    expected = hashlib.sha256((first.path / "manifest.json").read_bytes()).hexdigest()
    assert first.manifest["previous"] is None
    assert second.manifest["previous"] == {"manifest": expected, "run_id": first.id}


def test_no_person_or_account_stands_in_log_lock_or_manifest(tmp_path: Path) -> None:
    """Ids of people are in the tables alone."""
    run = make_run(tmp_path, 1)
    told = b"".join((tmp_path / name).read_bytes() for name in ("LOG", ".lock", "CURRENT"))
    told += (run.path / "manifest.json").read_bytes()
    assert [name for name in ("ann", "bob", "sam") if f'"{name}"'.encode() in told] == []
