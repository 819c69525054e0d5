"""How does the graph of FinBench come into the database, beside ours and on the same accounts?

First it is looked up what stands; a row that stands with other content stops the load before anything is written. What
is missing is then written in batches, so that doing it again, whole or in part, adds nothing. Labels and types are
those of `loaders.finbench.graph_tables` and never ours: what FinBench adds to an account are further properties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graph.stores.batches import Progress, commit, cut
from graph.stores.connection import NEO4J
from graph.stores.failures import translated
from graph.stores.loading import Loaded, parted
from graph.stores.presence import stands
from graph.stores.reading import as_batch
from graph.stores.statements import statement
from loaders.errors import UsageError
from loaders.finbench.graph_tables import NODES, RELATIONSHIPS, Table, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection

OURS = "Account"
"""The one label that both graphs share; its key and its nodes are made with our tables."""
FACTS = ("amount_micro", "amount_rest", "share")
"""What tables of relationships have beside ends, id and time."""


def load_graph(connection: Connection, folder: Path, progress: Progress | None = None) -> dict[str, Loaded]:
    """Load the graph that stands in a folder ``finbench``; the accounts must be there already.

    Parameters
    ----------
    connection
        Where to.
    folder
        The folder that ``renmai import finbench --with-graph`` wrote beside the tables.
    progress
        Is told how many rows are done, and of how many.

    Returns
    -------
    dict
        Per table how many rows were written, and how many stood already.

    Raises
    ------
    ContractError
        When a table is damaged, or a row stands with other content (``finbench_conflict``); nothing was written.
    UsageError
        When accounts of the graph are not in the database.
    UnavailableError
        When the folder can't be read or the server could not do it.
    """
    tables = [(table, read_table(folder, table)) for table in (*NODES, *RELATIONSHIPS)]
    _prepare(connection)
    missing = [(table, _missing(connection, table, given)) for table, given in tables]
    total, done = sum(given.num_rows for _, given in missing), 0
    for table, given in missing:
        for batch in cut(rows_of(table, given), connection.settings.batch_rows):
            _put(connection, table, batch)
            done += len(batch)
            if progress is not None:
                progress(done, total)
    return {
        table.name: Loaded(new.num_rows, given.num_rows - new.num_rows)
        for (table, given), (_, new) in zip(tables, missing, strict=True)
    }


def rows_of(table: Table, given: pa.Table) -> list[Any]:
    """Make what is sent of the rows of a table: facts of a node, or ends, id, time and facts of a relationship.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> rows_of(NODES[-1], pa.table({"id": ["7"]}))
    [{'id': '7'}]
    >>> at = datetime(1970, 1, 1, 0, 0, 1, 5, UTC)
    >>> own = [{"id": "own-1", "from_id": "7", "to_id": "9", "created_at": at}]
    >>> rows_of(RELATIONSHIPS[4], pa.Table.from_pylist(own, RELATIONSHIPS[4].schema))
    [['7', '9', 'own-1', 1, 5000, None, None, None]]
    """
    if not table.to:
        return [{name: value for name, value in record.items() if value is not None} for record in given.to_pylist()]
    seconds, left = parted(given["created_at"])
    facts = [given[name].to_pylist() if name in given.column_names else [None] * given.num_rows for name in FACTS]
    ends = [given[name].to_pylist() for name in ("from_id", "to_id", "id")]
    return [list(row) for row in zip(*ends, seconds, left, *facts, strict=True)]


def _missing(connection: Connection, table: Table, given: pa.Table) -> pa.Table:
    """Give the rows that do not stand yet; one that stands must say the same."""
    name = "standing" if table.to else "standing_nodes"
    if not connection.read(_of("count" if table.to else "count_nodes", table))[0]["count"]:
        return given
    records = []
    for page in cut(given["id"].to_pylist(), connection.settings.batch_rows):
        for row in connection.read(_of(name, table), {"ids": page}):
            found = {**row.pop("facts"), **row}
            # an account of ours, to which FinBench has said nothing yet
            if table.kind != OURS or "created_at" in found:
                records.append([found.get(column) for column in given.column_names])
    standing = pa.Table.from_batches([as_batch(records, given.schema)], given.schema)
    return given.filter(pa.array(~stands(given, standing, "finbench_conflict")))


def _prepare(connection: Connection) -> None:
    tables = [table for table in (*NODES, *RELATIONSHIPS) if table.kind != OURS]
    texts = list(dict.fromkeys(_of("relationship_key" if table.to else "node_key", table) for table in tables))
    if connection.dialect == NEO4J:
        texts.append(statement("schema_await"))
    with translated(connection.settings):
        for text in texts:
            connection.driver.execute_query(text, database_=connection.database)


def _of(name: str, table: Table) -> str:
    """Put labels and types in their places, since they can be no parameters; they come from our constants alone."""
    text = statement(f"finbench_{name}").replace("__KIND__", table.kind)
    return text.replace("__FROM__", table.start).replace("__TO__", table.to)


def _put(connection: Connection, table: Table, batch: Sequence[Any]) -> None:
    """Write one batch; of one that may stand already, only what is missing."""

    def work(transaction: ManagedTransaction, again: bool) -> int:
        rows = batch
        if table.to and again:
            found = transaction.run(_of("standing", table), ids=[row[2] for row in batch])
            standing = {row["id"] for row in found}
            rows = [row for row in batch if row[2] not in standing]
        name = "relationships" if table.to else "accounts" if table.kind == OURS else "nodes"
        written = transaction.run(_of(name, table), rows=rows).single(strict=True)
        return len(rows) - int(written["count"])

    missing = commit(connection, work)
    if missing:
        raise UsageError(
            f"{missing} of {len(batch)} rows of {table.name} name accounts that are not in the database;"
            " load the tables they came with first"
        )
