"""Does an interrupted batch go on where it was, and never on state that is damaged or of other work?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from loaders.town import AS_OF
from scoring.batch import stages
from scoring.runs.run import Run, run_ids
from tests.scoring.batch_runs import Told, config, folder, go, interrupted, result_bytes


@pytest.mark.parametrize("after", ["read", "tie", "propagate", "score", "gate", "write"])
def test_resume_goes_on_from_the_finished_stages(made: Run, tmp_path: Path, after: str) -> None:
    """Stopped after any stage, --resume takes up what was finished and ends in the same bytes, leaving no state."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted(after, root, data)
    assert run_ids(root) == []
    told = Told()
    again = go(root, data, resume=True, progress=told)
    kept = [stage for stage in ("read", "tie", "propagate") if stages.STAGES.index(stage) <= stages.STAGES.index(after)]
    assert told.notes == [f"stage {stage} is taken up from the interrupted run" for stage in kept]
    assert (again.id, result_bytes(again)) == (made.id, result_bytes(made))
    assert again.manifest == made.manifest
    assert [path.name for path in root.iterdir() if path.name.startswith(".resume")] == []


def test_without_resume_everything_is_computed_anew(tmp_path: Path) -> None:
    """A plain start uses nothing of an interrupted one."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted("propagate", root, data)
    told = Told()
    go(root, data, progress=told)
    assert told.notes == []


@pytest.mark.parametrize("change", ["inputs", "config", "as_of"])
def test_resume_uses_nothing_of_other_work(tmp_path: Path, change: str) -> None:
    """Inputs, config or as_of changed since: it says so and computes all stages."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted("propagate", root, data)
    more: dict[str, Any] = {}
    if change == "inputs":
        with (data / "relations.csv").open("a") as file:
            file.write("late,chat,ann,bob,,,2025-12-01T00:00:00+00:00,\n")
    elif change == "config":
        more["config"] = config("[score]\nrho = 0.5\n", tmp_path)
    else:
        more["as_of"] = AS_OF + timedelta(days=1)
    told = Told()
    go(root, data, resume=True, progress=told, **more)
    expected = "nothing to resume: inputs, config, as_of, rule or versions are others; all stages are computed"
    assert told.notes == [expected]


def damages(whole: bytes) -> Iterator[bytes]:
    """Empty a file, cut it, flip a bit in its first, second and third quarter."""
    yield b""
    yield whole[: len(whole) // 2]
    for quarter in (1, 2, 3):
        at = len(whole) * quarter // 4
        yield whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]


@pytest.mark.parametrize("stage", ["read", "tie", "propagate"])
def test_damaged_resume_state_is_never_read_as_anything(made: Run, tmp_path: Path, stage: str) -> None:
    """Emptied, cut or flipped, a file of the state: it says so, computes the stage, and the bytes are right."""
    data, root = folder(tmp_path / "data"), tmp_path / "runs"
    interrupted("gate", root, data)
    files = sorted(next(root.glob(f".resume-*/{stage}")).iterdir())
    for number, path in enumerate([files[0], files[-1], next(file for file in files if file.suffix == ".arrow")]):
        for damage, damaged in enumerate(damages(path.read_bytes())):
            copy = tmp_path / f"copy-{number}-{damage}"
            shutil.copytree(root, copy)
            (copy / path.relative_to(root)).write_bytes(damaged)
            told = Told()
            assert result_bytes(go(copy, data, resume=True, progress=told)) == result_bytes(made)
            assert sum(f"stage {stage} is damaged" in note for note in told.notes) == 1
