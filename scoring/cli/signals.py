"""How does an interrupted command end: in time, with its lock free and nothing half done?

Ctrl-C and SIGTERM become ``KeyboardInterrupt``, so every ``with`` on the way out closes what it holds. A call into
compiled code hears nothing until it returns; if the command has not ended within the grace time, the process is left
at once: the lock goes with it, and what it was writing is cleared by the next run.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

from scoring.cli.failure import INTERRUPTED, SENTENCE, manner, tell

if TYPE_CHECKING:
    from types import FrameType

GRACE = 4.0
"""Seconds between a signal and the process being left; the promise is five."""


def listen() -> None:
    """Make SIGTERM and Ctrl-C end the command within the grace time; call once, from the main thread."""
    ear, mouth = socket.socketpair()
    mouth.setblocking(False)
    signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    threading.Thread(target=_leave_late, args=(ear, mouth), daemon=True, name="signals").start()


def turn_away() -> None:
    """Let no signal change how a command ended while the interpreter ends; call when its exit code is known."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    manner.interrupted = True
    raise KeyboardInterrupt


def _leave_late(ear: socket.socket, _mouth: socket.socket) -> None:
    """Wait for a signal, then for the grace time; who is still here then is stuck in compiled code."""
    while ear.recv(1)[0] not in (signal.SIGTERM, signal.SIGINT):
        continue
    time.sleep(GRACE)
    os._exit(tell(SENTENCE, INTERRUPTED))
