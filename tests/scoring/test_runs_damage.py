"""Are runs read only whole, and is what is damaged, missing or no run named?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from loaders.errors import UnavailableError, UsageError
from scoring.runs import open_run, rollback, verify
from scoring.runs.run import current_id
from tests.scoring.small_runs import body, chain, make_run, run_id


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


def test_a_manifest_cannot_list_a_file_elsewhere(tmp_path: Path) -> None:
    """A listed name with a path in it is refused even when its hash fits."""
    from scoring.runs.manifest import decode, encode

    listed = {"bytes": 1, "name": "../../etc/passwd", "rows": 1, "sha256": "0" * 64}
    forged = encode({**body(), "format_version": 1, "run_id": run_id(1), "outputs": [listed]})
    with pytest.raises(UnavailableError, match="no file of a run"):
        decode(forged, run_id(1), "manifest.json")
