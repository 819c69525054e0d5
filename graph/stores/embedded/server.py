"""What does the child process do? It runs the server until nobody uses it any more.

Started as ``python -m graph.stores.embedded.server FOLDER DATABASE HEAP SECONDS``; passwords lie in the folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from graph.stores.embedded.causes import cause
from graph.stores.embedded.engine import bring_up
from graph.stores.embedded.folder import EXCLUSIVE, ServerFolder, lock, parse, relock, tell
from loaders.errors import UnavailableError

if TYPE_CHECKING:
    from types import FrameType

LOOK_SECONDS = 0.5
"""How often the server looks whether anybody still uses it."""


def main(root: str, database: str, heap: str, seconds: str) -> None:
    """Run the server of a folder; returns only when another one runs already."""
    with contextlib.suppress(PermissionError):  # leads a session of its own already
        os.setsid()
    os.umask(0o077)
    folder = ServerFolder(Path(root))
    os.chdir(folder.root)
    state = lock(folder.state, EXCLUSIVE, LOOK_SECONDS)
    if state is None:
        return
    wish = parse(state).get("wish", 0)
    facts: dict[str, Any] = {"pid": os.getpid(), "database": database, "memory": int(heap)}
    tell(state, facts)
    try:
        server, port = bring_up(folder, database, int(heap), float(seconds), wish)
    except BaseException as error:  # whatever it is, the one who waits gets a sentence
        told = "".join(traceback.format_exception(error))
        tell(state, {**facts, "failed": cause(told) or f"{type(error).__name__}, see {folder.log}"})
        with contextlib.suppress(OSError):  # a full disk takes no log either
            sys.stderr.write(told)
        _leave(UnavailableError.exit_code)

    def stop(_number: int, _frame: FrameType | None) -> None:
        _end(server)

    signal.signal(signal.SIGTERM, stop)  # after the start, since Java takes the signal for itself
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tell(state, {**facts, "port": port})
    _wait_for_the_last(folder)
    _end(server)


def _wait_for_the_last(folder: ServerFolder) -> None:
    """Return when nobody holds a lease and nobody wants the server kept; from then on nobody can take one."""
    fd = os.open(folder.leases, os.O_RDWR | os.O_CLOEXEC)
    while folder.kept.exists() or not relock(fd, EXCLUSIVE):
        time.sleep(LOOK_SECONDS)


def _end(server: Any) -> NoReturn:
    try:
        server.stop()
    finally:
        _leave(0)


def _leave(code: int) -> NoReturn:
    """End at once: Java's threads would outlive the interpreter's own end."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
