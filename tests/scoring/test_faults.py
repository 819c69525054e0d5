"""What is left when a writer is killed or refused by the disk at any step? The old run or the new one, whole."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import UnavailableError
from scoring.runs import open_run, prune, rollback, verify
from scoring.runs.columns import RESULTS
from scoring.runs.run import current_id, run_ids
from tests.scoring.small_runs import make_run, run_id

STEPS = ("open", "write", "pwrite", "ftruncate", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir")
"""The system calls by which a writer changes the disk."""


def count_steps(patch: pytest.MonkeyPatch, act: Callable[[int, str], None]) -> None:
    """Call ``act`` before each step with the step's number and name."""
    number = 0

    def hook(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            nonlocal number
            if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                return call(*arguments, **named)
            number += 1
            act(number, name)
            return call(*arguments, **named)

        return step

    for name in STEPS:
        patch.setattr(os, name, hook(name, getattr(os, name)))


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a forked child that kills itself before its n-th step; say whether it came to that."""
    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patch:
            count_steps(patch, lambda number, _: os.kill(os.getpid(), signal.SIGKILL) if number == step else None)
            try:
                work()
            finally:
                os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def result(root: Path) -> tuple[str, list[bytes]]:
    """Read the current run as a reader does; every byte is checked."""
    run = open_run(root)
    run.check()
    return run.id, [(run.path / f"{name}.parquet").read_bytes() for name in RESULTS]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_run(tmp_path / "runs", 1, shift=1)
    make_run(tmp_path / "runs", 2, shift=2)
    return tmp_path / "runs"


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


@pytest.mark.parametrize(
    ("code", "stride"), [(errno.ENOSPC, 1), (errno.EIO, 3), (errno.EDQUOT, 5), (errno.EACCES, 7), (errno.EROFS, 11)]
)
def test_a_disk_that_refuses_any_step_keeps_the_old_run(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, stride: int
) -> None:
    """Disk full, broken or read-only at each step in turn: one sentence with path and cause, the old run whole."""
    old = result(root)
    for step in range(1, 1000, stride):
        copy = tmp_path / f"refused-{step}"
        shutil.copytree(root, copy)

        def refuse(number: int, _: str, step: int = step) -> None:
            if number >= step:
                raise OSError(code, os.strerror(code), None)

        with monkeypatch.context() as patch:
            count_steps(patch, refuse)
            try:
                make_run(copy, 3, shift=3)
            except UnavailableError as error:
                assert errno.errorcode[code] in str(error)
                assert str(copy) in str(error)
            else:
                break
        assert result(copy)[0] in (old[0], run_id(3))
        assert verify(copy).problems == ()
        make_run(copy, 3, shift=3)
        assert (verify(copy).problems, result(copy)[0]) == ((), run_id(3))
    assert step > 20


def test_short_writes_are_completed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes seven bytes at a time gets them all."""
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: real(fd, bytes(data[:7])))
        make_run(root, 3, shift=3)
    open_run(root).check()
    assert verify(root).problems == ()


def test_a_line_of_the_log_that_did_not_fit_is_taken_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes half a line and is full: the log is as it was, the old run stays."""
    whole, real, full = (root / "LOG").read_bytes(), os.write, False

    def half(fd: int, data: bytes) -> int:
        nonlocal full
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        full = bytes(data).startswith(b'{"action"')
        return real(fd, bytes(data[: len(data) // 2]) if full else data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(UnavailableError, match="LOG: No space left on device"):
            make_run(root, 3, shift=3)
    assert (root / "LOG").read_bytes() == whole
    assert (verify(root).problems, current_id(root)) == ((), run_id(2))


LIMITED = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
from loaders.errors import UnavailableError
from tests.scoring.small_runs import make_run
try:
    make_run(Path(sys.argv[1]), 3, shift=3)
except UnavailableError as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("limit", [0, 100, 1000, 3000])
def test_a_file_size_limit_of_the_system_keeps_the_old_run(root: Path, limit: int) -> None:
    """A real refusal by the kernel, at four sizes: exit code 6, the file is named, the old run is whole."""
    old = result(root)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(root), str(limit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "EFBIG" in done.stdout, str(root) in done.stdout) == (6, True, True)
    assert result(root) == old


READ = """
import sys, time
from pathlib import Path
from scoring.runs import open_run
root, wrong, last, reads, end = Path(sys.argv[1]), 0, 0, 0, time.monotonic() + 120
while last < int(sys.argv[2]) and time.monotonic() < end:
    run = open_run(root)
    number, shift = int(run.id[-16:], 16), run.table("scores")["score"][0].as_py() - 600
    run.check()
    wrong += shift != number or number < last
    last, reads = number, reads + 1
print(wrong, reads > 0, last)
"""


def test_readers_see_whole_runs_in_order_while_a_writer_publishes(tmp_path: Path) -> None:
    """One writer publishes 60 runs while two readers loop: no mixed, missing or older read."""
    root = tmp_path / "runs"
    make_run(root, 1, shift=1)
    arguments = [sys.executable, "-c", READ, str(root), "60"]
    readers = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for number in range(2, 61):
        make_run(root, number, shift=number)
    told = [reader.communicate()[0].split() for reader in readers]
    assert told == [["0", "True", "60"]] * 2
    assert verify(root).problems == ()


START = """
import sys
from pathlib import Path
from loaders.errors import LockedError
from scoring.runs.lock import Lock
from tests.scoring.small_runs import write_run
sys.stdin.readline()
try:
    with Lock(Path(sys.argv[1])) as lock:
        write_run(lock, int(sys.argv[2]), shift=int(sys.argv[2]))
        sys.stdin.readline()
except LockedError as error:
    print("refused", flush=True)
    sys.exit(error.exit_code)
print("published", flush=True)
"""


def test_of_several_writers_at_once_exactly_one_publishes(tmp_path: Path) -> None:
    """Five starts at the same moment: one publishes, four end with exit code 5."""
    root = tmp_path / "runs"
    make_run(root, 1, shift=1)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([sys.executable, "-c", START, str(root), str(n)], **pipes) for n in range(2, 7)]  # type: ignore[call-overload]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    # the one that holds the lock waits for a second line, so all others meet it
    refused = 0
    while refused < 4:
        refused = sum(writer.poll() == 5 for writer in writers)
    for writer in writers:
        writer.communicate("go\n" if writer.poll() is None else None)
    assert sorted(writer.returncode for writer in writers) == [0, 5, 5, 5, 5]
    assert len(run_ids(root)) == 2
    assert verify(root).problems == ()
