"""Who stops a query that runs away? A watch in our process, beside the limit that the server is given.

The query runs in a thread of its own, so that nothing a server does can keep the caller waiting: not a query that
computes without a row, not a server that no longer answers. When its time is over the watch terminates the transaction
from a second one; if even that does not help, the caller is told, and an embedded server is ended.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from graph.stores.connection import Connection

T = TypeVar("T")
GRACE_SECONDS = 10.0
"""How long a server may take to stop a transaction it was told to."""


class Overdue(Exception):  # noqa: N818 (it is told as a sentence by its catcher)
    """The time was over; ``stopped`` says whether the work ended when it was told to."""

    def __init__(self, stopped: bool) -> None:
        super().__init__()
        self.stopped = stopped


class _Work(threading.Thread, Generic[T]):
    """A piece of work in a thread of its own, with what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__(name="renmai-query", daemon=True)
        self.work = work
        self.results: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the work and keep its result or its error."""
        try:
            self.results.append(self.work())
        except BaseException as error:  # raised again by the thread that waits
            self.error = error


def watched(work: Callable[[], T], stop: Callable[[], None], seconds: float, grace: float | None = None) -> T:
    """Do ``work``, and stop it when its time is over or the waiting is interrupted.

    Parameters
    ----------
    work
        What is done, in a thread of its own.
    stop
        Makes ``work`` end soon, from outside.
    seconds
        How long ``work`` may take.
    grace
        How long it may take to end once it was stopped.

    Raises
    ------
    Overdue
        When the time was over.

    Examples
    --------
    >>> watched(lambda: 42, lambda: None, seconds=5)
    42
    >>> import threading
    >>> bell = threading.Event()
    >>> try:
    ...     watched(bell.wait, bell.set, seconds=0.01)
    ... except Overdue as overdue:
    ...     print(overdue.stopped)
    True
    """
    grace = GRACE_SECONDS if grace is None else grace
    thread = _Work(work)
    thread.start()
    try:
        thread.join(seconds)
    except BaseException:
        _stop(thread, stop, grace)
        raise
    if thread.is_alive():
        raise Overdue(_stop(thread, stop, grace))
    if thread.error is not None:
        raise thread.error
    return thread.results[0]


def _stop(thread: _Work[T], stop: Callable[[], None], grace: float) -> bool:
    """Stop the work from a second thread, since a server that hangs would keep that one too."""
    stopper, end = _Work(stop), time.monotonic() + grace
    stopper.start()
    thread.join(grace)
    # it speaks over a connection of the same pool, which nobody may close under it
    stopper.join(max(0.0, end - time.monotonic()))
    return not thread.is_alive()


def terminate(connection: Connection, mark: str) -> None:
    """Terminate the transactions that carry a mark; one that has ended meanwhile is none.

    Both servers let a user end his own transactions; the embedded one has no metadata, so the mark is in the text.
    """
    from graph.inquiry.statements import watch_statement

    if connection.dialect == "neo4j":
        ids = [row["id"] for row in connection.read(watch_statement("find_neo4j"), {"mark": mark})]
    else:
        rows = connection.read(watch_statement("find_embedded"))
        ids = [row["transactionId"] for row in rows if row["currentQuery"].endswith(mark)]
    if ids:
        connection.read(watch_statement("terminate"), {"ids": ids})
