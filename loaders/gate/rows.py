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
from loaders.raw import FILE, FOUND_CHARS, LINE, MINOR, OFFSET, PLACE, PLACE_FIELDS, RawFile, Refusal
from loaders.settings import LoadSettings

_AMOUNT = {"relations": {"amount"}}


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
    connection: duckdb.DuckDBPyConnection,
    table: str,
    files: list[RawFile],
    present: set[str],
    settings: LoadSettings,
) -> list[Refusal]:
    """Check every record of a table by itself and leave those that pass, typed, in the database.

    Parameters
    ----------
    connection
        The prepared database; gets the table ``<table>_typed``: place fields and typed columns.
    table
        Name of the table.
    files
        Its files as text, at least one.
    present
        The columns they have together, see `present_columns`.
    settings
        Ids, kinds and self-transfers allowed.

    Returns
    -------
    list of Refusal
        One per refused record.
    """
    contract = TABLES[table]
    connection.register("raw", _gathered(contract, files, present))
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
    connection.unregister("raw")
    select = ", ".join(f'{expression} AS "{name}"' for name, expression in typed(contract, present).items())
    connection.execute(
        f"CREATE TEMP TABLE {table}_typed AS SELECT _file, _line, _offset, {select} FROM checked WHERE failed IS NULL"
    )
    failed = connection.sql("SELECT * FROM checked WHERE failed IS NOT NULL").to_arrow_table()
    connection.execute("DROP TABLE checked")
    by_number = {file.number: file for file in files}
    return [_refusal(by_number[row[FILE]], row, listed[row["failed"]]) for row in failed.to_pylist()]


def present_columns(table: str, files: list[RawFile]) -> set[str]:
    """Which columns do the files of a table have together? Without files, those that are required."""
    if not files:
        return {column.name for column in TABLES[table].columns if column.required} | _AMOUNT.get(table, set())
    names = {name for file in files for name in file.rows.column_names} - set(PLACE)
    return {"amount" if name == "amount_minor" else name for name in names}


def _gathered(contract: TableContract, files: list[RawFile], present: set[str]) -> pa.Table:
    """Put the files of a table under each other; a column that one of them lacks is blank there."""
    ordered = [name for name in contract.names if name in present]
    empty = pa.schema([*PLACE_FIELDS, *((name, pa.string()) for name in ordered)]).empty_table()
    filled = [empty]
    for file in files:
        part = _one_amount(file.rows)
        for name in present - set(part.column_names):
            part = part.append_column(name, pa.array([""] * part.num_rows, pa.string()))
        filled.append(part.select(empty.column_names))
    return pa.concat_tables(filled)


def _one_amount(rows: pa.Table) -> pa.Table:
    return rows.rename_columns(["amount" if name == "amount_minor" else name for name in rows.column_names])


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


def _refusal(file: RawFile, row: dict[str, Any], check: Check) -> Refusal:
    ours = "amount_minor" if check.column == "amount" and row[MINOR] else check.column
    found = row.get(check.column)
    text = "" if found is None else str(found)[:FOUND_CHARS]
    return Refusal(file.table, file.number, row[LINE], row[OFFSET], ours, check.reason, text)
