"""How much of each relation was taken back, and which reversals wait for what they take back?

Reversals are few, so only few ids are compared: those of relations between the same two accounts the other way round,
which is where the gate lets a reversal stand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def taken_back(batches: Sequence[pa.RecordBatch], known: Sequence[Mask]) -> tuple[list[pa.Array], list[Mask | None]]:
    """Match the known reversals of a log with what they take back.

    Parameters
    ----------
    batches
        The log: relation_id, from_id, to_id, amount_minor, reverses.
    known
        Which rows of each batch count.

    Returns
    -------
    tuple
        Per batch, how much of each row was taken back (int64), and which rows wait for their original (``None``: none
        of them).

    Examples
    --------
    >>> log = pa.table({"relation_id": ["p", "q"], "from_id": ["ann", "bob"], "to_id": ["bob", "ann"],
    ...                 "amount_minor": [100, 30], "reverses": [None, "p"]})
    >>> [column.to_pylist() for column in taken_back(log.to_batches(), [np.array([True, True])])[0]]
    [[30, 0]]
    """
    back = [_back(batch, now) for batch, now in zip(batches, known, strict=True)]
    pending: list[Mask | None] = [None] * len(batches)
    if not any(len(rows) for rows in back):
        return [pa.array(np.zeros(len(batch), np.int64)) for batch in batches], pending
    aims = _text("reverses", batches, back)
    amounts = np.concatenate([_at(batch["amount_minor"], rows) for batch, rows in zip(batches, back, strict=True)])
    originals = [
        rows[now[rows] & batch["reverses"].take(pa.array(rows)).is_null().to_numpy(zero_copy_only=False)]
        for rows, batch, now in zip(_candidates(batches, back, aims), batches, known, strict=True)
    ]
    place = pc.index_in(aims, value_set=_text("relation_id", batches, originals))
    found = pc.fill_null(place, -1).to_numpy()
    firsts = np.cumsum([0, *(len(rows) for rows in originals)])
    sums = np.zeros(int(firsts[-1]), np.int64)
    np.add.at(sums, found[found >= 0], amounts[found >= 0])
    ends = np.cumsum([0, *(len(rows) for rows in back)])
    taken = []
    for k, batch in enumerate(batches):
        column = np.zeros(len(batch), np.int64)
        column[originals[k]] = sums[firsts[k] : firsts[k + 1]]
        taken.append(pa.array(column))
        if (waits := back[k][found[ends[k] : ends[k + 1]] < 0]).size:
            mask = np.zeros(len(batch), np.bool_)
            mask[waits] = True
            pending[k] = mask
    return taken, pending


def _back(batch: pa.RecordBatch, known: Mask) -> NDArray[np.int64]:
    """Which rows are known reversals?"""
    column = batch["reverses"]
    if column.null_count == len(column):
        return np.zeros(0, np.int64)
    return np.flatnonzero(known & column.is_valid().to_numpy(zero_copy_only=False))


def _candidates(
    batches: Sequence[pa.RecordBatch], back: Sequence[NDArray[np.int64]], aims: pa.Array
) -> list[NDArray[np.int64]]:
    """Which rows of each batch may be an original?"""
    if not _coded_alike(batches):
        return [
            np.flatnonzero(pc.is_in(batch["relation_id"], value_set=aims).to_numpy(zero_copy_only=False))
            for batch in batches
        ]
    accounts = len(batches[0]["from_id"].dictionary)
    pays, is_paid = np.zeros(accounts, np.bool_), np.zeros(accounts, np.bool_)
    for batch, rows in zip(batches, back, strict=True):
        is_paid[_at(batch["from_id"].indices, rows)] = True
        pays[_at(batch["to_id"].indices, rows)] = True
    return [
        np.flatnonzero(pays[batch["from_id"].indices.to_numpy()] & is_paid[batch["to_id"].indices.to_numpy()])
        for batch in batches
    ]


def _coded_alike(batches: Sequence[pa.RecordBatch]) -> bool:
    """Whether all batches name both accounts by places in the same list of accounts."""
    if not all(pa.types.is_dictionary(batches[0].schema.field(name).type) for name in ("from_id", "to_id")):
        return False
    lists = {}
    for batch in batches:
        for name in ("from_id", "to_id"):
            one = batch[name].dictionary
            # Two lists that lie in the same place are one; comparing their texts for every batch would take long.
            lists[(one.buffers()[-1].address if len(one) else 0, one.offset, len(one))] = one
    first, *others = lists.values()
    return len(others) < 2 and all(one.equals(first) for one in others)


def _at(column: pa.Array, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return column.take(pa.array(rows)).to_numpy().astype(np.int64)


def _text(name: str, batches: Sequence[pa.RecordBatch], rows: Sequence[NDArray[np.int64]]) -> pa.Array:
    return pa.concat_arrays([batch[name].take(pa.array(own)) for batch, own in zip(batches, rows, strict=True)])
