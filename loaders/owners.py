"""Whose is each account? Rows of the table of holders in place of ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.id_order import by_bytes

if TYPE_CHECKING:
    from loaders.quick import AccountIndex

_MANY = 1 << 18
_LONG = 64
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False, slots=True)
class Owners:
    """Whose is each account of the input?

    Attributes
    ----------
    accounts
        All accounts of the input, by account_id; coded relations have this array as their dictionary.
    holder : int32[len(accounts)]
        Row of its holder in the table of holders, −1: the account is not open yet.
    """

    accounts: pa.Array
    holder: NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True)
class Holding:
    """Whose each account is, as a row of the table of holders (-1: of none with an open account)."""

    accounts: pa.Array
    rows: NDArray[np.int64]
    holders: pa.Table
    making: Lock = field(default_factory=Lock)
    index: list[AccountIndex] = field(default_factory=list)

    def of(self, account_ids: pa.ChunkedArray) -> NDArray[np.int64]:
        """The row of the holder of each account, looked up once where an account stands several times in a row."""
        ids = account_ids.combine_chunks()
        if not len(ids):
            return np.zeros(0, np.int64)
        new = np.append(True, pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False))
        distinct = ids if new.all() else ids.filter(pa.array(new))
        rows = self.rows if distinct.equals(self.accounts) else self.rows[self._places(distinct)]
        return rows if len(rows) == len(ids) else rows[np.cumsum(new) - 1]

    def _places(self, ids: pa.Array) -> NDArray[np.int64]:
        """Which account each id is."""
        if len(self.accounts) < _MANY:
            return places_among(ids, self.accounts)
        with self.making:
            if not self.index:
                self.index.append(_index(self.accounts))
        return _places_in(self.index[0], ids)

    def named(self, rows: NDArray[np.int64]) -> pa.Array:
        """The holder_id of each row."""
        return self.holders["holder_id"].combine_chunks().take(pa.array(rows))


def holding(accounts: pa.Table, is_open: NDArray[np.bool_]) -> tuple[pa.Table, Holding]:
    """Tell the holders of open accounts, by their ids, and whose each account is."""
    coded = accounts["holder_id"].combine_chunks().dictionary_encode()
    found = coded.indices.to_numpy()
    has_open = np.zeros(len(coded.dictionary), np.bool_)
    has_open[found[is_open]] = True
    order = by_bytes(coded.dictionary)
    order = order[has_open[order]]
    row = np.full(len(coded.dictionary), -1, np.int64)
    row[order] = np.arange(len(order))
    rows = row[found]
    person = np.zeros(len(order), np.bool_)
    person[rows[is_open & pc.equal(accounts["kind"], "person").to_numpy()]] = True
    # A day that is not there is later than any other, and where no day is earlier there is none.
    opened = pc.fill_null(accounts["opened_on"].cast(pa.int32()), _NEVER).to_numpy()
    oldest = np.full(len(order), _NEVER, np.int32)
    np.minimum.at(oldest, rows[is_open], opened[is_open])
    days = pa.array(oldest, mask=oldest == _NEVER).cast(pa.date32())
    names = coded.dictionary.take(pa.array(order))
    holders = pa.table({"holder_id": names, "person": pa.array(person), "opened_on": days})
    return holders, Holding(accounts["account_id"].combine_chunks(), rows, holders)


def places_among(values: pa.Array | pa.ChunkedArray, among: pa.Array) -> NDArray[np.int64]:
    """At which place of a list each value stands, −1: at none.

    Examples
    --------
    >>> places_among(pa.array(["b", "c"]), pa.array(["a", "b"])).tolist()
    [1, -1]
    """
    if len(among) >= _MANY:
        flat = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        return _places_in(_index(among), flat)
    return _found(values, among)


def _found(values: pa.Array | pa.ChunkedArray, among: pa.Array) -> NDArray[np.int64]:
    found = pc.fill_null(pc.index_in(values, value_set=among), -1)
    return found.to_numpy().astype(np.int64)


def _index(among: pa.Array) -> AccountIndex:
    # millions are looked up in a tenth of the time by the index of the gate, which takes long to load
    from loaders.quick import AccountIndex

    return AccountIndex(among)


def _places_in(index: AccountIndex, values: pa.Array) -> NDArray[np.int64]:
    """The same by an index, which knows no long ids and none that end in a zero byte: those are looked for again."""
    found = index.codes(values).astype(np.int64)
    absent = pa.array(np.flatnonzero(found < 0))
    texts = values.take(absent)
    hard = pc.or_(pc.greater(pc.binary_length(texts), _LONG), pc.ends_with(texts, "\0"))
    if pc.any(hard, min_count=0).as_py():
        odd = absent.filter(hard, null_selection_behavior="drop")
        found[odd.to_numpy()] = _found(values.take(odd), index.ids)
    return found
