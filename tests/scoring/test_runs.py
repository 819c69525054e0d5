"""Are runs written once, read only whole, and is everything that happened to them told?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loaders.errors import LockedError, RenmaiError, UnavailableError, UsageError
from scoring.runs import in_order, listing, open_run, prune, rollback, verify
from scoring.runs.columns import RESULTS, write_table
from scoring.runs.draft import Draft
from scoring.runs.lock import Lock
from scoring.runs.log import read_log
from scoring.runs.run import current_id, run_ids
from tests.scoring.small_runs import body, make_run, run_id, tables, write_run


def chain(root: Path, *numbers: int) -> None:
    for number in numbers:
        make_run(root, number)


def actions(root: Path) -> list[tuple[str, str]]:
    return [(line["action"], line["run_id"]) for line in read_log(root).lines]


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


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
    import pyarrow as pa

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


def test_an_unknown_run_is_told_with_the_known_ones(tmp_path: Path) -> None:
    """The sentence names the runs that there are; before the first run it says how to make one."""
    with pytest.raises(UsageError, match="holds no run yet"):
        open_run(tmp_path)
    chain(tmp_path, 1, 2)
    with pytest.raises(UsageError, match=f"no run 'x'; it has {run_id(1)}, {run_id(2)}"):
        open_run(tmp_path, "x")
    with pytest.raises(UsageError, match="has no table 'secrets'; it has"):
        open_run(tmp_path).table("secrets")


@pytest.mark.parametrize("hostile", ["../20250101-0000000000000001", "/etc", ".", "", "20250101-0000000000000001\n"])
def test_a_run_id_is_no_path(tmp_path: Path, hostile: str) -> None:
    """Only a folder listed under runs, with the form of a run id, is opened."""
    make_run(tmp_path / "runs", 1)
    with pytest.raises(UsageError, match="has no run"):
        open_run(tmp_path / "runs", hostile)


def test_every_flipped_byte_of_a_run_is_found_before_use(tmp_path: Path) -> None:
    """300 flips over all files of a run: reading refuses each, names the file and offers the way back."""
    run = make_run(tmp_path, 1)
    files = sorted(run.path.iterdir())
    for number in range(300):
        path = files[number % len(files)]
        original = path.read_bytes()
        at = number * 7919 % len(original)
        path.write_bytes(original[:at] + bytes([original[at] ^ (1 << number % 8)]) + original[at + 1 :])
        with pytest.raises(UnavailableError, match=rf"{path.name}.*renmai rollback"):
            open_run(tmp_path).check()
        path.write_bytes(original)
    open_run(tmp_path).check()


@pytest.mark.parametrize("keep", [0, 1, 100])
def test_a_truncated_file_is_found(tmp_path: Path, keep: int) -> None:
    """A file that was cut is named, the manifest as well."""
    run = make_run(tmp_path, 1)
    for name in ("manifest.json", "scores.parquet"):
        whole = (run.path / name).read_bytes()
        (run.path / name).write_bytes(whole[:keep])
        with pytest.raises(UnavailableError, match=name):
            open_run(tmp_path).table("scores")
        (run.path / name).write_bytes(whole)


def test_a_damaged_pointer_is_never_taken_for_no_run(tmp_path: Path) -> None:
    """An unreadable CURRENT stops readers and the next writer, and rollback mends it."""
    chain(tmp_path, 1, 2)
    for damaged in (b"", b"\0" * 26, b"20250101", b"../../etc/passwd\n"):
        (tmp_path / "CURRENT").write_bytes(damaged)
        with pytest.raises(UnavailableError, match=r"CURRENT is damaged.*renmai rollback"):
            open_run(tmp_path)
        with pytest.raises(UnavailableError, match="CURRENT is damaged"):
            make_run(tmp_path, 3)
    assert rollback(tmp_path).id == run_id(2)
    assert current_id(tmp_path) == run_id(2)


def test_a_missing_pointer_is_no_empty_folder(tmp_path: Path) -> None:
    """A CURRENT that is gone stops readers and the next writer as a damaged one does; rollback puts it back."""
    chain(tmp_path, 1, 2)
    (tmp_path / "CURRENT").unlink()
    with pytest.raises(UnavailableError, match=r"CURRENT is missing though runs were made here.*renmai rollback"):
        open_run(tmp_path)
    with pytest.raises(UnavailableError, match="CURRENT is missing"):
        make_run(tmp_path, 3)
    assert rollback(tmp_path).id == run_id(2)
    assert verify(tmp_path).problems == ()
    for name in ("CURRENT", "LOG"):
        (tmp_path / name).unlink()
    with pytest.raises(UnavailableError, match="CURRENT is missing"):
        open_run(tmp_path)


def test_a_pointer_to_a_run_that_is_gone_is_damage(tmp_path: Path) -> None:
    """It is no mistake of the user's: 6 and the way back, not 2."""
    chain(tmp_path, 1, 2)
    shutil.rmtree(tmp_path / run_id(2))
    with pytest.raises(UnavailableError, match=f"CURRENT names run {run_id(2)}, which is not there.*renmai rollback"):
        open_run(tmp_path)
    assert rollback(tmp_path).id == run_id(1)


def test_a_run_of_another_format_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """A manifest of another release is told apart from damage."""
    run = make_run(tmp_path, 1)
    path = run.path / "manifest.json"
    path.write_text(json.dumps({**run.manifest, "format_version": 99}))
    with pytest.raises(UnavailableError, match="format_version 99; this release reads 1"):
        open_run(tmp_path)


def test_files_that_are_not_listed_are_not_read_but_reported(tmp_path: Path) -> None:
    """A left-over file in a run's folder changes no result, and verify names it."""
    run = make_run(tmp_path, 1)
    (run.path / "scores-2.parquet").write_bytes(b"left over")
    assert len(open_run(tmp_path).scores) == 3
    assert [problem for problem in verify(tmp_path).problems if "scores-2.parquet is not listed" in problem]


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


def test_a_whole_folder_verifies(tmp_path: Path) -> None:
    """After runs, a repetition, a rollback and a prune there is no problem and no note."""
    chain(tmp_path, 1, 2, 3, 1)
    rollback(tmp_path)
    prune(tmp_path, keep=1)
    found = verify(tmp_path)
    assert (found.problems, found.notes) == ((), ())
    assert verify(tmp_path, found.runs[0]).runs == found.runs[:1]


def swap(one: Path, other: Path) -> None:
    one.rename(one.with_name("aside"))
    other.rename(one)
    one.with_name("aside").rename(other)


def edit_log(root: Path, change: str) -> None:
    lines = (root / "LOG").read_text().splitlines(keepends=True)
    match change:
        case "drop first":
            lines = lines[1:]
        case "drop last":
            lines = lines[:-1]
        case "swap":
            lines[0], lines[1] = lines[1], lines[0]
        case "double":
            lines = [lines[0], *lines]
        case "user":
            lines[1] = lines[1].replace('"by":"', '"by":"x')
        case "manifest of the last":
            record = json.loads(lines[-1])
            lines[-1] = json.dumps({**record, "manifest": "0" * 64}, sort_keys=True, separators=(",", ":")) + "\n"
        case "blanks":
            lines[1] = lines[1].replace(",", ", ", 1)
        case "no end":
            lines[-1] = lines[-1].rstrip("\n")
    (root / "LOG").write_text("".join(lines))


def rewrite_manifest(root: Path, number: int) -> None:
    """Change a manifest and give it a fresh hash of its own, as somebody who knows the format would."""
    from scoring.runs.manifest import encode

    path = root / run_id(number) / "manifest.json"
    path.write_bytes(encode({**json.loads(path.read_bytes()), "certificate": 0.5}))


def forge_scores(root: Path, number: int) -> None:
    """Replace a table and rewrite the manifest to match."""
    import hashlib

    from scoring.runs.manifest import encode

    folder = root / run_id(number)
    (folder / "scores.parquet").unlink()
    digest, size = write_table(folder / "scores.parquet", tables(shift=99)["scores"])
    assert digest == hashlib.sha256((folder / "scores.parquet").read_bytes()).hexdigest()
    record = json.loads((folder / "manifest.json").read_bytes())
    for output in record["outputs"]:
        if output["name"] == "scores.parquet":
            output |= {"sha256": digest, "bytes": size}
    (folder / "manifest.json").write_bytes(encode(record))


TAMPERING = {
    "two runs swapped": lambda root: swap(root / run_id(1), root / run_id(2)),
    "current run swapped": lambda root: swap(root / run_id(3), root / run_id(1)),
    "one table of two runs swapped": lambda root: swap(
        root / run_id(3) / "scores.parquet", root / run_id(4) / "scores.parquet"
    ),
    "manifests of two runs swapped": lambda root: swap(
        root / run_id(1) / "manifest.json", root / run_id(2) / "manifest.json"
    ),
    "a manifest rewritten with a fitting hash": lambda root: rewrite_manifest(root, 2),
    "a table and its manifest forged": lambda root: forge_scores(root, 2),
    "a table removed": lambda root: (root / run_id(1) / "ties.parquet").unlink(),
    "a table added": lambda root: (root / run_id(1) / "extra.parquet").write_bytes(b""),
    "a run removed": lambda root: shutil.rmtree(root / run_id(1)),
    "a run planted": lambda root: shutil.copytree(root / run_id(1), root / run_id(77)),
    "pointer set to an older run": lambda root: (root / "CURRENT").write_text(f"{run_id(1)}\n"),
    "pointer set to the run before": lambda root: (root / "CURRENT").write_text(f"{run_id(3)}\n"),
    "pointer removed": lambda root: (root / "CURRENT").unlink(),
    "first line dropped": lambda root: edit_log(root, "drop first"),
    "last line dropped": lambda root: edit_log(root, "drop last"),
    "lines swapped": lambda root: edit_log(root, "swap"),
    "line doubled": lambda root: edit_log(root, "double"),
    "who did it changed": lambda root: edit_log(root, "user"),
    "last line's manifest changed": lambda root: edit_log(root, "manifest of the last"),
    "blanks added to a line": lambda root: edit_log(root, "blanks"),
    "last end of line dropped": lambda root: edit_log(root, "no end"),
    "the log removed": lambda root: (root / "LOG").unlink(),
}


@pytest.fixture(scope="module")
def four_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("four") / "runs"
    for number in (1, 2, 3, 4):
        make_run(root, number, shift=number)
    return root


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_is_found(four_runs: Path, tmp_path: Path, tampering: str) -> None:
    """Whatever is changed, removed, added or swapped in a folder of runs, verify finds it."""
    root = tmp_path / "runs"
    shutil.copytree(four_runs, root)
    assert verify(root).problems == ()
    TAMPERING[tampering](root)
    assert verify(root).problems != ()


def test_every_changed_byte_of_the_log_is_found(four_runs: Path, tmp_path: Path) -> None:
    """A flip at any place of the log breaks the chain."""
    root = tmp_path / "runs"
    shutil.copytree(four_runs, root)
    original = (root / "LOG").read_bytes()
    missed = []
    for at in range(0, len(original), 3):
        (root / "LOG").write_bytes(original[:at] + bytes([original[at] ^ 1]) + original[at + 1 :])
        lines = read_log(root)
        if (
            not lines.breaks
            and not lines.torn
            and lines.lines[-1]["hash"] == json.loads(original.splitlines()[-1])["hash"]
        ):
            missed.append(at)
    assert missed == []


def test_a_torn_last_line_is_not_read_and_repaired_by_the_next_writer(tmp_path: Path) -> None:
    """A line cut by a crash was never acted on: readers go on, verify tells it, the next run removes it."""
    chain(tmp_path, 1, 2)
    whole = (tmp_path / "LOG").read_bytes()
    (tmp_path / "LOG").write_bytes(whole + b'{"action":"run","at":"2026')
    assert open_run(tmp_path).id == run_id(2)
    assert "without an end of line" in verify(tmp_path).problems[0]
    make_run(tmp_path, 3)
    assert (tmp_path / "LOG").read_bytes().startswith(whole)
    assert verify(tmp_path).problems == ()


def test_a_broken_chain_stays_visible_and_does_not_stop_the_batch(tmp_path: Path) -> None:
    """A damaged log is told by every verify from then on; tonight's run is published all the same."""
    chain(tmp_path, 1, 2)
    edit_log(tmp_path, "user")
    make_run(tmp_path, 3)
    assert current_id(tmp_path) == run_id(3)
    assert "line 2 was changed" in " ".join(verify(tmp_path).problems)
    with pytest.raises(UnavailableError, match="nothing is removed"):
        prune(tmp_path, keep=1)


@pytest.mark.parametrize("damage", ["removed", "last line dropped", "emptied"])
def test_a_log_that_lost_lines_never_verifies_again(tmp_path: Path, damage: str) -> None:
    """The next writer goes on from the line that is missing, so nobody can cover it up by running once more."""
    chain(tmp_path, 1, 2)
    path = tmp_path / "LOG"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] if damage == "last line dropped" else b"")
    if damage == "removed":
        path.unlink()
    make_run(tmp_path, 3)
    assert current_id(tmp_path) == run_id(3)
    assert "or a line before it is missing: the chain breaks there" in " ".join(verify(tmp_path).problems)


def test_runs_that_the_log_lost_come_first(tmp_path: Path) -> None:
    """Without its log a folder still tells of the runs that stand in it."""
    chain(tmp_path, 2, 1)
    (tmp_path / "LOG").unlink()
    assert in_order(tmp_path) == [run_id(1), run_id(2)]
    make_run(tmp_path, 1)
    assert in_order(tmp_path) == [run_id(2), run_id(1)]


HOLD = """
import sys, time
from pathlib import Path
from scoring.runs.lock import Lock
with Lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_ends_at_once_and_touches_nothing(tmp_path: Path) -> None:
    """While another process holds the lock, a writer is refused within a second, with that process's number."""
    make_run(tmp_path, 1)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        expected = content(tmp_path)
        began = time.monotonic()
        for attempt in (lambda: make_run(tmp_path, 2), lambda: rollback(tmp_path), lambda: prune(tmp_path, 1)):
            with pytest.raises(LockedError, match=rf"process {holder.pid}\)"):
                attempt()
        assert time.monotonic() - began < 1
        assert content(tmp_path) == expected
        holder.kill()
    make_run(tmp_path, 2)
    assert current_id(tmp_path) == run_id(2)


@pytest.mark.parametrize("theft", ["removed", "replaced", "taken over"])
def test_a_writer_whose_lock_was_taken_away_publishes_nothing(tmp_path: Path, theft: str) -> None:
    """The fence is checked before the pointer moves: a lock file removed, replaced or re-fenced stops the writer."""
    make_run(tmp_path, 1)
    with Lock(tmp_path) as lock, pytest.raises(LockedError, match="nothing was published"):
        path = tmp_path / ".lock"
        if theft == "removed":
            path.unlink()
        elif theft == "replaced":
            path.unlink()
            path.write_text(json.dumps({"fence": lock.fence, "head": lock.head, "pid": 1}))
        else:
            path.write_text(json.dumps({"fence": lock.fence + 1, "head": lock.head, "pid": 1}))
        write_run(lock, 2)
    assert current_id(tmp_path) == run_id(1)
    assert run_ids(tmp_path) == [run_id(1)]


def test_the_fence_grows_with_every_writer(tmp_path: Path) -> None:
    """Each writer has a number above the last one's, and it stands in the log."""
    chain(tmp_path, 1, 2)
    rollback(tmp_path)
    assert [line["fence"] for line in read_log(tmp_path).lines] == [1, 2, 3]


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


def test_a_manifest_cannot_list_a_file_elsewhere(tmp_path: Path) -> None:
    """A listed name with a path in it is refused even when its hash fits."""
    from scoring.runs.manifest import decode, encode

    listed = {"bytes": 1, "name": "../../etc/passwd", "rows": 1, "sha256": "0" * 64}
    forged = encode({**body(), "format_version": 1, "run_id": run_id(1), "outputs": [listed]})
    with pytest.raises(UnavailableError, match="no file of a run"):
        decode(forged, run_id(1), "manifest.json")
