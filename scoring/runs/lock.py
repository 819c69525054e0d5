"""Who may write now? One writer per runs folder: the one that holds ``.lock``.

The lock is the operating system's (``flock``), so a killed writer frees it and no stale lock can remain. The file
tells who holds it (pid), a *fence* that grows with each writer, and *head*: the hash of the last line of ``LOG`` whose
work is finished. Before a pointer moves, the writer checks that the file on disk is still the one it locked and still
bears its fence, so a writer whose lock file was taken away cannot publish over its successor.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from typing import TYPE_CHECKING, Any, Self

from loaders.errors import LockedError
from scoring.runs import disk

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

NAME = ".lock"
_MODE = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_BUSY = (errno.EWOULDBLOCK, errno.EACCES)


def read_record(root: Path) -> dict[str, Any]:
    """Read what the last writer noted in the lock file; empty when there is none or it was cut by a crash."""
    try:
        return _parse((root / NAME).read_bytes())
    except FileNotFoundError:
        return {}


def read_head(root: Path) -> str:
    """Read which line of ``LOG`` is the last whose work is finished, by its hash; "" when that is not known."""
    with disk.translated(root / NAME):
        return str(read_record(root).get("head") or "")


class Lock:
    """The right to write in one runs folder, held from ``with`` to its end.

    Parameters
    ----------
    root : Path
        The runs folder; created (0700) when missing.

    Raises
    ------
    LockedError
        At once, when another process holds it; nothing is touched.
    UnavailableError
        When the folder cannot be used.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fence = 0
        self.head = ""
        self._fd = -1

    def __enter__(self) -> Self:
        with disk.translated(self.root):
            disk.make_folder(self.root)
            self._take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
        self._fd = -1

    def note_head(self, head: str) -> None:
        """Note the last line of ``LOG`` whose work is finished."""
        self.head = head
        self._write()

    def check(self) -> None:
        """Refuse to go on when the lock file is no longer the one that was locked.

        Raises
        ------
        LockedError
            When the file was removed, replaced or taken over by a later fence.
        """
        with disk.translated(self.root / NAME):
            ours = os.fstat(self._fd)
            try:
                there = (self.root / NAME).stat()
            except FileNotFoundError:
                there = None
            record = read_record(self.root)
        if there is None or (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            raise LockedError(
                f"{self.root / NAME} was removed or replaced while this run held it; nothing was published"
            )
        if record.get("fence") != self.fence:
            raise LockedError(
                f"{self.root / NAME} bears fence {record.get('fence')}, this run holds {self.fence}: a later run took"
                " over; nothing was published"
            )

    def _take(self) -> None:
        fd = os.open(self.root / NAME, _MODE, disk.FILE_MODE)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            if error.errno not in _BUSY:
                raise
            holder = read_record(self.root).get("pid", "unknown")
            raise LockedError(
                f"{self.root} is locked by another run (process {holder}); this one touched nothing: wait until that"
                " run ends, then start again"
            ) from error
        self._fd = fd
        try:
            record = _parse(os.pread(fd, 4096, 0))
            self.fence = int(record.get("fence", 0)) + 1
            self.head = str(record.get("head", ""))
            self._write()
        except BaseException:
            os.close(fd)  # an error on the way in must not keep the lock
            raise

    def _write(self) -> None:
        content = json.dumps({"fence": self.fence, "head": self.head, "pid": os.getpid()}, sort_keys=True).encode()
        with disk.translated(self.root / NAME):
            os.pwrite(self._fd, content + b"\n", 0)
            os.ftruncate(self._fd, len(content) + 1)
            os.fsync(self._fd)


def _parse(content: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError):
        record = json.loads(content)
        if isinstance(record, dict):
            return record
    return {}
