"""What of the input stands? Every table passes the same gate, in the order in which they need each other."""

# ruff: noqa: S608 (the SQL is made of the contract's own names; what users say goes in as values)

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa

from loaders.contract import TABLES, TableContract
from loaders.errors import RenmaiError
from loaders.gate.conversion import typed
from loaders.gate.engine import engine
from loaders.gate.rejects import rejects_table
from loaders.gate.relational import check_among
from loaders.gate.rows import check_rows, prepare, present_columns
from loaders.raw import RawFile, Refusal
from loaders.readers.source import Source
from loaders.settings import LoadSettings
from loaders.tables import Counts, InputFile, Tables

# accounts and rates first: the others refer to them
ORDER = ("accounts", "rates", "relations", "profiles", "consents", "outcomes")

_STAMP = pa.timestamp("us", tz="UTC")
_TYPES = {
    "id": pa.string(),
    "kind": pa.string(),
    "amount": pa.int64(),
    "currency": pa.string(),
    "timestamp": _STAMP,
    "date": pa.date32(),
    "share": pa.float64(),
    "flag": pa.bool_(),
    "rate": pa.decimal128(38, 12),
}
_NUMBERS = {"number": pa.float64(), "integer": pa.int64(), "money": pa.int64(), "boolean": pa.bool_()}
_SORTED_BY = {
    "accounts": ("account_id",),
    "relations": ("at", "relation_id"),
    "profiles": ("account_id", "known_at"),
    "consents": ("account_id", "source", "at", "granted"),
    "outcomes": ("account_id", "at", "kind", "severity"),
    "rates": ("currency", "on"),
}

Opener = Callable[[], RawFile]


def passed(
    inputs: Mapping[str, Sequence[Opener]],
    settings: LoadSettings,
    *,
    sources: Mapping[int, Source],
    ignored: tuple[str, ...] = (),
) -> Tables:
    """Let the input through the gate.

    Parameters
    ----------
    inputs
        Per table, how to read each of its files as text. A table without entry was not given.
    settings
        How it is read.
    sources
        The files by number; refused lines of CSV are read back from them.
    ignored
        Names that were not opened.

    Returns
    -------
    Tables

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract.
    """
    files: dict[int, RawFile] = {}
    refusals: list[Refusal] = []
    accepted: dict[int, int] = {}
    tables: dict[str, pa.Table] = {}
    with engine(settings) as connection:
        prepare(connection, settings)
        for table in ORDER:
            read = [opener() for opener in inputs.get(table, ())]
            if not read:
                _leave_empty(connection, table)
                continue
            present = present_columns(table, read)
            refusals += [refusal for file in read for refusal in file.refusals]
            refusals += check_rows(connection, table, read, present, settings)
            refusals += check_among(connection, table, list(typed(TABLES[table], present)), settings)
            accepted |= dict(connection.execute(f"SELECT _file, count(*) FROM {table}_typed GROUP BY 1").fetchall())
            files |= {file.number: _lightened(file) for file in read}
        for table in ORDER:
            tables[table] = _sorted(connection, table)
    listed = _told(files, refusals, accepted)
    return Tables(
        accounts=tables["accounts"],
        relations=tables["relations"],
        profiles=tables["profiles"],
        consents=tables["consents"] if "consents" in inputs else None,
        outcomes=tables["outcomes"],
        rates=tables["rates"],
        rejects=rejects_table(refusals, files, dict(sources)),
        files=listed,
        ignored=ignored,
        counts=_counted(listed, refusals),
    )


def _lightened(file: RawFile) -> RawFile:
    """Let go of the text of a CSV file: its lines can be read back."""
    return replace(file, rows=file.rows.slice(0, 0), refusals=[]) if file.format.startswith("csv") else file


def _sorted(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Table:
    contract = TABLES[table]
    order = ", ".join(f'"{name}" NULLS FIRST' for name in _SORTED_BY[table])
    query = f"SELECT * EXCLUDE (_file, _line, _offset) FROM {table}_typed ORDER BY {order}"
    found = connection.sql(query).to_arrow_table()
    connection.execute(f"DROP TABLE {table}_typed")
    return found.cast(_schema(contract, found.column_names)).combine_chunks()


def _leave_empty(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """A table that was not given has the columns it must have, and no rows."""
    names = list(typed(TABLES[table], present_columns(table, [])))
    place = pa.schema([("_file", pa.int32()), ("_line", pa.int64()), ("_offset", pa.int64())])
    schema = pa.schema([*place, *_schema(TABLES[table], names)])
    connection.register("nothing", schema.empty_table())
    connection.execute(f"CREATE TEMP TABLE {table}_typed AS SELECT * FROM nothing")
    connection.unregister("nothing")


def _schema(contract: TableContract, names: Sequence[str]) -> pa.Schema:
    fields = []
    for name in names:
        column = contract.column("amount" if name == "amount_minor" else name)
        fields.append(pa.field(name, _NUMBERS[column.number] if column.number else _TYPES[column.type]))
    return pa.schema(fields)


def _told(files: dict[int, RawFile], refusals: list[Refusal], accepted: dict[int, int]) -> tuple[InputFile, ...]:
    rejected: dict[int, int] = {}
    for refusal in refusals:
        rejected[refusal.file] = rejected.get(refusal.file, 0) + 1
    told = []
    for number, file in sorted(files.items()):
        stands, fell = accepted.get(number, 0), rejected.get(number, 0)
        if file.records != stands + fell + file.blank:
            counted = f"{stands} accepted, {fell} rejected and {file.blank} blank"
            raise RenmaiError(f"{file.name}: {file.records} records are not {counted}")
        told.append(InputFile(file.table, file.name, file.sha256, file.bytes, file.records, stands, fell, file.blank))
    return tuple(told)


def _counted(files: tuple[InputFile, ...], refusals: list[Refusal]) -> dict[str, Counts]:
    counts = {}
    for table in TABLES:
        own = [file for file in files if file.table == table]
        counts[table] = Counts(
            records=sum(file.records for file in own),
            accepted=sum(file.accepted for file in own),
            rejected=sum(file.rejected for file in own),
            blank=sum(file.blank for file in own),
            duplicates=sum(one.table == table and one.reason == "duplicate" for one in refusals),
        )
    return counts
