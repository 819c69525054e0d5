"""In which form do records wait that passed for themselves: typed, coded, each with its place and its key?

Ids of accounts are numbers of accounts, so that what refers to accounts costs four bytes and sorts as an integer. The
text of an id is asked for only where records are told of or judged among each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import TABLES, TableContract
from loaders.quick import KINDS, hash_ids
from loaders.raw import FILE, LINE, OFFSET

CODED = {"from_id": "from_code", "to_id": "to_code"}
REFERRING = ("relations", "profiles", "consents", "outcomes")
"""Tables that refer to accounts."""
STAMP = pa.timestamp("us", tz="UTC")
KIND = pa.dictionary(pa.int8(), pa.string())
CURRENCY = pa.dictionary(pa.int16(), pa.string())

_TYPES = {
    "id": pa.string(),
    "kind": pa.string(),
    "amount": pa.int64(),
    "currency": pa.string(),
    "timestamp": STAMP,
    "date": pa.date32(),
    "share": pa.float64(),
    "flag": pa.bool_(),
    "rate": pa.decimal128(38, 12),
}
_NUMBERS = {"number": pa.float64(), "integer": pa.int64(), "money": pa.int64(), "boolean": pa.bool_()}
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Piece:
    """Records of one file.

    Attributes
    ----------
    rows
        Typed columns as `schema` has them.
    keys
        A hash of what makes two records the same thing: equal keys of two records are a reason to look at both.
    file
        The file's number.
    line
        Line or row number of each.
    offset, base
        Byte offsets, less ``base``; None where there are no bytes.
    suspects
        Rows that must be judged among others whatever the other records say.
    back, aims
        Rows that are reversals, and a hash of the key of what each of them aims at.
    ascending
        Whether the keys' texts are known to ascend, so that none comes twice.
    """

    rows: pa.RecordBatch
    keys: NDArray[np.uint64]
    file: int
    line: NDArray[np.int64] | range
    offset: NDArray[np.uint32] | None
    base: int
    suspects: NDArray[np.int64]
    back: NDArray[np.int64]
    aims: NDArray[np.uint64]
    ascending: bool

    def __len__(self) -> int:
        return self.rows.num_rows

    def places(self, rows: NDArray[np.int64]) -> pa.Table:
        """Where some of the records stood: ``_file``, ``_line``, ``_offset``."""
        line = np.asarray(self.line, np.int64)[rows]
        offset = pa.nulls(len(rows), pa.int64())
        if self.offset is not None:
            offset = pa.array(self.offset[rows].astype(np.int64) + self.base)
        return pa.table({FILE: pa.array(np.full(len(rows), self.file, np.int32)), LINE: pa.array(line), OFFSET: offset})


def schema(table: str, names: Sequence[str]) -> pa.Schema:
    """Which columns do records of a table have while they wait, in the order of its typed columns?"""
    contract = TABLES[table]
    fields = []
    for name in names:
        if table == "relations" and name in CODED:
            fields.append(pa.field(CODED[name], pa.int32()))
        elif table in REFERRING and name == "account_id":
            fields.append(pa.field("account_code", pa.int32()))
        elif table == "relations" and name in ("kind", "currency"):
            fields.append(pa.field(name, KIND if name == "kind" else CURRENCY))
        else:
            fields.append(pa.field(name, plain_type(contract, name)))
    return pa.schema(fields)


def plain_type(contract: TableContract, name: str) -> pa.DataType:
    """Which type has a typed column when nothing is coded?"""
    column = contract.column("amount" if name == "amount_minor" else name)
    return _NUMBERS[column.number] if column.number else _TYPES[column.type]


def coded(text: pa.Array | pa.ChunkedArray, among: pa.Array) -> pa.DictionaryArray:
    """Number words by their place among all words, null where there is none."""
    flat = text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text
    index = pc.index_in(flat, value_set=among)
    kind = KIND if among is KINDS else CURRENCY
    return pa.DictionaryArray.from_arrays(index.cast(kind.index_type), among)


def keys(table: str, rows: pa.RecordBatch) -> NDArray[np.uint64]:
    """Hash what makes two records of a table the same thing: its key, or all it says when it has none."""
    contract = TABLES[table]
    if len(contract.key) == 1:
        return hash_ids(rows[contract.key[0]])
    names = [one if one != "account_id" else "account_code" for one in contract.key] or rows.schema.names
    found = np.zeros(rows.num_rows, np.uint64)
    for name in names:
        found = _mixed((found * _ODD) ^ _words(rows[name]))
    return found


def _words(values: pa.Array) -> NDArray[np.uint64]:
    if pa.types.is_string(values.type):
        return hash_ids(values)
    if pa.types.is_timestamp(values.type) or pa.types.is_date32(values.type):
        whole = values.cast(pa.int64() if pa.types.is_timestamp(values.type) else pa.int32())
        return pc.fill_null(whole, -1).to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64)
    if pa.types.is_floating(values.type):
        return values.to_numpy(zero_copy_only=False).view(np.uint64)
    return values.to_numpy(zero_copy_only=False).astype(np.int64).view(np.uint64)


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Let every bit of a number move every other (splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * _MIX[0]
    bits = (bits ^ (bits >> np.uint64(27))) * _MIX[1]
    return bits ^ (bits >> np.uint64(31))
