"""How do gigabytes reach the disk without passing through the system's memory for files? In whole pages of our own."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os

# finding a fresh page for every page of a file costs more than the copy into this one buffer, which is used again
_ROOM = 4 << 20
_DIRECT = getattr(os, "O_DIRECT", 0)


class PastCache:
    """Writes to an open file, past the page cache where its disk allows that.

    Parameters
    ----------
    fd
        A new file, open for writing; nothing else writes to it.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._pages = mmap.mmap(-1, _ROOM)  # direct writes must begin at a page of memory
        self._held = 0
        self._set(_DIRECT)

    def write(self, content: bytes | bytearray | memoryview) -> None:
        """Take all of ``content``; it is on its way whenever the buffer is full."""
        rest = memoryview(content)
        while rest:
            taken = min(len(rest), _ROOM - self._held)
            self._pages[self._held : self._held + taken] = rest[:taken]
            self._held += taken
            rest = rest[taken:]
            if self._held == _ROOM:
                self._empty()

    def forget(self) -> None:
        """Throw away what still waits."""
        self._held = 0

    def finish(self) -> None:
        """Write what still waits; it need not fill a page, so it goes the usual way."""
        self._set(0)
        self._empty()

    def _empty(self) -> None:
        with memoryview(self._pages) as pages:
            begin = 0
            while begin < self._held:
                try:
                    begin += os.write(self._fd, pages[begin : self._held])
                except OSError as error:
                    # a disk with other needs, or one that is nearly full and took a part of a page
                    if error.errno != errno.EINVAL or not self._direct:
                        raise
                    self._set(0)
        self._held = 0

    def _set(self, direct: int) -> None:
        flags = fcntl.fcntl(self._fd, fcntl.F_GETFL)
        with contextlib.suppress(OSError):  # this disk knows no such way
            fcntl.fcntl(self._fd, fcntl.F_SETFL, (flags & ~_DIRECT) | direct)
        self._direct = bool(fcntl.fcntl(self._fd, fcntl.F_GETFL) & _DIRECT)
