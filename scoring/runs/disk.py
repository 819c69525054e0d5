"""How does a byte reach the disk so that a crash at any moment leaves the old state or the new one?

Everything that a run writes goes through these few verbs: a file is created under a name that did not exist, written,
fsynced and closed; a folder is fsynced after its entries change; a pointer is replaced by rename. A failing disk is
told as one sentence with path and cause (``UnavailableError``).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import UnavailableError
from scoring.runs.past_cache import PastCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader

    Buffer = bytes | bytearray | memoryview

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_PIECE = 1 << 20
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS)
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the operating system's errors on ``path`` into one sentence for the user.

    Examples
    --------
    >>> with translated(Path("runs")):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
    loaders.errors.UnavailableError: runs: No space left on device (ENOSPC); nothing was made current
    """
    try:
        yield
    except OSError as error:
        where = error.filename or path
        cause = os.strerror(error.errno) if error.errno else str(error)
        code = errno.errorcode.get(error.errno or 0, type(error).__name__)
        raise UnavailableError(f"{where}: {cause} ({code}); nothing was made current") from error


class NewFile(io.RawIOBase):
    """A file that did not exist, written once: counts and hashes what is written, is fsynced when it is closed.

    Parameters
    ----------
    path : Path
        The file.
    large : bool
        Whether it is so large that it should not push other files out of memory.
    """

    def __init__(self, path: Path, *, large: bool = False) -> None:
        super().__init__()
        self.path = path
        self.size = 0
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._fd = os.open(path, _NEW_FILE, FILE_MODE)
        self._past = PastCache(self._fd) if large else None

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the bytes written so far."""
        return self._digest.hexdigest()

    def writable(self) -> bool:
        """Say that this file takes bytes."""
        return True

    def write(self, data: Any) -> int:
        """Take all of ``data``; small pieces wait until there is a megabyte of them."""
        piece = memoryview(data).cast("B")
        self._sum(piece)
        self.size += len(piece)
        if len(piece) >= _PIECE:
            self._write_out()
            self._bring(piece)  # large enough as it is: no copy
            return len(piece)
        self._waiting += piece
        if len(self._waiting) >= _PIECE:
            self._write_out()
        return len(piece)

    def tell(self) -> int:
        """Say how many bytes were written."""
        return self.size

    def forget(self) -> None:
        """Throw away what was written, so that closing has nothing to bring to the disk."""
        self._waiting.clear()
        if self._past is not None:
            self._past.forget()
        os.ftruncate(self._fd, 0)

    def close(self) -> None:
        """Bring the bytes to the disk; safe to call twice."""
        if self.closed:
            return
        try:
            self._write_out()
            if self._past is not None:
                self._past.finish()
            os.fsync(self._fd)
        finally:
            os.close(self._fd)
            super().close()

    def _sum(self, piece: memoryview) -> None:
        self._digest.update(piece)

    def _write_out(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        self._bring(waiting)

    def _bring(self, content: Buffer) -> None:
        if self._past is None:
            write_all(self._fd, content)
        else:
            self._past.write(content)


def write_all(fd: int, content: Buffer) -> None:
    """Write all of ``content``, whatever pieces the system takes it in."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def write_new(path: Path, content: bytes) -> str:
    """Create ``path`` with ``content``, fsynced; return the content's SHA-256 (hex)."""
    with NewFile(path) as file:
        file.write(content)
    return file.sha256


def replace(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` so that a reader sees the old bytes or the new ones, never a mix."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    write_new(temporary, content)
    temporary.replace(path)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Create a folder only its owner can enter, with what is missing above it; one that stands is left alone."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(FOLDER_MODE)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Bring a folder's entries to the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def move(source: Path, target: Path) -> None:
    """Rename a folder within its parent, durably; a target that stands is an error."""
    source.rename(target)
    sync_folder(target.parent)


def link_folder(source: Path, target: Path) -> None:
    """Give the finished files of a folder second names in a new one, durably.

    Where the disk knows no second names the files are copied.
    """
    make_folder(target)
    link_files(sorted(source.iterdir()), target)
    sync_folder(target)


def link_files(files: Iterable[Path], target: Path) -> None:
    """Give finished files second names in a folder, which is not fsynced; copied where there are no second names."""
    for path in files:
        try:
            os.link(path, target / path.name, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            with path.open("rb") as file, NewFile(target / path.name) as copy:
                shutil.copyfileobj(file, copy, _PIECE)


def discard(path: Path) -> None:
    """Remove a folder that nothing reads any more: first its name goes, then its files."""
    trash = path.with_name(f".trash-{path.name.lstrip('.')}")
    if path != trash:
        if trash.exists():
            shutil.rmtree(trash)
        move(path, trash)
    shutil.rmtree(trash)


def digest(file: BufferedReader) -> str:
    """SHA-256 (hex) of an open file from its beginning; the file is left at its beginning."""
    file.seek(0)
    value = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return value
