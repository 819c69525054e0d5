"""Which records fall because of other records: unknown accounts, missing rates, duplicates, conflicts, reversals?

Checks against other tables come first, so a record that falls for what it says never stands in the way of another.
"""

# ruff: noqa: S608 (the SQL is made of the contract's own names; what users say goes in as values)

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from loaders.contract import CREDIT_KINDS, TABLES, TableContract
from loaders.gate.conversion import canonical_text
from loaders.gate.reversals import Entry, judge
from loaders.raw import Refusal
from loaders.settings import LoadSettings

DAY_US = 86_400_000_000

_ACCOUNT_COLUMNS = {
    "relations": ("from_id", "to_id"),
    "profiles": ("account_id",),
    "consents": ("account_id",),
    "outcomes": ("account_id",),
}


def check_among(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], settings: LoadSettings
) -> list[Refusal]:
    """Refuse what contradicts or repeats other records, and delete it from ``<table>_typed``.

    Parameters
    ----------
    connection
        With the typed tables; accounts and rates must have been through this before the tables that need them.
    table
        Name of the table.
    columns
        Its typed columns, in order.
    settings
        The base currency.

    Returns
    -------
    list of Refusal
        One per record that fell, with the place of what stands instead where there is such a record.
    """
    contract = TABLES[table]
    found: list[Refusal] = []
    connection.execute("CREATE OR REPLACE TEMP TABLE repeated (_file INTEGER, _line BIGINT)")
    for column in _ACCOUNT_COLUMNS.get(table, ()):
        found += _unknown_accounts(connection, table, column)
    if table == "relations":
        found += _missing_rates(connection, settings)
    _mark_repeated(connection, contract, columns)
    found += _duplicates(connection, table)
    if table == "relations":
        found += _reversals(connection, columns)
    if contract.conflict:
        found += _conflicts(connection, contract)
    connection.execute("DROP TABLE repeated")
    return found


def _fall(connection: duckdb.DuckDBPyConnection, table: str, fallen: list[Refusal]) -> list[Refusal]:
    """Delete records that fell."""
    if fallen:
        places = pa.table(
            {
                "file": pa.array([one.file for one in fallen], pa.int32()),
                "line": pa.array([one.line for one in fallen], pa.int64()),
            }
        )
        connection.register("fallen", places)
        for name in (f"{table}_typed", "repeated"):
            connection.execute(f"DELETE FROM {name} USING fallen WHERE _file = fallen.file AND _line = fallen.line")
        connection.unregister("fallen")
    return fallen


def _unknown_accounts(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> list[Refusal]:
    rows = connection.execute(
        f"SELECT _file, _line, _offset, {column} FROM {table}_typed "
        f"WHERE {column} NOT IN (SELECT account_id FROM accounts_typed)"
    ).fetchall()
    fallen = [
        Refusal(table, file, line, offset, column, "account_unknown", found) for file, line, offset, found in rows
    ]
    return _fall(connection, table, fallen)


def _missing_rates(connection: duckdb.DuckDBPyConnection, settings: LoadSettings) -> list[Refusal]:
    """Refuse payments that can't be converted; a reversal is none: it takes back in its original's own currency."""
    kinds = ", ".join(f"'{kind}'" for kind in CREDIT_KINDS)
    day = f"DATE '1970-01-01' + CAST(r.\"at\" // {DAY_US} AS INTEGER)"
    rows = connection.execute(
        f"SELECT _file, _line, _offset, currency, CAST({day} AS VARCHAR) FROM relations_typed r "
        f"WHERE kind IN ({kinds}) AND reverses IS NULL AND currency <> ? AND NOT EXISTS "
        f'(SELECT 1 FROM rates_typed x WHERE x.currency = r.currency AND x."on" = {day})',
        [settings.base_currency],
    ).fetchall()
    fallen = [
        Refusal("relations", file, line, offset, "currency", "fx_missing", found, note=f"no rate on {on}")
        for file, line, offset, found, on in rows
    ]
    return _fall(connection, "relations", fallen)


def _mark_repeated(connection: duckdb.DuckDBPyConnection, contract: TableContract, columns: list[str]) -> None:
    """Set aside every record whose key occurs more than once, with its key, time and canonical text."""
    key = canonical_text(list(contract.key or columns))
    time = f'"{contract.time}"' if contract.time else "NULL::BIGINT"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT _file, _line, _offset, {key} AS key, {time} AS time, "
        f"{canonical_text(columns)} AS text FROM {contract.name}_typed "
        f"WHERE {key} IN (SELECT {key} FROM {contract.name}_typed GROUP BY 1 HAVING count(*) > 1)"
    )


def _duplicates(connection: duckdb.DuckDBPyConnection, table: str) -> list[Refusal]:
    rows = connection.execute(_second("key, text", "_file, _line")).fetchall()
    return _fall(connection, table, [_beaten(table, row, "", "duplicate") for row in rows])


def _conflicts(connection: duckdb.DuckDBPyConnection, contract: TableContract) -> list[Refusal]:
    rows = connection.execute(_second("key", "time NULLS FIRST, text")).fetchall()
    fallen = [_beaten(contract.name, row, contract.key[0], contract.conflict) for row in rows]
    return _fall(connection, contract.name, fallen)


def _second(same: str, order: str) -> str:
    """Select all but the first of the repeated records that are the same, with the place of the first."""
    return (
        "SELECT _file, _line, _offset, key, f, l, o FROM (SELECT *, row_number() OVER w AS n, "
        "first(_file) OVER w AS f, first(_line) OVER w AS l, first(_offset) OVER w AS o FROM repeated "
        f"WINDOW w AS (PARTITION BY {same} ORDER BY {order})) WHERE n > 1"
    )


def _beaten(table: str, row: tuple[Any, ...], column: str, reason: str) -> Refusal:
    file, line, offset, key, *stands = row
    found = key.split("\x1f", 1)[0]
    return Refusal(table, file, line, offset, column, reason, found, stands=(stands[0], stands[1], stands[2]))


def _reversals(connection: duckdb.DuckDBPyConnection, columns: list[str]) -> list[Refusal]:
    tangled = "SELECT relation_id FROM relations_typed WHERE reverses IS NOT NULL"
    aims = "SELECT reverses FROM relations_typed WHERE reverses IS NOT NULL"
    rows = connection.execute(
        f'SELECT "at", relation_id, {canonical_text(columns)}, _file, _line, _offset, kind, currency, from_id, to_id, '
        f"amount_minor, reverses FROM relations_typed WHERE relation_id IN ({tangled} UNION {aims})"
    ).fetchall()
    entries = {}
    for at, relation_id, text, file, line, offset, *said in rows:
        kind, currency, from_id, to_id, amount, reverses = said
        entries[file, line] = Entry(
            at, relation_id, text, (file, line, offset), kind, currency, from_id, to_id, amount, reverses
        )
    fallen = []
    for one in judge(entries.values()):
        entry = entries[one.place[:2]]
        found = entry.relation_id if one.column == "relation_id" else entry.reverses or ""
        fallen.append(Refusal("relations", *one.place, one.column, one.reason, found, stands=one.stands))
    return _fall(connection, "relations", fallen)
