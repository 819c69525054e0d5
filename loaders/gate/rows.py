"""Which records of one table have well-typed values, taken each by itself?

Runs the checks of the contract in SQL, in their order; converts only what passed.
"""

# ruff: noqa: S608 (the SQL is made of the contract's own names; what users say goes in as values)

from __future__ import annotations

from typing import Any

import duckdb
import iso4217
import pyarrow as pa

from loaders.contract import ID_PATTERN, TABLES, TableContract
from loaders.errors import UsageError
from loaders.gate.checks import COMMA_DECIMAL, Check, checks
from loaders.gate.conversion import typed
from loaders.gate.wide_ids import MAX_CHARS, deceptive
from loaders.raw import FILE, FOUND_CHARS, LINE, MINOR, OFFSET, Refusal
from loaders.settings import LoadSettings


def prepare(connection: duckdb.DuckDBPyConnection, settings: LoadSettings) -> None:
    """Give the database what all tables are checked against: currencies, ids allowed."""
    coins = [(c.code, c.exponent) for c in iso4217.Currency if c.exponent is not None]
    if settings.base_currency not in dict(coins):
        raise UsageError(f"base_currency must be an ISO 4217 code with minor units; got {settings.base_currency!r}")
    coins.sort()
    table = pa.table({"code": [c for c, _ in coins], "exponent": pa.array([e for _, e in coins], pa.int32())})
    connection.register("currencies", table)
    connection.execute("SET VARIABLE id_pattern = ?", [settings.id_pattern or ID_PATTERN])
    try:
        connection.execute("SELECT regexp_full_match('a', getvariable('id_pattern'))").fetchall()
    except duckdb.InvalidInputException as error:
        raise UsageError(f"id_pattern is not a regular expression (RE2): {settings.id_pattern!r}") from error


def check_rows(
    connection: duckdb.DuckDBPyConnection, table: str, present: set[str], settings: LoadSettings
) -> list[Refusal]:
    """Check every record of a table by itself and leave those that pass, typed, in the database.

    Parameters
    ----------
    connection
        The prepared database, with the records as text in the table ``raw``, which goes; those that pass are added to
        the table ``<table>_typed``: place fields and typed columns.
    table
        Name of the table.
    present
        The columns that its files have together.
    settings
        Ids, kinds and self-transfers allowed.

    Returns
    -------
    list of Refusal
        One per refused record.
    """
    contract = TABLES[table]
    mapped = _map_kinds(connection, contract, settings)
    if table == "relations":
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE comma_files AS SELECT DISTINCT _file FROM raw "
            f"WHERE regexp_full_match(amount, '{COMMA_DECIMAL}')"
        )
    _refuse_deceptive(connection, contract, settings)
    listed = checks(contract, present, settings)
    cases = " ".join(f"WHEN {check.fails} THEN {number}" for number, check in enumerate(listed))
    with_exponent = "LEFT JOIN currencies ON code = currency" if "currency" in present else ""
    exponent = ", exponent" if with_exponent else ""
    connection.execute(
        f"CREATE TEMP TABLE checked AS SELECT r.*{exponent}, CASE {cases} END AS failed "
        f"FROM (SELECT {mapped} FROM raw) r {with_exponent}"
    )
    connection.execute("DROP TABLE raw")
    select = ", ".join(f'{expression} AS "{name}"' for name, expression in typed(contract, present).items())
    connection.execute(
        f"INSERT INTO {table}_typed SELECT _file, _line, _offset, {select}, false FROM checked WHERE failed IS NULL"
    )
    failed = connection.sql("SELECT * FROM checked WHERE failed IS NOT NULL").to_arrow_table()
    connection.execute("DROP TABLE checked")
    return [_refusal(table, row, listed[row["failed"]]) for row in failed.to_pylist()]


def _map_kinds(connection: duckdb.DuckDBPyConnection, contract: TableContract, settings: LoadSettings) -> str:
    """Name the columns to select from ``raw``, the user's words for kinds replaced by ours."""
    kinds = [column for column in contract.columns if column.name == "kind"]
    words = {theirs: ours for theirs, ours in settings.kinds.items() if kinds and ours in kinds[0].choices}
    if not words:
        return "*"
    pairs = pa.table({"theirs": list(words), "ours": list(words.values())})
    connection.register("words", pairs)
    return "* REPLACE (coalesce((SELECT ours FROM words WHERE theirs = kind), kind) AS kind)"


def _refuse_deceptive(connection: duckdb.DuckDBPyConnection, contract: TableContract, settings: LoadSettings) -> None:
    if settings.id_pattern is None:
        return
    columns = {column[0] for column in connection.execute("DESCRIBE raw").fetchall()}
    seen: set[str] = set()
    for column in contract.columns:
        if column.type == "id" and column.name in columns:
            unlike = f"NOT regexp_full_match(\"{column.name}\", '[!-~]{{0,{MAX_CHARS}}}')"
            query = f'SELECT DISTINCT "{column.name}" FROM raw WHERE {unlike}'
            seen |= {row[0] for row in connection.execute(query).fetchall()}
    refused = sorted(text for text in seen if deceptive(text))
    connection.execute("CREATE OR REPLACE TEMP TABLE refused_ids (id VARCHAR)")
    connection.register("refused", pa.table({"id": pa.array(refused, pa.string())}))
    connection.execute("INSERT INTO refused_ids SELECT id FROM refused")
    connection.unregister("refused")


def _refusal(table: str, row: dict[str, Any], check: Check) -> Refusal:
    ours = "amount_minor" if check.column == "amount" and row[MINOR] else check.column
    found = row.get(check.column)
    text = "" if found is None else str(found)[:FOUND_CHARS]
    return Refusal(table, row[FILE], row[LINE], row[OFFSET], ours, check.reason, text)
