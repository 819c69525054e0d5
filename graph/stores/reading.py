"""What of the log stands in the database? Accounts, relations and outcomes come back as the tables they were.

Everything is read in pages that an index answers, so that no single query runs into the server's time limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graph.stores.failures import translated
from graph.stores.statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from neo4j import ManagedTransaction

    from graph.stores.batches import Progress
    from graph.stores.connection import Connection

STAMP = pa.timestamp("us", tz="UTC")
ACCOUNTS = pa.schema(
    [("account_id", pa.string()), ("holder_id", pa.string()), ("kind", pa.string()), ("opened_on", pa.date32())]
)
RELATIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("relation_id", "kind", "from_id", "to_id")),
        *(("amount_minor", pa.int64()), ("currency", pa.string()), ("at", STAMP), ("reverses", pa.string())),
    ]
)
OUTCOMES = pa.schema([("account_id", pa.string()), ("kind", pa.string()), ("severity", pa.float64()), ("at", STAMP)])
ORDERS = {
    "accounts": ("account_id",),
    "relations": ("at", "relation_id"),
    "outcomes": ("account_id", "at", "kind", "severity"),
}
PAGE = 1_000
"""Accounts whose relations are read in one query."""


def read(connection: Connection, progress: Progress | None = None) -> dict[str, pa.Table]:
    """Read the log back.

    Parameters
    ----------
    connection
        Where from.
    progress
        Is told how many accounts are read whole, and of how many.

    Returns
    -------
    dict
        ``accounts``, ``relations`` and ``outcomes`` as in :class:`loaders.Tables`: same columns, types and order.

    Raises
    ------
    UnavailableError
        When the server could not do it.
    """
    found = {"accounts": read_accounts(connection)}
    found["relations"] = read_relations(connection, found["accounts"]["account_id"].to_pylist(), progress)
    found["outcomes"] = _paged(connection, "read_outcomes", OUTCOMES)
    return {name: ordered(table, ORDERS[name]) for name, table in found.items()}


def read_accounts(connection: Connection) -> pa.Table:
    """Read all accounts, in the database's own order of ids."""
    return _paged(connection, "read_accounts", ACCOUNTS)


def read_relations(connection: Connection, ids: Sequence[str], progress: Progress | None = None) -> pa.Table:
    """Read what went out from these accounts, in no order."""
    tables = [RELATIONS.empty_table()]
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        tables.append(rows(connection, "read_relations", {"ids": page}, RELATIONS))
        if progress is not None:
            progress(start + len(page), len(ids))
    return pa.concat_tables(tables)


def rows(
    connection: Connection, name: str, parameters: Mapping[str, Any], schema: pa.Schema, kind: str | None = None
) -> pa.Table:
    """Run a statement of the store and give its rows as a table; columns beyond the schema are left out.

    The rows become columns as they arrive, so a page takes little more memory than its table.
    """

    def work(transaction: ManagedTransaction) -> pa.Table:
        result = transaction.run(statement(name, kind), dict(parameters))
        batches = []
        while taken := result.fetch(connection.settings.batch_rows):
            batches.append(as_batch(([record[column] for column in schema.names] for record in taken), schema))
        return pa.Table.from_batches(batches, schema)

    with translated(connection.settings), connection.session() as session:
        return session.execute_read(work)


def as_batch(values: Iterable[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Turn rows as the driver gives them into a batch: times become microseconds in UTC, days days.

    A time without a zone is the embedded server's way to give one in UTC.

    Examples
    --------
    >>> from neo4j.time import DateTime
    >>> as_batch([["a", "default", 0.5, DateTime(2024, 1, 2, 3, 4, 5, 6000)]], OUTCOMES)["at"][0].as_py().isoformat()
    '2024-01-02T03:04:05.000006+00:00'
    """
    columns = list(zip(*values, strict=True)) or [()] * len(schema)
    arrays = [pa.array(map(_native, column), field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _native(value: Any) -> Any:
    return value.to_native() if hasattr(value, "to_native") else value


def ordered(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Sort a table as loading does: by the bytes of text.

    Examples
    --------
    >>> ordered(pa.table({"id": ["b", "B", "a"]}), ["id"])["id"].to_pylist()
    ['B', 'a', 'b']
    """
    return table.sort_by([(name, "ascending") for name in names]).combine_chunks()


def _paged(connection: Connection, name: str, schema: pa.Schema) -> pa.Table:
    """Read all pages of a statement that takes ``after`` and ``limit``; each begins with the last row of the last."""
    keyed = pa.schema([("id", pa.string()), *schema])
    limit, after, tables = max(connection.settings.batch_rows, 2), "", [schema.empty_table()]
    first = True
    while True:
        page = rows(connection, name, {"after": after, "limit": limit}, keyed)
        tables.append(page.drop_columns("id").slice(0 if first else 1))
        if page.num_rows < limit:
            return pa.concat_tables(tables)
        first, after = False, page["id"][page.num_rows - 1].as_py()
