"""How does somebody keep the embedded server running, end it, or have its files for himself?"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.stores.embedded.folder import EXCLUSIVE, LOOPBACK, READER, ROOT, ServerFolder, lock, read_state, translated
from graph.stores.embedded.leases import Lease, end_server
from loaders.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.stores.settings import StoreSettings

PATIENCE_SECONDS = 10.0
"""How long to wait for others to finish."""


@dataclass(frozen=True)
class Status:
    """What is known of the embedded server of a folder.

    Attributes
    ----------
    folder
        Where its files are.
    uri
        Where it listens; empty when it does not run.
    pid
        Its process; 0 when it does not run.
    kept
        Whether it stays until it is stopped, used or not.
    user, password_file
        Who may do all, and where the password is.
    reader, reader_password_file
        Who can only read, and where the password is.
    memory
        MiB of heap it runs with; 0 when it does not run.
    """

    folder: Path
    uri: str
    pid: int
    kept: bool
    user: str
    password_file: Path
    reader: str
    reader_password_file: Path
    memory: int

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return bool(self.uri)


def status(settings: StoreSettings) -> Status:
    """Tell whether the embedded server runs, without starting it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from graph.stores.settings import StoreSettings
    >>> status(StoreSettings(folder=Path("no-such-folder"))).running
    False
    """
    folder = ServerFolder(settings.folder.absolute())
    with translated(folder.root):
        state = read_state(folder) or {}
        kept = folder.kept.exists()
    return Status(
        folder=folder.root,
        uri=f"bolt://{LOOPBACK}:{state['port']}" if state.get("port") else "",
        pid=state.get("pid", 0),
        kept=kept,
        user=ROOT,
        password_file=folder.password(ROOT),
        reader=READER,
        reader_password_file=folder.password(READER),
        memory=state.get("memory", 0),
    )


def start(settings: StoreSettings) -> Status:
    """Start the embedded server, or find it running, and keep it until ``stop``."""
    lease = Lease(settings).take()
    try:
        with translated(lease.folder.kept):
            lease.folder.kept.touch(mode=0o600)
        return status(settings)
    finally:
        lease.release()


def stop(settings: StoreSettings) -> Status:
    """Stop the embedded server once nobody uses it.

    Raises
    ------
    LockedError
        When somebody still does after some seconds; the server then stops with its last user.
    """
    folder = ServerFolder(settings.folder.absolute())
    if not folder.root.is_dir():
        return status(settings)
    with translated(folder.kept):
        folder.kept.unlink(missing_ok=True)
    with _alone(folder, "it stops when that ends"):
        end_server(folder)
    return status(settings)


@contextlib.contextmanager
def offline(settings: StoreSettings) -> Iterator[Path]:
    """Have the files of the database for oneself: no server runs on them, and none can start.

    Yields
    ------
    Path
        The folder of the database, which may not exist yet; it may be replaced. A server that was kept running is
        started again afterwards.

    Raises
    ------
    LockedError
        When somebody still uses the server after some seconds.
    """
    folder = ServerFolder(settings.folder.absolute())
    folder.make()
    with _alone(folder, "try again when that has ended"):
        end_server(folder)
        folder.database(settings.database).parent.mkdir(mode=0o700, exist_ok=True)
        yield folder.database(settings.database)
    if folder.kept.exists():
        start(settings)


@contextlib.contextmanager
def _alone(folder: ServerFolder, advice: str) -> Iterator[None]:
    fd = lock(folder.leases, EXCLUSIVE, PATIENCE_SECONDS)
    if fd is None:
        raise LockedError(f"another command uses the embedded database in {folder.root}; {advice}")
    try:
        yield
    finally:
        os.close(fd)
