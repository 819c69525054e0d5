"""What is left when the disk refuses a writer at any step? The old run, and a sentence with the cause."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loaders.errors import UnavailableError
from scoring.runs import open_run, verify
from scoring.runs.run import current_id
from tests.scoring.disk_steps import count_steps, result
from tests.scoring.small_runs import make_run, run_id


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
