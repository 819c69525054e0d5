"""What lies in the folder of the embedded server, and who holds which lock on it?

Locks are the operating system's (``flock``): a killed process frees them, so no file left behind can mislead.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loaders.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOPBACK = "127.0.0.1"
ROOT, READER = "root", "reader"
"""The two users: one may do all, the other only read; the server itself enforces it."""
SHARED, EXCLUSIVE = fcntl.LOCK_SH, fcntl.LOCK_EX
POLL_SECONDS = 0.02
_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_BUSY = (errno.EWOULDBLOCK, errno.EACCES)


@dataclass(frozen=True)
class ServerFolder:
    """The files of one embedded server.

    Examples
    --------
    >>> from pathlib import Path
    >>> ServerFolder(Path(".renmai/db")).password(READER).as_posix()
    '.renmai/db/reader.password'
    """

    root: Path

    @property
    def leases(self) -> Path:
        """Locked, shared, by everybody who uses the server."""
        return self.root / "leases"

    @property
    def starting(self) -> Path:
        """Locked by the one who starts the server."""
        return self.root / "starting"

    @property
    def state(self) -> Path:
        """Locked by the server for as long as it lives; tells its process, its port or why it failed."""
        return self.root / "server.json"

    @property
    def kept(self) -> Path:
        """Is there while the server is to run without leases."""
        return self.root / "kept"

    @property
    def log(self) -> Path:
        """What the last server and its Java said."""
        return self.root / "server.log"

    @property
    def users(self) -> Path:
        """The server's own list of users, with hashed passwords."""
        return self.root / "config" / "server-users.jsonl"

    @property
    def groups(self) -> Path:
        """What each group of users may do."""
        return self.root / "config" / "server-groups.json"

    @property
    def logging(self) -> Path:
        """What the server's Java may log."""
        return self.root / "config" / "arcadedb-log.properties"

    def database(self, name: str) -> Path:
        """Say where the files of a database are."""
        return self.root / "databases" / name

    def password(self, user: str) -> Path:
        """Say which file (0600) holds a user's password."""
        return self.root / f"{user}.password"

    def make(self) -> None:
        """Make the folder, closed to others, with passwords no one knows; what stands stays."""
        with translated(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self.root.chmod(0o700)
            (self.root / "config").mkdir(mode=0o700, exist_ok=True)
            write_private(self.root / ".gitignore", "*\n")
            for user in (ROOT, READER):
                if write_private(self.password(user), secrets.token_urlsafe(24)):
                    self.users.unlink(missing_ok=True)  # the server takes passwords only while it knows no users


def write_private(path: Path, text: str) -> bool:
    """Create a file (0600) with ``text``, whole or not at all; say whether it was missing."""
    if path.exists():
        return False
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
    return True


def lock(path: Path, kind: int, seconds: float = 0.0) -> int | None:
    """Lock a file, shared or exclusive, and give its descriptor; ``None`` when others held it all that time."""
    with translated(path):
        fd = os.open(path, _OPEN, 0o600)
    if relock(fd, kind, seconds):
        return fd
    os.close(fd)
    return None


def relock(fd: int, kind: int, seconds: float = 0.0) -> bool:
    """Take a lock on an open file; without success the file holds no lock."""
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _BUSY:
                raise
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_SECONDS)
        else:
            return True


def read_state(folder: ServerFolder) -> dict[str, Any] | None:
    """Tell what the server that lives says of itself; ``None`` when none does."""
    try:
        fd = os.open(folder.state, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        return None if relock(fd, SHARED) else parse(fd)
    finally:
        os.close(fd)


def parse(fd: int) -> dict[str, Any]:
    """Read an open state file; empty while its server has not written it."""
    with contextlib.suppress(ValueError):
        found = json.loads(os.pread(fd, 1 << 16, 0))
        if isinstance(found, dict):
            return found
    return {}


def tell(fd: int, facts: dict[str, Any]) -> None:
    """Write an open state file, in one write, over whatever stands there."""
    content = json.dumps(facts).encode()
    os.pwrite(fd, content.ljust(os.fstat(fd).st_size), 0)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the operating system's errors on the folder into one sentence."""
    try:
        yield
    except OSError as error:
        cause = os.strerror(error.errno) if error.errno else str(error)
        raise UnavailableError(f"the embedded database cannot use {error.filename or path}: {cause}") from error
