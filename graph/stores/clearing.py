"""How does a published run leave the database? First its mark of being whole, then its rows, last its node."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graph.stores.batches import commit
from graph.stores.statements import statement

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection


def execute(transaction: ManagedTransaction, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a statement of the store in a transaction and give its rows."""
    return [row.data() for row in transaction.run(statement(name), parameters)]


def clear(connection: Connection, run_id: str, writer: str) -> bool:
    """Remove a run in batches; interrupted, the next publication goes on with it.

    Parameters
    ----------
    connection
        Where.
    run_id
        A run that is not current.
    writer
        Who clears; a publisher that was still writing the run ends with ``LockedError``.

    Returns
    -------
    bool
        Whether it was removed; a current run never is.

    Raises
    ------
    UnavailableError
        When the server could not do it.
    """
    marked = commit(connection, lambda tx, _again: execute(tx, "clear_begin", run_id=run_id, writer=writer))
    if not marked:
        return False
    size = connection.settings.batch_rows
    while commit(connection, partial(_clear_holders, run_id, size)):
        pass
    for name in ("clear_ties", "clear_scores"):
        while commit(connection, partial(_clear_rest, name, run_id, size)):
            pass
    commit(connection, lambda tx, _again: execute(tx, "clear_run", run_id=run_id))
    return True


def _clear_holders(run_id: str, size: int, transaction: ManagedTransaction, _again: bool) -> int:
    ids = [row["id"] for row in execute(transaction, "clear_scored", run_id=run_id, rows=size)]
    if ids:
        execute(transaction, "clear_ties_of", run_id=run_id, ids=ids)
        execute(transaction, "clear_scores_of", run_id=run_id, ids=ids)
    return len(ids)


def _clear_rest(name: str, run_id: str, size: int, transaction: ManagedTransaction, _again: bool) -> int:
    return int(execute(transaction, name, run_id=run_id, rows=size)[0]["count"])
