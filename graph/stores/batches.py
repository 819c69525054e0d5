"""How is a batch written once and once only, even when nobody can tell whether its commit arrived?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from graph.stores.failures import translated

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Is told how many rows are done, and of how many."""
PAUSE = 0.2
"""Seconds between two tries: a commit on its way when the line broke has arrived by then, or soon."""


def commit(connection: Connection, work: Callable[[ManagedTransaction, bool], T], *, conflicts: int | None = None) -> T:
    """Do a piece of work in one transaction, again where it was cut off or somebody else wrote the same.

    The driver tries again what surely was not kept. Beyond it, a connection that was lost during COMMIT leaves open
    whether the batch stands, and a key that stands already shows that it does: in both cases the work is called with
    ``again`` true and must look before it writes.

    Parameters
    ----------
    connection
        Where to.
    work
        Takes the transaction and whether an earlier try of it may stand already.
    conflicts
        How often a key that stands already is a reason to try again; without it as long as ``retry_seconds`` last.

    Raises
    ------
    UnavailableError
        When the server could not do it within ``retry_seconds``.
    """
    from neo4j.exceptions import ConstraintError, IncompleteCommit

    tries = keyed = 0

    def attempt(transaction: ManagedTransaction) -> T:
        nonlocal tries
        tries += 1
        return work(transaction, tries > 1)

    until = time.monotonic() + connection.settings.retry_seconds
    with translated(connection.settings):
        while True:
            try:
                with connection.session() as session:
                    return session.execute_write(attempt)
            except (ConstraintError, IncompleteCommit) as error:
                keyed += isinstance(error, ConstraintError)
                if time.monotonic() > until or (conflicts is not None and keyed > conflicts):
                    raise
                time.sleep(PAUSE)


def cut(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut rows into batches.

    Examples
    --------
    >>> list(cut("abcde", 2))
    ['ab', 'cd', 'e']
    """
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
