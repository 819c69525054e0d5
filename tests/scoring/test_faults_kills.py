"""What is left when a writer is killed at any step? The old run or the new one, whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from scoring.runs import open_run, prune, rollback, verify
from scoring.runs.run import current_id, run_ids
from tests.scoring.disk_steps import killed_at, result
from tests.scoring.small_runs import make_run, run_id


def each_kill(root: Path, work: Callable[[Path], object]) -> Iterator[Path]:
    """Give the folder as it is left by a kill before step 1, 2, 3 … until the work comes to its end."""
    for step in range(1, 1000):
        copy = root.with_name(f"killed-{step}")
        shutil.copytree(root, copy)
        if not killed_at(step, lambda copy=copy: work(copy)):  # type: ignore[misc]
            assert step > 10
            return
        yield copy
    raise AssertionError("the work never came to its end")


def test_a_writer_killed_at_any_step_leaves_the_old_run_or_the_new_one(root: Path, tmp_path: Path) -> None:
    """SIGKILL before each step: a reader gets one whole run, and the next start ends in the same bytes, tidily."""
    shutil.copytree(root, tmp_path / "done")
    make_run(tmp_path / "done", 3, shift=3)
    old, new = result(root), result(tmp_path / "done")
    seen = set()
    for left in each_kill(root, lambda folder: make_run(folder, 3, shift=3)):
        found = result(left)
        assert found in (old, new)
        assert verify(left).problems == ()
        seen.add(found[0])
        assert repeated(left) == (new, (), (), set())
    assert seen == {old[0], new[0]}


def repeated(left: Path) -> tuple[object, ...]:
    """Do the killed work again: its result, what verify says, and what lies about."""
    make_run(left, 3, shift=3)
    found = verify(left)
    stray = {path.name for path in left.iterdir()} - {".lock", "LOG", "CURRENT", *run_ids(left)}
    return result(left), found.problems, found.notes, stray


def test_another_run_after_a_kill_is_published_and_the_log_stays_true(root: Path) -> None:
    """After a kill at any step other work publishes, and the log tells what became of the interrupted one."""
    for left in each_kill(root, lambda folder: make_run(folder, 3, shift=3)):
        make_run(left, 4, shift=4)
        assert current_id(left) == run_id(4)
        found = verify(left)
        assert (found.problems, found.notes) == ((), ())


def test_the_first_run_killed_at_any_step_leaves_none_or_one(tmp_path: Path) -> None:
    """In a new folder a kill leaves no run or the whole one, never a pointer to nothing."""
    empty = tmp_path / "runs"
    empty.mkdir()
    for left in each_kill(empty, lambda folder: make_run(folder, 1)):
        if current_id(left) is not None:
            result(left)
        assert verify(left).problems == ()
        make_run(left, 1)
        assert (verify(left).problems, current_id(left)) == ((), run_id(1))


def test_a_rollback_killed_at_any_step_leaves_a_whole_run(root: Path) -> None:
    """The pointer names the run before or the run after, and the next writer settles the log."""
    for left in each_kill(root, rollback):
        assert result(left)[0] in (run_id(1), run_id(2))
        assert verify(left).problems == ()
        make_run(left, 5)
        assert verify(left).problems == ()


def test_a_prune_killed_at_any_step_leaves_whole_runs_and_the_current(root: Path) -> None:
    """A run disappears at once or stays whole; the current and the newest are never touched."""
    make_run(root, 3, shift=3)
    for left in each_kill(root, lambda folder: prune(folder, keep=1)):
        assert current_id(left) == run_id(3)
        for name in run_ids(left):
            open_run(left, name).check()
        assert verify(left).problems == ()
        make_run(left, 4)
        prune(left, keep=2)
        found = verify(left)
        assert (run_ids(left), found.problems, found.notes) == ([run_id(3), run_id(4)], (), ())


def test_a_repair_killed_at_any_step_ends_whole_when_repeated(root: Path) -> None:
    """Replacing a damaged run, killed at any step, is finished by the next start."""
    (root / run_id(2) / "ties.parquet").write_bytes(b"damaged")
    for left in each_kill(root, lambda folder: make_run(folder, 2, shift=2)):
        make_run(left, 2, shift=2)
        assert result(left)[0] == run_id(2)
        assert verify(left).problems == ()
