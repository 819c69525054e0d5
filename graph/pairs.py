"""Which rows of a log are between the same two persons?

An index for those who come back to a log: all rows of one pair are found without reading the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from graph.grouping import group, lay_out, place
from graph.sifting import ascending, on_threads, sifted

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False, slots=True)
class PairIndex:
    """Rows of a log by the unordered pair of persons they are between.

    Attributes
    ----------
    persons : int
        n: how many persons there are.
    keys : int64[k]
        low · n + high of each pair, ascending; low < high are numbers of persons.
    starts : int64[k + 1]
        Where the rows of each pair begin in ``rows``.
    rows : int32[m] or int64[m]
        Row numbers, those of a pair ascending.
    """

    persons: int
    keys: Array
    starts: Array
    rows: Array

    def find(self, low: Array, high: Array) -> Array:
        """At which place of ``keys`` is each pair? −1: no row is between the two."""
        wanted = np.asarray(low, dtype=np.int64) * self.persons + np.asarray(high, dtype=np.int64)
        if not len(self.keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[found] == wanted, found, -1)

    def rows_of(self, places: Array) -> Array:
        """Which rows are between the pairs at these places of ``keys``? In their order, pair by pair."""
        begin, size = self.starts[places], self.starts[np.asarray(places) + 1] - self.starts[places]
        ends = np.cumsum(size)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - size, size)
        return self.rows[np.repeat(begin, size) + within]


def pair_index(
    relations: pa.Table, person_of_account: Array, *, persons: int | None = None, threads: int | None = None
) -> PairIndex:
    """Index the rows of kinds that may carry credit between two different persons, reversals included.

    Parameters
    ----------
    relations
        kind, from_id, to_id, currency, reverses, with from_id and to_id coded: dictionaries of all accounts.
    person_of_account : int32[accounts]
        Number of the person behind each account of that dictionary, −1: nobody.
    persons
        n; ``None``: the largest number there, and one more.
    threads
        How many threads; ``None``: as many as this process may use. No bit depends on it.

    Examples
    --------
    >>> accounts = pa.array(["ann", "bob", "eve"])
    >>> payers, payees = (pa.DictionaryArray.from_arrays(pa.array(side, pa.int32()), accounts) for side in
    ...                   ([1, 0, 2, 0], [0, 2, 0, 1]))
    >>> log = pa.table({"kind": ["transfer", "pay_on_behalf", "chat", "transfer"], "from_id": payers, "to_id": payees,
    ...                 "currency": ["CNY", "CNY", None, "CNY"], "reverses": pa.nulls(4, pa.string())})
    >>> index = pair_index(log, np.arange(3, dtype=np.int32))
    >>> index.keys.tolist(), index.starts.tolist(), index.rows.tolist()
    ([1, 2], [0, 2, 3], [0, 3, 1])
    """
    n = int(person_of_account.max(initial=-1)) + 1 if persons is None else persons
    found = sifted(relations, lambda _: person_of_account, with_reversals=True, threads=threads)
    many = int(found.starts[-1])
    pair = np.empty(many, dtype=np.int64)
    row = np.empty(many, dtype=np.int32 if len(relations) < 2**31 else np.int64)
    on_threads(lambda one: place(one.rows, one.part, one.free, one.first, one.pair, pair, row), found.blocks, threads)
    order = np.empty(many, dtype=np.int32)
    ranges = found.ranges
    groups = on_threads(lambda part: group(pair[part], order[part]), ranges, threads)
    distinct = np.concatenate([own for own, _ in groups])
    sort = ascending(distinct, threads)
    sizes = np.concatenate([np.diff(begin) for _, begin in groups])
    starts = np.concatenate([[0], np.cumsum(sizes[sort], dtype=np.int64)])
    of_group = np.empty(len(sort), dtype=np.int64)
    of_group[sort] = starts[:-1]
    cuts = np.cumsum([0, *(len(own) for own, _ in groups)])
    rows = np.empty_like(row)
    on_threads(
        lambda k: lay_out(order[ranges[k]], groups[k][1], row[ranges[k]], of_group[cuts[k] : cuts[k + 1]], rows),
        range(len(ranges)),
        threads,
    )
    keys = distinct[sort]
    return PairIndex(n, (keys >> 32) * n + (keys & 0xFFFFFFFF), starts, rows)
