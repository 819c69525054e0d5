"""How do the records that stand become the tables that everybody reads: in order, ids by reference to the accounts?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.gate.crew import spread
from loaders.gate.ordering import in_time, order_of
from loaders.gate.pieces import schema

_IDS = {"from_code": "from_id", "to_code": "to_id"}
_TAKEN_ROWS = 1 << 22


def finished(
    table: str, names: Sequence[str], batches: list[pa.RecordBatch], ids: pa.StringArray | None, threads: int
) -> pa.Table:
    """Give a table its order and its ids.

    Parameters
    ----------
    table, names
        The table and its typed columns.
    batches
        Its records, as `loaders.gate.pieces.schema` has them; relations in order within each. The list of relations is
        emptied, see `loaders.gate.ordering.in_time`.
    ids
        All accounts by their codes; None for accounts and rates.
    threads
        At least 1.

    Returns
    -------
    pyarrow.Table
        As in `loaders.tables.Tables`.
    """
    if table == "relations":
        return _relations(names, in_time(batches, threads), ids)
    whole = pa.Table.from_batches(batches, schema=schema(table, names))
    order = order_of(table, whole, threads)
    columns = spread(partial(_ordered, order), whole.columns, threads)
    if ids is not None:
        place = whole.schema.get_field_index("account_code")
        columns[place] = _named(columns[place], ids, threads)
    return pa.table(columns, names=list(names)).combine_chunks()


def _relations(names: Sequence[str], batches: Sequence[pa.RecordBatch], ids: pa.StringArray | None) -> pa.Table:
    coded = pa.Table.from_batches(batches, schema=schema("relations", names))
    columns = []
    for name, column in zip(coded.column_names, coded.columns, strict=True):
        if name in _IDS:
            kind = pa.dictionary(pa.int32(), pa.string())
            chunks = [pa.DictionaryArray.from_arrays(chunk, ids, safe=False) for chunk in column.chunks]
            column = pa.chunked_array(chunks, kind)
        columns.append(column)
    return pa.table(columns, names=list(names))


def _ordered(order: NDArray[np.int64] | None, column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if order is None else pa.chunked_array([column.combine_chunks().take(pa.array(order))])


def _named(codes: pa.ChunkedArray, ids: pa.StringArray, threads: int) -> pa.ChunkedArray:
    """Put ids in place of codes, in slices, so that no text grows beyond what one array can hold."""
    starts = range(0, len(codes), _TAKEN_ROWS)
    slices = [chunk for start in starts for chunk in codes.slice(start, _TAKEN_ROWS).chunks]
    return pa.chunked_array(spread(ids.take, slices, threads), pa.string())
