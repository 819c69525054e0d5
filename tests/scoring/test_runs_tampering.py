"""Is everything found that was changed, removed or swapped in a folder of runs or in its log?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from loaders.errors import UnavailableError
from scoring.runs import open_run, prune, verify
from scoring.runs.columns import write_table
from scoring.runs.log import read_log
from scoring.runs.run import current_id
from tests.scoring.small_runs import chain, make_run, run_id, tables


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
