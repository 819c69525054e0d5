"""How does the child process of the embedded server come up, and what does it say when it can't?"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from graph.stores.embedded.causes import cause
from graph.stores.embedded.folder import POLL_SECONDS, ServerFolder, parse, read_state, tell, translated
from loaders.errors import UnavailableError

if TYPE_CHECKING:
    from graph.stores.settings import StoreSettings

MODULE = "graph.stores.embedded.server"
FOREIGN = ("NEO4J_", "ARCADEDB_", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JPY_")
"""Variables that the server does not get: secrets of another server, options that would undo its limits."""


def launch(settings: StoreSettings, folder: ServerFolder, seconds: float) -> int:
    """Start the server unless it lives, wait until it answers, and give its port.

    Raises
    ------
    UnavailableError
        With the child's own sentence when it gave one.
    """
    started = child = 0 if read_state(folder) is not None else _spawn(settings, folder)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            state = read_state(folder)
            if state and state.get("port"):
                child = 0
                return int(state["port"])
            if child and reap(child):
                child = 0
            if state is None and not child:
                raise UnavailableError(_reason(settings, folder, started))
            time.sleep(POLL_SECONDS)
    finally:
        if child:  # it did not come up, or the wait was interrupted
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    raise UnavailableError(f"{settings.place} did not answer within {seconds:g} s; {folder.log} tells more")


def reap(pid: int) -> bool:
    """Take leave of a child that has ended; say whether it had, or never was a child of this process."""
    with contextlib.suppress(ChildProcessError):
        return pid <= 0 or os.waitpid(pid, os.WNOHANG)[0] == pid
    return True


def _spawn(settings: StoreSettings, folder: ServerFolder) -> int:
    """Start the child with its output in the log; nothing secret stands in its arguments or environment."""
    _forget(folder)
    arguments = [folder.root, settings.database, settings.heap, settings.query_seconds]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with translated(folder.root):
        output: list[Any] = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(folder.log), write, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        return os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-m", MODULE, *map(str, arguments)],
            environment,
            file_actions=output,
        )


def _forget(folder: ServerFolder) -> None:
    """Turn the port of a server that has ended into a wish of the next one.

    The next one locks the state before it can write it: who reads in between must not find the port of the last. It is
    written without the lock, since a locked state is taken for a server that lives.
    """
    try:
        fd = os.open(folder.state, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        if port := parse(fd).get("port"):
            tell(fd, {"wish": port})
    finally:
        os.close(fd)


def _reason(settings: StoreSettings, folder: ServerFolder, child: int) -> str:
    """Say why a child did not come up: by the words it left, else by what its Java said in the log."""
    said: dict[str, Any] = {}
    log = ""
    with contextlib.suppress(OSError):
        fd = os.open(folder.state, os.O_RDONLY | os.O_CLOEXEC)
        said = parse(fd)
        os.close(fd)
        log = folder.log.read_text(encoding="utf-8", errors="replace")
    told = said.get("failed") if said.get("pid") == child else None
    return f"{settings.place} does not start: {told or cause(log) or f'see {folder.log}'}"
