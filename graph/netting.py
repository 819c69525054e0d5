"""How much of each payment is left after what came back within the month?

Two holders who send the same money to and fro vouch for nothing. So every payment first cancels what the other side
sent within the last 30 days and has not been cancelled yet, oldest first; its rest waits for what comes back later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from graph.grouping import CURRENCY
from graph.ledger import Ledger, written_from

Array = np.ndarray[Any, Any]


def net(payer: Array, payee: Array, currency: Array, at: Array, kept: Array, limit: int) -> Array:
    """How much of each payment is left after netting, per pair of holders and currency?

    Parameters
    ----------
    payer, payee : int32[m]
        Holders; the payments come in the order in which they happened.
    currency : int[m]
        Code of each payment's currency; money cancels only money of its own currency.
    at : int64[m]
        Times in microseconds, ascending.
    kept : int64[m]
        Minor units that were not taken back.
    limit
        Microseconds within which money still cancels (a difference of exactly ``limit`` does).

    Returns
    -------
    int64[m]
        What is left of each payment, between 0 and ``kept``.

    Examples
    --------
    100 are answered by 30 a day later: 70 are left of the first, nothing of the second.

    >>> day = 86_400_000_000
    >>> net(np.array([0, 1]), np.array([1, 0]), np.array([0, 0]), np.array([0, day]), np.array([100, 30]), 30 * day)
    array([70,  0])
    """
    codes = np.unique(currency, return_inverse=True)[1]
    kept = np.array(kept, dtype=np.int64)
    ledger = written_from(payer, payee, codes, np.zeros(len(kept), bool), at, kept, kept)
    cancel_all(ledger, limit)
    return ledger.in_order(ledger.left)


def cancel_all(ledger: Ledger, limit: int, threads: int | None = None) -> None:
    """Cancel in every pair of a ledger, each currency by itself; what is left is changed where it stands."""
    lanes = 2 * (int(ledger.mark.max(initial=0) >> CURRENCY) + 1)
    ledger.each(lambda page: cancel(page.order, page.begin, page.mark, page.at, page.left, limit, lanes), threads)


@njit(cache=True, nogil=True)
def cancel(order: Array, begin: Array, mark: Array, at: Array, left: Array, limit: int, lanes: int) -> None:
    """Cancel within each pair ``order[begin[g]:begin[g+1]]``; a lane is one direction of one currency."""
    # Where the oldest money of each lane may still wait; what is passed by is of others, used up or too old.
    oldest = np.empty(lanes, dtype=np.int32)
    for g in range(len(begin) - 1):
        oldest_row, end = begin[g], begin[g + 1]
        for place in range(oldest_row, end):
            lane = ((mark[order[place]] >> 2) << 1) | (mark[order[place]] & 1)
            oldest[lane] = oldest_row
            oldest[lane ^ 1] = oldest_row
        for place in range(oldest_row, end):
            now = order[place]
            other = (((mark[now] >> 2) << 1) | (mark[now] & 1)) ^ 1
            head = oldest[other]
            while head < place and left[now] > 0:
                then = order[head]
                lane = ((mark[then] >> 2) << 1) | (mark[then] & 1)
                if lane != other or left[then] == 0 or at[now] - at[then] > limit:
                    head += 1
                    continue
                cancelled = min(left[now], left[then])
                left[now] -= cancelled
                left[then] -= cancelled
            oldest[other] = head
