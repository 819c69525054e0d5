"""How does the graph of FinBench come into the database, beside ours and on the same accounts?

Nodes are merged by id and relationships created where there are none of their id, so that doing it again, whole or in
part, adds nothing. Labels and types are those of
`loaders.finbench.graph_tables` and never ours: what FinBench adds to an account are further properties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.stores.batches import Progress, commit, cut
from graph.stores.connection import NEO4J
from graph.stores.failures import translated
from graph.stores.statements import statement
from loaders.errors import UsageError
from loaders.finbench.graph_tables import NODES, RELATIONSHIPS, Table, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection

OURS = "Account"
"""The one label that both graphs share; its key and its nodes are made with our tables."""


def load_graph(connection: Connection, folder: Path, progress: Progress | None = None) -> dict[str, int]:
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
        Rows loaded of each table.

    Raises
    ------
    ContractError
        When a table is damaged.
    UsageError
        When accounts of the graph are not in the database.
    UnavailableError
        When the folder can't be read or the server could not do it.
    """
    tables = [(table, rows_of(table, read_table(folder, table).to_pylist())) for table in (*NODES, *RELATIONSHIPS)]
    _prepare(connection)
    total, done = sum(len(rows) for _, rows in tables), 0
    for table, rows in tables:
        look = bool(table.to) and connection.read(_of("count", table))[0]["count"] > 0
        for batch in cut(rows, connection.settings.batch_rows):
            _put(connection, table, list(batch), look)
            done += len(batch)
            if progress is not None:
                progress(done, total)
    return {table.name: len(rows) for table, rows in tables}


def rows_of(table: Table, records: list[dict[str, Any]]) -> list[Any]:
    """Make what is sent of the records of a table: facts of a node, or both ends and facts of a relationship.

    Examples
    --------
    >>> from loaders.finbench.graph_tables import NODES, RELATIONSHIPS
    >>> rows_of(NODES[-1], [{"id": "7"}])
    [{'id': '7'}]
    >>> rows_of(RELATIONSHIPS[4], [{"id": "own-1", "from_id": "7", "to_id": "9", "created_at": None}])
    [['7', '9', {'id': 'own-1'}]]
    """
    facts = [{name: value for name, value in record.items() if value is not None} for record in records]
    return [[fact.pop("from_id"), fact.pop("to_id"), fact] for fact in facts] if table.to else facts


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


def _put(connection: Connection, table: Table, batch: list[Any], look: bool) -> None:
    """Write one batch; where some of it may stand, look first."""

    def work(transaction: ManagedTransaction, again: bool) -> int:
        rows = batch
        if table.to and (look or again):
            found = transaction.run(_of("standing", table), ids=[row[2]["id"] for row in batch])
            standing = {row["id"] for row in found}
            rows = [row for row in batch if row[2]["id"] not in standing]
        name = "relationships" if table.to else "accounts" if table.kind == OURS else "nodes"
        written = transaction.run(_of(name, table), rows=rows).single(strict=True)
        return len(rows) - int(written["count"])

    missing = commit(connection, work)
    if missing:
        raise UsageError(
            f"{missing} of {len(batch)} rows of {table.name} name accounts that are not in the database;"
            " load the tables they came with first"
        )
