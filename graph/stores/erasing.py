"""How is everything about a holder taken out of the graph database, so that nothing with its ids is left?

In batches that can be repeated: relations and ties first, then scores and outcomes, then accounts, at last the holder;
whoever is cut off begins again and finds what is left. A reversal goes with what it takes back: both are the holder's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.stores.failures import translated
from graph.stores.statements import statement

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection

STEPS = ("relations", "ties", "scores", "outcomes", "accounts", "holders")


@dataclass(frozen=True)
class Erased:
    """How much was taken out of each kind."""

    relations: int
    ties: int
    scores: int
    outcomes: int
    accounts: int
    holders: int


def erase(connection: Connection, holder_id: str) -> Erased:
    """Take out a holder: its accounts, what went in and out of them, outcomes, scores and ties of all runs.

    Scores and standings of others stay as published; those of the next run will lack what the holder gave them. Doing
    it again, or for an unknown holder, finds nothing and changes nothing.

    Parameters
    ----------
    connection
        Where; it must be allowed to write.
    holder_id
        The holder.

    Returns
    -------
    Erased
        What this call took out.

    Raises
    ------
    UnavailableError
        When the server could not do it; erasing again goes on where it ended.
    """
    counts = {}
    for step in STEPS:
        counts[step] = 0
        while taken := _take(connection, statement(f"erase_{step}"), holder_id):
            counts[step] += taken
    return Erased(**counts)


def _take(connection: Connection, text: str, holder_id: str) -> int:
    def work(transaction: ManagedTransaction) -> int:
        parameters = {"id": holder_id, "limit": connection.settings.batch_rows}
        record = transaction.run(text, parameters).single()
        return int(record["count"]) if record else 0

    with translated(connection.settings):
        return connection.write(work)
