"""Who uses the embedded server now? Everybody who holds a lease; the last one to give it up stops the server."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Any, Self

from graph.stores.embedded.folder import (
    EXCLUSIVE,
    LOOPBACK,
    POLL_SECONDS,
    READER,
    ROOT,
    SHARED,
    ServerFolder,
    lock,
    read_state,
    relock,
)
from graph.stores.embedded.launcher import launch, reap
from graph.stores.failures import ended
from loaders.errors import LockedError, UnavailableError

if TYPE_CHECKING:
    from graph.stores.settings import StoreSettings

LEASE_SECONDS = 30.0
"""How long to wait for somebody who has the database for himself, or for a server that goes down."""
STOP_SECONDS = 20.0
START_SECONDS = 90.0
DYING_SECONDS = 10.0
"""How long a server that was killed may take to let go of its memory and its lock."""


class Lease:
    """The right to use the embedded server of a folder, from ``take`` to ``release``.

    Parameters
    ----------
    settings
        Folder, database and limits; the first to use the server decides its memory.

    Attributes
    ----------
    spare : int
        How often ``address`` may start a server that ended, before it gives up.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self.settings = settings
        self.folder = ServerFolder(settings.folder.absolute())
        self._port = 0
        self.spare = 0
        self._fd: int | None = None

    @property
    def uri(self) -> str:
        """Where the server listens, as it was last seen."""
        return f"bolt://{LOOPBACK}:{self._port}"

    def take(self) -> Self:
        """Take the lease and see that the server runs.

        Raises
        ------
        LockedError
            When another process has the database for itself.
        UnavailableError
            When the server does not start.
        """
        self.folder.make()
        self._fd = lock(self.folder.leases, SHARED, LEASE_SECONDS)
        if self._fd is None:
            raise LockedError(f"the embedded database in {self.folder.root} is being loaded by another command")
        try:
            self.ensure()
        except BaseException:
            self.release()
            raise
        return self

    def ensure(self, spare: int = 0) -> None:
        """See that the server runs before some work begins, and say how often it may be started again during it."""
        self.spare = 1
        self.address()
        self.spare = spare

    def address(self) -> tuple[str, int]:
        """Give host and port of the server; one that ended is started again while ``spare`` lasts.

        Raises
        ------
        UnavailableError
            When it ended too often: the work itself may be too much for its memory.
        """
        state = read_state(self.folder)
        port = state.get("port") if state else 0
        if not port:
            if self.spare < 1:
                raise UnavailableError(ended(self.settings))
            self.spare -= 1
            port = self._started()
        self._port = int(port)
        return LOOPBACK, self._port

    def outlives(self) -> bool:
        """Say whether the server that broke a connection off is gone, once it has had the time to go."""
        last, end = read_state(self.folder), time.monotonic() + DYING_SECONDS
        while last is not None and read_state(self.folder) == last:
            if time.monotonic() >= end:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def credentials(self, *, reader: bool) -> tuple[str, str]:
        """Give user and password of the one who may do all, or of the one who only reads."""
        user = READER if reader else ROOT
        return user, self.folder.password(user).read_text(encoding="utf-8")

    def release(self) -> None:
        """Give the lease up; the last one stops the server and waits for its end. Safe to call twice."""
        fd, self._fd = self._fd, None
        if fd is None:
            return
        try:
            if relock(fd, EXCLUSIVE) and not self.folder.kept.exists():
                end_server(self.folder)
        finally:
            os.close(fd)

    def _started(self) -> int:
        starting = lock(self.folder.starting, EXCLUSIVE, START_SECONDS)
        if starting is None:
            raise UnavailableError(f"{self.settings.place} does not come up; {self.folder.log} tells more")
        try:
            return launch(self.settings, self.folder, START_SECONDS)
        finally:
            os.close(starting)


def end_server(folder: ServerFolder) -> None:
    """Stop the server if one lives, and wait until it has gone; one that does not go is killed."""
    state = read_state(folder)
    if state is None:
        return
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        _send(state, number)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if read_state(folder) is None:
                reap(state.get("pid", 0))
                return
            time.sleep(POLL_SECONDS)
    raise UnavailableError(f"the embedded server in {folder.root} (process {state.get('pid')}) does not end")


def _send(state: dict[str, Any], number: int) -> None:
    # the state file is locked by this very process, so the pid is not somebody else's by now
    with contextlib.suppress(ProcessLookupError):
        if state.get("pid"):
            os.kill(state["pid"], number)
