"""Which records of a table stand in the end? The sure ones and those the judge lets through, in canonical order."""

# ruff: noqa: S608 (the SQL is made of the contract's own names; what users say goes in as values)

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import TABLES
from loaders.gate.candidates import candidates
from loaders.gate.ordering import order_of_times
from loaders.gate.pieces import KIND, STAMP, Piece, coded, keys, plain_type, schema
from loaders.gate.relational import check_among
from loaders.quick import CURRENCIES, KINDS, AccountIndex, hash_ids
from loaders.raw import FILE, LINE, OFFSET, Refusal
from loaders.settings import LoadSettings

_PLACES = (pa.field(FILE, pa.int32()), pa.field(LINE, pa.int64()), pa.field(OFFSET, pa.int64()))
_LINE_BITS = 40


@dataclass(frozen=True, slots=True)
class Standing:
    """The records of a table that stand, not in order yet; who fell; and how many stand of each file."""

    batches: list[pa.RecordBatch]
    refusals: list[Refusal]
    accepted: Counter[int]


def lay_open(connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str]) -> None:
    """Make the empty table ``<table>_typed``: places, typed columns, and whether a record passed the quick lane."""
    fields = [*_PLACES, *_stored(table, names), pa.field("_sure", pa.bool_())]
    connection.register("nothing", pa.schema(fields).empty_table())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table}_typed AS SELECT * FROM nothing")
    connection.unregister("nothing")


def _stored(table: str, names: Sequence[str]) -> list[pa.Field]:
    """Typed columns as the database has them: ids as text, times as integers, so that nothing depends on a zone."""
    kinds = [(name, plain_type(TABLES[table], name)) for name in names]
    return [pa.field(name, pa.int64() if kind == STAMP else kind) for name, kind in kinds]


def stand(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    names: Sequence[str],
    pieces: Sequence[Piece],
    accounts: AccountIndex | None,
    settings: LoadSettings,
) -> Standing:
    """Judge the records of a table among each other.

    Parameters
    ----------
    connection
        With ``<table>_typed``, which holds the records that passed the checks as text.
    table, names
        The table and its typed columns.
    pieces
        The records that passed the quick lane.
    accounts
        All accounts; None for tables that refer to none.
    settings
        The base currency, threads.
    """
    slow = _slow(connection, table, names, accounts)
    hashed = [keys(table, rows) for _, rows in slow]
    aims = [hash_ids(rows["reverses"].drop_null()) for _, rows in slow] if table == "relations" else []
    key = TABLES[table].key[0] if len(TABLES[table].key) == 1 else None
    chosen = candidates(pieces, [*hashed, *aims], settings.duckdb_threads, key)
    _lay_down(connection, table, names, pieces, chosen, accounts)
    refusals: list[Refusal] = []
    if slow or any(map(len, chosen)):
        refusals = check_among(connection, table, list(names), settings)
    fallen = np.array(sorted(_mark(one.file, one.line) for one in refusals), np.int64)
    accepted: Counter[int] = Counter()
    batches: list[pa.RecordBatch] = []
    for piece, among in zip(pieces, chosen, strict=True):
        batches.append(_without(piece, among, fallen))
        accepted[piece.file] += batches[-1].num_rows
    for marks, rows in slow:
        stays = ~np.isin(marks, fallen)
        batches.append(rows.filter(pa.array(stays)))
        accepted.update((marks[stays] >> _LINE_BITS).tolist())
    return Standing(batches, refusals, accepted)


def _slow(
    connection: duckdb.DuckDBPyConnection, table: str, names: Sequence[str], accounts: AccountIndex | None
) -> list[tuple[NDArray[np.int64], pa.RecordBatch]]:
    """Take the records that passed as text, with the marks of their places, as the others wait: coded."""
    wanted = schema(table, names)
    found = []
    for batch in connection.sql(f"SELECT * EXCLUDE (_sure) FROM {table}_typed").to_arrow_table().to_batches():
        columns = [_coded(batch[name], field, accounts) for field, name in zip(wanted, names, strict=True)]
        rows = pa.RecordBatch.from_arrays(columns, schema=wanted)
        marks = _mark(batch[FILE].to_numpy().astype(np.int64), batch[LINE].to_numpy())
        order = order_of_times(rows) if table == "relations" else None
        found.append((marks, rows) if order is None else (marks[order], rows.take(pa.array(order))))
    return found


def _mark(file: Any, line: Any) -> Any:
    """File and line in one number."""
    return (file << _LINE_BITS) | line


def _coded(values: pa.Array, field: pa.Field, accounts: AccountIndex | None) -> pa.Array:
    if accounts is not None and field.name.endswith("_code"):
        return pa.array(_codes(values, accounts))
    if pa.types.is_dictionary(field.type):
        return coded(values, KINDS if field.type == KIND else CURRENCIES)
    return values.cast(field.type)


def _codes(ids: pa.Array, accounts: AccountIndex) -> NDArray[np.int32]:
    """Number accounts; -1 is none. The index may not know odd ids, so what it does not know is looked for again."""
    found = accounts.codes(ids)
    unknown = np.flatnonzero(found < 0)
    if len(unknown):
        again = pc.index_in(ids.take(pa.array(unknown)), value_set=accounts.ids)
        found[unknown] = again.fill_null(-1).to_numpy(zero_copy_only=False)
    return found


def _lay_down(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    names: Sequence[str],
    pieces: Sequence[Piece],
    chosen: Sequence[NDArray[np.int64]],
    accounts: AccountIndex | None,
) -> None:
    """Put candidates beside the records that are judged in any case, as text like those."""
    asked = [(piece, among) for piece, among in zip(pieces, chosen, strict=True) if len(among)]
    if not asked:
        return
    places = pa.concat_tables([piece.places(among) for piece, among in asked])
    rows = pa.Table.from_batches([piece.rows.take(pa.array(among)) for piece, among in asked])
    told = [_told(values, field, accounts) for values, field in zip(rows.columns, _stored(table, names), strict=True)]
    columns = [*places.columns, *told, pa.array(np.ones(len(places), np.bool_))]
    whole = pa.table(columns, names=[*places.column_names, *names, "_sure"])
    connection.register("candidates", whole)
    connection.execute(f"INSERT INTO {table}_typed SELECT * FROM candidates")
    connection.unregister("candidates")


def _told(values: pa.ChunkedArray, field: pa.Field, accounts: AccountIndex | None) -> pa.ChunkedArray:
    if accounts is not None and pa.types.is_int32(values.type) and pa.types.is_string(field.type):
        return pa.chunked_array([accounts.ids.take(chunk) for chunk in values.chunks])
    return values.cast(field.type)


def _without(piece: Piece, among: NDArray[np.int64], fallen: NDArray[np.int64]) -> pa.RecordBatch:
    """Leave out the candidates that fell."""
    if not len(among) or not len(fallen):
        return piece.rows
    lines = np.asarray(piece.line, np.int64)[among]
    gone = among[np.isin(_mark(piece.file, lines), fallen)]
    if not len(gone):
        return piece.rows
    stays = np.ones(len(piece), np.bool_)
    stays[gone] = False
    return piece.rows.filter(pa.array(stays))
