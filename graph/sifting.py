"""Which relations of a log are payments between two persons, and which partition does each go to?

The log may be coded (dictionaries, as a loader gives it) or text, in one piece or in many: it is read in blocks, each
on any thread, and where a payment goes depends only on its pair and its place in the log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from graph.grouping import BEHALF, CONTACT, OTHER, TOLD, TRANSFER, sift
from loaders.contract import CONTACT_KINDS, CREDIT_KINDS

Array = np.ndarray[Any, Any]
Item = TypeVar("Item")
Made = TypeVar("Made")
# numbers are compared for millions of rows, and what they mean is asked once for each list
CODED = {"kind": np.int8, "from_id": np.int32, "to_id": np.int32, "currency": np.int16}
BLOCK = 1 << 20
"""Rows of a block: few enough for the cache of its partitions' heads, many enough to be worth a call."""
FILL = 1 << 16
"""Relations per partition: the payments among them stay in a processor's own cache."""
SHARES = 16
"""A box is too little work to be handed to a thread by itself."""
CLASSES = dict.fromkeys(CONTACT_KINDS, CONTACT) | dict(zip(CREDIT_KINDS, (TRANSFER, BEHALF), strict=True))


@dataclass(frozen=True, eq=False, slots=True)
class Block:
    """The payments of some consecutive relations.

    Attributes
    ----------
    columns
        The relations.
    rows : int32[k]
        Which of the block's relations are payments.
    pair, mark, part : int64[k], int16[k], uint16[k]
        low << 32 | high, direction and currency (:mod:`graph.grouping`), partition.
    free : int64[parts]
        Where the block's payments of each partition go.
    """

    columns: pa.RecordBatch
    rows: Array
    pair: Array
    mark: Array
    part: Array
    free: Array


@dataclass(frozen=True, eq=False, slots=True)
class Sifted:
    """The payments of a log, not yet in their places.

    Attributes
    ----------
    blocks
        In the order of the log.
    starts : int64[parts + 1]
        Where each partition begins.
    currencies
        ISO codes, sorted; a payment's mark has its position.
    counts
        What became of the relations.
    """

    blocks: Sequence[Block]
    starts: Array
    currencies: Sequence[str]
    counts: dict[str, int]

    @property
    def ranges(self) -> list[slice]:
        """The rows of each partition."""
        return ranges(self.starts)


def ranges(starts: Array) -> list[slice]:
    """Cut an array into its partitions."""
    return [slice(lo, hi) for lo, hi in pairwise(starts.tolist())]


def shift_for(rows: int) -> int:
    """How far is the hash of a pair shifted, so that a log of so many rows has partitions of the right size?"""
    return 64 - min(16, max(1, (rows // FILL).bit_length()))


def sifted(
    relations: pa.Table,
    person_of: Callable[[pa.Array], Array],
    *,
    threads: int | None = None,
) -> Sifted:
    """Pick the payments between two different persons and count what every relation is.

    Parameters
    ----------
    relations
        In the order of (at, relation_id).
    person_of
        Number of the person behind each account of a dictionary (int32), −1: nobody.
    threads
        How many threads; ``None``: as many as this process may use.
    """
    coded = _coded(relations)
    batches = [batch for batch in coded.to_batches(max_chunksize=BLOCK) if batch.num_rows]
    currencies = sorted({name for one in _dictionaries(batches, "currency") for name in one.to_pylist()})
    tables = {
        "kind": _Lookup(lambda words: np.array([CLASSES.get(word, OTHER) for word in words.to_pylist()], np.int8)),
        "from_id": (persons := _Lookup(person_of)),
        "to_id": persons,
        "currency": _Lookup(lambda words: np.array([currencies.index(word) for word in words.to_pylist()], np.int16)),
    }
    meanings = [[tables[name].of(batch[name].dictionary) for name in CODED] for batch in batches]
    shift = shift_for(len(relations))
    found = on_threads(lambda k: _sifted(batches[k], meanings[k], shift), range(len(batches)), threads)
    sizes = np.array([sizes for _, _, sizes in found], np.int64).reshape(len(found), 1 << (64 - shift))
    starts = np.concatenate([[0], np.cumsum(sizes.sum(axis=0))])
    before = np.cumsum(sizes, axis=0) - sizes + starts[:-1]
    blocks = [Block(batches[k], *found[k][0], before[k]) for k in range(len(found))]  # type: ignore[call-arg]
    counts = np.array([counts for _, counts, _ in found], np.int64).reshape(len(found), len(TOLD)).sum(axis=0)
    return Sifted(blocks, starts, currencies, dict(zip(TOLD, counts.tolist(), strict=True)))


def _sifted(batch: pa.RecordBatch, meanings: Sequence[Array], shift: int) -> tuple[tuple[Array, ...], Array, Array]:
    """Sift one block: its columns, what its relations are, and how many payments go to each partition."""
    many, codes = batch.num_rows, {name: _codes(batch[name], kind) for name, kind in CODED.items()}
    kinds, *others = meanings
    columns = [np.empty(many, kind) for kind in (np.int32, np.int64, np.int16, np.uint16)]
    counts, sizes = np.zeros(len(TOLD), np.int64), np.zeros(1 << (64 - shift), np.int64)
    is_back = batch["reverses"].is_valid().to_numpy(zero_copy_only=False)
    found = sift(  # type: ignore[call-arg]
        codes["kind"], _frozen(is_back), codes["from_id"], codes["to_id"], codes["currency"], kinds, *others,  # type: ignore[arg-type]
        shift, *columns, counts, sizes,
    )  # fmt: skip
    return tuple(column[:found].copy() for column in columns), counts, sizes


class _Lookup:
    """Remembers what the codes of a dictionary mean; the blocks of a log mostly share one."""

    def __init__(self, meaning: Callable[[pa.Array], Array]) -> None:
        self._meaning = meaning
        self._known: dict[tuple[int, ...], Array] = {}

    def of(self, dictionary: pa.Array) -> Array:
        place = (*(one.address if one else 0 for one in dictionary.buffers()), dictionary.offset, len(dictionary))
        if place not in self._known:
            self._known[place] = _frozen(self._meaning(dictionary))
        return self._known[place]


def _dictionaries(batches: Iterable[pa.RecordBatch], name: str) -> Iterable[pa.Array]:
    seen: set[int] = set()
    for batch in batches:
        dictionary = batch[name].dictionary
        address = dictionary.buffers()[-1].address if len(dictionary) else 0
        if address not in seen:
            seen.add(address)
            yield dictionary


def _coded(relations: pa.Table) -> pa.Table:
    """Let text columns be dictionaries; nothing is done to those that are."""
    names = [*CODED, "reverses", *(name for name in ("at", "amount_minor", "reversed_minor"))]
    columns = {}
    for name in (name for name in names if name in relations.column_names):
        column = relations[name]
        coded = name not in CODED or pa.types.is_dictionary(column.type)
        columns[name] = column if coded else column.dictionary_encode()
    return pa.table(columns)


def raw(column: pa.Array, kind: Any) -> Array:
    """The values of a column of fixed width as they lie in memory; where one is null, anything."""
    if not len(column):
        return _frozen(np.zeros(0, kind))
    return np.frombuffer(column.buffers()[1], kind, len(column), column.offset * np.dtype(kind).itemsize)


def _codes(column: pa.DictionaryArray, kind: Any) -> Array:
    indices = column.indices
    return _frozen(raw(indices, indices.type.to_pandas_dtype()).astype(kind, copy=False))


def _frozen(array: Array) -> Array:
    """Compiled kernels know two kinds of arrays, and memory of others is read-only: so all they read is."""
    array = np.ascontiguousarray(array).view()
    array.flags.writeable = False
    return array


def on_threads(work: Callable[[Item], Made], items: Sequence[Item], threads: int | None = None) -> list[Made]:
    """Do the same work on each item and give the results in the order of the items, whatever ran when.

    Examples
    --------
    >>> on_threads(lambda x: x * x, range(5), threads=2)
    [0, 1, 4, 9, 16]
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be at least 1; got {threads}")
    many = threads or _available()
    if many == 1 or len(items) <= 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(work, items))


def _available() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ascending(keys: Array, threads: int | None = None) -> Array:
    """In which order do distinct whole numbers ≥ 0 ascend?

    Their first bits put them into boxes that are sorted each by itself, in the processor's cache. No two are equal, so
    a sort that is not stable is deterministic all the same.

    Examples
    --------
    >>> ascending(np.array([7, 0, 9])).tolist()
    [1, 0, 2]
    """
    if len(keys) < FILL:
        return np.argsort(keys)
    box = (keys >> max(0, int(keys.max()).bit_length() - 12)).astype(np.uint16)
    order = np.argsort(box, kind="stable")
    sizes = np.bincount(box)

    def sort(share: list[slice]) -> None:
        for own in share:
            order[own] = order[own][np.argsort(keys[order[own]])]

    boxes = ranges(np.append(0, np.cumsum(sizes)))
    open_boxes = [boxes[number] for number in np.flatnonzero(sizes > 1)]
    on_threads(sort, [open_boxes[number::SHARES] for number in range(SHARES)], threads)
    return order
