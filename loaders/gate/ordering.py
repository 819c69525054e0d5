"""In which order do accepted records lie? By what they say alone, so that files, threads and their order don't matter.

Logs come nearly in order, so that is asked first. Relations are merged in slices of time where they are not, so that
no step holds more than a slice twice; the other tables are sorted by integers that order as their columns do.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.gate.crew import spread

SLICE_ROWS = 1 << 20
"""About how many relations are merged at a time."""
_SAMPLE = 1 << 12
_WORD_BITS = 64
_PARTS = 8
SORTED_BY = {
    "accounts": ("account_id",),
    "profiles": ("account_code", "known_at"),
    "consents": ("account_code", "source", "at", "granted"),
    "outcomes": ("account_code", "at", "kind", "severity"),
    "rates": ("currency", "on"),
}


def order_of_times(rows: pa.RecordBatch, ids_ascend: bool | None = None) -> NDArray[np.int64] | None:
    """How must relations be taken to lie by (at, relation_id)? None: they do.

    Parameters
    ----------
    rows
        The relations.
    ids_ascend
        Whether their ids ascend from first to last, which spares all looks at ids; None: it is looked up.
    """
    at, ids = times(rows), rows["relation_id"]
    step = np.diff(at)
    if not len(step) or step.min() > 0:
        return None
    if ids_ascend is None:
        ids_ascend = ascend(ids)
    if step.min() == 0 and (ids_ascend or _tied_ascend(ids, None, step)):
        return None
    order = np.argsort(at, kind="stable")
    if ids_ascend:
        return order
    step = np.diff(at[order])
    if _tied_ascend(ids, order, step):
        return order
    among = np.zeros(len(at), np.bool_)
    among[:-1] = step == 0
    among[1:] |= step == 0
    said = pa.table({"at": at[order[among]], "id": ids.take(pa.array(order[among]))})
    by = pc.sort_indices(said, [("at", "ascending"), ("id", "ascending")]).to_numpy()
    order[among] = order[among][by]
    return order


def ascend(texts: pa.Array) -> bool:
    """Does each text come after the one before?"""
    return len(texts) < 2 or bool(pc.all(pc.less(texts[:-1], texts[1:])).as_py())


def _tied_ascend(ids: pa.Array, order: NDArray[np.int64] | None, step: NDArray[np.int64]) -> bool:
    """Do the ids of equal times ascend? Only those are compared."""
    tied = np.flatnonzero(step == 0)
    one, other = (tied, tied + 1) if order is None else (order[tied], order[tied + 1])
    return bool(pc.all(pc.less_equal(ids.take(pa.array(one)), ids.take(pa.array(other))), min_count=0).as_py())


def times(rows: pa.RecordBatch) -> NDArray[np.int64]:
    """Microseconds since 1970."""
    found: NDArray[np.int64] = rows["at"].cast(pa.int64()).to_numpy()
    return found


def in_time(batches: list[pa.RecordBatch], threads: int) -> list[pa.RecordBatch]:
    """Bring relations into order by (at, relation_id).

    Parameters
    ----------
    batches
        Each in order. The list is emptied, so that what was merged can be let go of before all is.
    threads
        At least 1.

    Returns
    -------
    list of RecordBatch
        The given ones or slices of them wherever they follow each other.
    """
    ordered = sorted((batch for batch in batches if batch.num_rows), key=_first)
    batches.clear()
    if _follow(ordered):
        return ordered
    parts = _parted(ordered)
    ordered.clear()

    def merged(number: int) -> list[pa.RecordBatch]:
        # nobody else holds them any more: their memory is what the next part is merged into, and none need be found
        slices, parts[number] = parts[number], []
        slices.sort(key=_first)
        return slices if _follow(slices) else [_merged(slices)]

    return [batch for slices in spread(merged, range(len(parts)), threads) for batch in slices]


def _parted(ordered: Sequence[pa.RecordBatch]) -> list[list[pa.RecordBatch]]:
    """Cut batches into slices of time, of about the same number of records each."""
    clocks = [times(batch) for batch in ordered]
    cuts = _cuts(clocks)
    parts: list[list[pa.RecordBatch]] = [[] for _ in range(len(cuts) + 1)]
    for batch, clock in zip(ordered, clocks, strict=True):
        edges = np.concatenate(([0], np.searchsorted(clock, cuts), [len(clock)])).tolist()
        for number, (begin, end) in enumerate(pairwise(edges)):
            if end > begin:
                parts[number].append(batch.slice(begin, end - begin))
    return parts


def _first(batch: pa.RecordBatch) -> tuple[int, bytes]:
    return _said(batch, 0)


def _said(batch: pa.RecordBatch, row: int) -> tuple[int, bytes]:
    return batch["at"][row].value, batch["relation_id"][row].as_py().encode()


def _follow(batches: Sequence[pa.RecordBatch]) -> bool:
    """Does every batch begin behind the one before?"""
    return all(_said(one, one.num_rows - 1) <= _said(other, 0) for one, other in pairwise(batches))


def _cuts(clocks: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Times that part the records into slices of about the same number; equal times stay together."""
    sample = np.sort(np.concatenate([clock[::_SAMPLE] for clock in clocks]))
    slices = max(1, sum(map(len, clocks)) // SLICE_ROWS)
    places = np.arange(1, slices) * len(sample) // slices
    found: NDArray[np.int64] = np.unique(sample[places])
    return found


def _merged(slices: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    # the lower ids first: a stable sort by time then often leaves equal times in the order of their ids
    whole = pa.concat_batches(sorted(slices, key=lambda rows: rows["relation_id"][0].as_py().encode()))
    order = order_of_times(whole)
    return whole if order is None else whole.take(pa.array(order))


def order_of(table: str, rows: pa.Table, threads: int) -> NDArray[np.int64] | None:
    """How must the records of another table than relations be taken to lie in its order? None: they do."""
    if table in ("accounts", "rates"):
        return _order_of_texts(rows, SORTED_BY[table])
    # one word says it all, and words sort fastest; one rank at a time, for each is as long as the table
    word, bits = np.zeros(rows.num_rows, np.uint64), 0
    for name in SORTED_BY[table]:
        rank = _rank(rows[name])
        width = int(rank.max()).bit_length() if len(rank) else 0
        bits += width
        if bits > _WORD_BITS:
            found: NDArray[np.int64] = np.lexsort([_rank(rows[key]) for key in SORTED_BY[table][::-1]])
            return found
        word <<= np.uint64(width)
        word |= rank
    if (word[1:] >= word[:-1]).all():
        return None
    return _argsorted(word, threads)


def _argsorted(word: NDArray[np.uint64], threads: int) -> NDArray[np.int64]:
    """Sort in parts of the range of values, each by a thread."""
    if len(word) < SLICE_ROWS:
        return np.argsort(word, kind="stable")
    sample = np.sort(word[::_SAMPLE])
    marks = sample[np.arange(1, _PARTS) * len(sample) // _PARTS]
    part = np.searchsorted(marks, word, side="right").astype(np.int8)

    def of_part(number: int) -> NDArray[np.int64]:
        rows = np.flatnonzero(part == number)
        found: NDArray[np.int64] = rows[np.argsort(word[rows])]
        return found

    return np.concatenate(spread(of_part, range(len(marks) + 1), threads))


def _order_of_texts(rows: pa.Table, names: Sequence[str]) -> NDArray[np.int64] | None:
    first = rows[names[0]].combine_chunks()
    if len(first) < 2 or pc.all(pc.less(first[:-1], first[1:])).as_py():
        return None
    found: NDArray[np.int64] = (
        pc.sort_indices(rows, [(name, "ascending") for name in names]).to_numpy().astype(np.int64)
    )
    return found


def _rank(values: pa.ChunkedArray) -> NDArray[np.uint64]:
    """Numbers from 0 on that order as the values do, nulls first."""
    kind = values.type
    if pa.types.is_string(kind):
        words = pc.unique(values)
        ranks = pc.rank(words, "ascending", tiebreaker="dense").to_numpy()
        found: NDArray[np.uint64] = ranks.astype(np.uint64)[pc.index_in(values, value_set=words).to_numpy()]
        return found
    if pa.types.is_timestamp(kind):
        valid = values.is_valid().to_numpy()
        moment = values.cast(pa.int64()).fill_null(0).to_numpy()
        low = int(moment[valid].min()) if valid.any() else 0
        since = moment - low
        since[~valid] = 0
        unit = next(unit for unit in (1_000_000, 1_000, 1) if not (since % unit).any())
        since //= unit
        since += valid
        return since.view(np.uint64)
    if pa.types.is_floating(kind):
        # the bits of doubles that are not negative order as their values do
        return values.to_numpy().view(np.uint64)
    return values.to_numpy().astype(np.uint64)
