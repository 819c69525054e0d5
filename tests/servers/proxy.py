"""How is a connection cut at a chosen message? A proxy that reads enough of Bolt to know what passes through it.

A client opens with 20 bytes: a magic number and four proposals. The server answers with four, either a version or a
word that says it will list what it speaks; then the client answers with a version and a number. After that messages
follow, cut into chunks with two bytes of length before each and an empty one at the end; the second byte of a message
is its kind.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from types import TracebackType
from typing import BinaryIO, Self

TAGS = {0x01: "HELLO", 0x11: "BEGIN", 0x10: "RUN", 0x3F: "PULL", 0x12: "COMMIT"}
POINTS = ("HELLO", "BEGIN", "RUN", "PULL", "before COMMIT", "after COMMIT")
LISTED = b"\x00\x00\x01\xff"
"""The server's word that a list of versions follows."""


class CutError(Exception):
    """The connection ends here."""


class Proxy:
    """Listens on a port of its own, and passes on to a server until a message that is to be cut.

    Parameters
    ----------
    port
        Where the server listens on this machine.

    Attributes
    ----------
    seen
        How many messages of each kind came from clients.
    cuts
        The points at which connections were cut so far.
    """

    def __init__(self, port: int) -> None:
        self.server = ("127.0.0.1", port)
        self.seen: Counter[str] = Counter()
        self.cuts: list[str] = []
        self._plan: list[tuple[str, int]] = []
        self._guard = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._guard:
            for end in list(self._open):
                _close(end)

    def cut_at(self, *plan: tuple[str, int]) -> None:
        """Cut at the n-th message of a point from now on; the points of a plan follow one another."""
        with self._guard:
            self.seen.clear()
            self.cuts.clear()
            self._plan = list(plan)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self.server)
        except OSError:
            _close(client)
            return
        with self._guard:
            self._open |= {client, server}
        passage = Passage(self, client, server)
        back = threading.Thread(target=passage.answers, daemon=True)
        back.start()
        try:
            passage.requests()
        except (CutError, OSError):
            pass
        finally:
            _close(client)
            _close(server)
            back.join()
            with self._guard:
                self._open -= {client, server}

    def meets(self, tag: str) -> str:
        """Count a message and say at which point of the plan it is to be cut, if at any."""
        with self._guard:
            self.seen[tag] += 1
            if not self._plan:
                return ""
            point, number = self._plan[0]
            if not point.endswith(tag) or self.seen[tag] < number:
                return ""
            self._plan.pop(0)
            self.seen.clear()
            self.cuts.append(point)
            return point


class Passage:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.is_listed = False
        self.answered = threading.Event()
        self.swallow = threading.Event()
        self.swallowed = threading.Event()

    def answers(self) -> None:
        """Pass on what the server says."""
        start = b""
        with contextlib.suppress(OSError):
            while data := self.server.recv(65536):
                if self.swallow.is_set():
                    self.swallowed.set()
                    return
                start = (start + data)[:4]
                self.is_listed = start == LISTED
                if len(start) == 4:
                    self.answered.set()
                self.client.sendall(data)
        self.swallowed.set()
        _close(self.client)  # the server ended the connection

    def requests(self) -> None:
        """Pass on what the client says, message by message."""
        incoming = self.client.makefile("rb")
        self.server.sendall(_take(incoming, 20))
        first = _take(incoming, 1)  # comes only when the server's answer has passed
        self.answered.wait(10)
        if self.is_listed:
            chosen = first + _take(incoming, 3)
            number = _take(incoming, 1)
            while number[-1] & 0x80:
                number += _take(incoming, 1)
            self.server.sendall(chosen + number)
            first = _take(incoming, 1)
        while True:
            raw, tag = _message(incoming, first)
            self._pass(raw, TAGS.get(tag, ""))
            first = _take(incoming, 1)

    def _pass(self, raw: bytes, tag: str) -> None:
        point = self.proxy.meets(tag) if tag else ""
        if point == "after COMMIT":
            self.swallow.set()
            self.server.sendall(raw)
            self.swallowed.wait(10)
        if point:
            raise CutError(point)
        self.server.sendall(raw)


def _message(incoming: BinaryIO, first: bytes) -> tuple[bytes, int]:
    """Take one message with its chunks as they are, and its kind; an empty one keeps the connection alive."""
    raw, content = b"", b""
    while True:
        head = first + _take(incoming, 2 - len(first))
        first = b""
        body = _take(incoming, int.from_bytes(head, "big"))
        raw += head + body
        content += body
        if not body:
            return raw, content[1] if len(content) > 1 else 0


def _take(incoming: BinaryIO, count: int) -> bytes:
    found = incoming.read(count)
    if len(found) < count:
        raise CutError("the client ended the connection")
    return found


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
