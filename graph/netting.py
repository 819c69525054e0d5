"""How much of each payment is left after what came back within the month?

Two holders who send the same money to and fro vouch for nothing. So every payment first cancels what the other side
sent within the last 30 days and has not been cancelled yet, oldest first; its rest waits for what comes back later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

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
    rest = np.array(kept, dtype=np.int64)
    if not rest.size:
        return rest
    low = np.minimum(payer, payee).astype(np.int64)
    high = np.maximum(payer, payee).astype(np.int64)
    pair = low * (int(high.max()) + 1) + high
    order = np.lexsort((currency, pair)) if np.any(currency != currency[0]) else np.argsort(pair, kind="stable")
    first = np.flatnonzero(_changes(pair[order], currency[order]))
    _cancel(order, np.append(first, len(order)), payer <= payee, at, rest, limit)
    return rest


def _changes(*keys: Array) -> Array:
    """Where does a group of equal keys begin?"""
    new = np.zeros(len(keys[0]), dtype=bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return new


@njit(cache=True, nogil=True)
def _cancel(order: Array, bounds: Array, upward: Array, at: Array, rest: Array, limit: int) -> None:
    """Cancel within each group ``order[bounds[g]:bounds[g+1]]``; ``upward`` tells its two directions apart."""
    # Where the oldest money of each direction may still wait; what is passed by has been used up or is too old.
    oldest = np.empty(2, dtype=np.int64)
    for group in range(len(bounds) - 1):
        oldest[:] = bounds[group]
        for place in range(bounds[group], bounds[group + 1]):
            now = order[place]
            other = 0 if upward[now] else 1
            head = oldest[other]
            while head < place and rest[now] > 0:
                then = order[head]
                if upward[then] == upward[now] or rest[then] == 0 or at[now] - at[then] > limit:
                    head += 1
                    continue
                cancelled = min(rest[now], rest[then])
                rest[now] -= cancelled
                rest[then] -= cancelled
            oldest[other] = head
