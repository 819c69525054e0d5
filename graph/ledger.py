"""Where is the money between each two persons, and in which order did it come?

A ledger has the payments of a log by pair, so that netting and summing read them one after the other; the order of the
log is found again when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from graph.grouping import CURRENCY, ON_BEHALF, UPWARD, group, mixed, place_money
from graph.sifting import Sifted, on_threads, ranges, raw, shift_for

Array = np.ndarray[Any, Any]
LOW = 0xFFFFFFFF


@dataclass(frozen=True, eq=False, slots=True)
class Page:
    """The payments of one partition of a ledger, in the order of the log; all arrays are views.

    Attributes
    ----------
    pair : int64[k]
        low << 32 | high of each pair, in the order in which they first appear.
    begin : int32[k + 1]
        Where the payments of each pair begin in ``order``.
    order : int32[m]
        The payments by pair, those of a pair in the order of the log.
    mark, at, gross, left
        As in the ledger.
    """

    pair: Array
    begin: Array
    order: Array
    mark: Array
    at: Array
    gross: Array
    left: Array


@dataclass(frozen=True, eq=False, slots=True)
class Ledger:
    """Payments by partition, and within it in the order of the log.

    Attributes
    ----------
    part : uint16[m]
        Partition of each payment, in the order of the log.
    mark : int16[m]
        Direction, kind and currency: see :mod:`graph.grouping`.
    at, gross, left : int64[m]
        Microseconds since 1970-01-01 UTC, face value, and what is left of it.
    pages
        The partitions.
    """

    part: Array
    mark: Array
    at: Array
    gross: Array
    left: Array
    pages: Sequence[Page]

    def __len__(self) -> int:
        return len(self.at)

    def each(self, work: Callable[[Page], Any], threads: int | None = None) -> list[Any]:
        """Do the same work on every page."""
        return on_threads(work, self.pages, threads)

    def with_money(self, gross: Array, left: Array) -> Ledger:
        """The same payments, worth something else."""
        cuts = np.cumsum([0, *(len(page.order) for page in self.pages)]).tolist()
        pages = [
            Page(page.pair, page.begin, page.order, page.mark, page.at, gross[lo:hi], left[lo:hi])
            for page, (lo, hi) in zip(self.pages, pairwise(cuts), strict=True)
        ]
        return Ledger(self.part, self.mark, self.at, gross, left, pages)

    def in_order(self, column: Array) -> Array:
        """Put a column of the ledger back in the order of the log."""
        out = np.empty_like(column)
        out[np.argsort(self.part, kind="stable")] = column
        return out

    def ends(self) -> tuple[Array, Array]:
        """Payer and payee (int32) of each payment, in the order of the log."""
        pairs = np.empty(len(self), np.int64)
        lo = 0
        for page in self.pages:
            pairs[lo + page.order] = np.repeat(page.pair, np.diff(page.begin))
            lo += len(page.order)
        low, high = (pairs >> 32).astype(np.int32), (pairs & LOW).astype(np.int32)
        upward = (self.mark & UPWARD) > 0
        return self.in_order(np.where(upward, low, high)), self.in_order(np.where(upward, high, low))


def written(found: Sifted, threads: int | None = None) -> Ledger:
    """Write the payments that were found in a log into a ledger, in minor units of their own currencies."""
    out = _blank(int(found.starts[-1]))

    def write(block: Any) -> Array:
        money = (raw(block.columns[name], np.int64) for name in ("at", "amount_minor", "reversed_minor"))
        place_money(block.rows, block.part, block.free, block.pair, block.mark, *money, *out)
        return block.part

    parts = on_threads(write, found.blocks, threads)
    return _paged(np.concatenate([np.zeros(0, np.uint16), *parts]), found.starts, out, threads)


def written_from(
    payer: Array, payee: Array, currency: Array, behalf: Array, at: Array, gross: Array, left: Array
) -> Ledger:
    """Write payments given by their columns, in the order of the log, into a ledger; ``currency`` below 8,192."""
    many = len(at)
    pair = np.minimum(payer, payee).astype(np.int64) << 32 | np.maximum(payer, payee)
    upward, on_behalf = payer <= payee, np.asarray(behalf, bool)
    mark = (
        (np.asarray(currency, np.int16) << CURRENCY) | np.where(upward, UPWARD, 0) | np.where(on_behalf, ON_BEHALF, 0)
    )
    shift = shift_for(many)
    part = (mixed.py_func(pair) >> np.uint64(shift)).astype(np.uint16)
    starts = np.concatenate([[0], np.cumsum(np.bincount(part, minlength=1 << (64 - shift)))])
    order = np.argsort(part, kind="stable")
    money = (np.asarray(column, np.int64)[order] for column in (at, gross, left))
    return _paged(part, starts, (pair[order], mark.astype(np.int16)[order], *money), threads=None)


def _blank(many: int) -> tuple[Array, ...]:
    """Room for pair, mark, at, gross and left of so many payments."""
    return tuple(np.empty(many, kind) for kind in (np.int64, np.int16, np.int64, np.int64, np.int64))


def _paged(part: Array, starts: Array, columns: tuple[Array, ...], threads: int | None) -> Ledger:
    pair, mark, at, gross, left = columns
    order = np.empty(len(pair), np.int32)

    def page(rows: slice) -> Page:
        distinct, begin = group(pair[rows], order[rows])
        return Page(distinct, begin, order[rows], mark[rows], at[rows], gross[rows], left[rows])

    return Ledger(part, mark, at, gross, left, on_threads(page, ranges(starts), threads))
