"""How much of each payment is left once money that went round over a third holder is cancelled as well?

Optional (``netting = "cycles"``), after netting per pair: when a payment a → b closes a circle with b → c and c → a of
the last 30 days, the same money is cancelled in all three. Unlike netting per pair this looks at third parties, so
the promise that own sending never raises own score is given for netting per pair only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_array

Array = np.ndarray[Any, Any]


def net_circles(payer: Array, payee: Array, currency: Array, at: Array, left: Array, limit: int) -> Array:
    """How much of each payment is left after cancelling circles of three, per currency?

    Payments close circles in the order in which they happened. Of several circles the one whose b → c money is oldest
    goes first, by the order of payments; within each tie the oldest money goes first. A payment looks at the shorter
    of two lists of neighbours, so hubs do not make this quadratic.

    Parameters
    ----------
    payer, payee, currency, at, limit
        As for :func:`graph.netting.net`.
    left : int64[m]
        What netting per pair left of each payment.

    Returns
    -------
    int64[m]
        What is left of each payment, between 0 and ``left``.

    Examples
    --------
    >>> day = 86_400_000_000
    >>> ring = np.array([0, 1, 2]), np.array([1, 2, 0]), np.zeros(3, int), np.arange(3) * day, np.array([90, 50, 70])
    >>> net_circles(*ring, 30 * day)
    array([40,  0, 20])
    """
    rest = np.array(left, dtype=np.int64)
    for code in np.unique(currency):
        rows = np.flatnonzero((currency == code) & (rest > 0))
        part = rest[rows]
        queue, bounds, payers, payees, outgoing, incoming, incoming_from = _queues(payer[rows], payee[rows])
        _cancel_circles(
            payer[rows], payee[rows], queue, bounds, payers, payees, outgoing, incoming, incoming_from, at[rows], part,
            limit,
        )  # fmt: skip
        rest[rows] = part
    return rest


def _queues(payer: Array, payee: Array) -> tuple[Array, ...]:
    """Sort payments into one queue per tie, and ties by payer and by payee.

    Returns
    -------
    tuple
        Payments by tie and where each tie's begin; payer and payee of each tie and where each payer's ties begin; ties
        by payee and where each payee's begin.
    """
    n = int(max(payer.max(initial=0), payee.max(initial=0))) + 1
    key = payer.astype(np.int64) * n + payee
    ties, tie = np.unique(key, return_inverse=True)
    queue = np.argsort(tie, kind="stable")
    bounds = np.append(0, np.cumsum(np.bincount(tie, minlength=len(ties))))
    payers, payees = ties // n, ties % n
    outgoing = np.searchsorted(payers, np.arange(n + 1))
    numbers = csr_array((np.arange(len(ties)), payees, outgoing), shape=(n, n)).tocsc()
    return queue, bounds, payers, payees, outgoing, numbers.data, numbers.indptr.astype(np.int64)


@njit(cache=True)
def _tie_between(payees: Array, lo: int, hi: int, payee: int) -> int:
    """Find a payee among a payer's ties lo … hi (sorted); −1: no such tie."""
    end = hi
    while lo < hi:
        middle = (lo + hi) // 2
        if payees[middle] < payee:
            lo = middle + 1
        else:
            hi = middle
    return lo if lo < end and payees[lo] == payee else -1


@njit(cache=True)
def _oldest(tie: int, head: Array, bounds: Array, queue: Array, at: Array, rest: Array, now: int, limit: int) -> int:
    """Which payment of a tie is the oldest that still waits? −1: none. Moves the tie's head past the others."""
    while head[tie] < bounds[tie + 1]:
        then = queue[head[tie]]
        if then >= now:
            return -1
        if rest[then] > 0 and at[now] - at[then] <= limit:
            return int(then)
        head[tie] += 1
    return -1


@njit(cache=True)
def _cancel_circles(
    payer: Array,
    payee: Array,
    queue: Array,
    bounds: Array,
    payers: Array,
    payees: Array,
    outgoing: Array,
    incoming: Array,
    incoming_from: Array,
    at: Array,
    rest: Array,
    limit: int,
) -> None:
    head = bounds.copy()
    for now in range(len(at)):
        a, b = payer[now], payee[now]
        by_b = outgoing[b + 1] - outgoing[b] <= incoming_from[a + 1] - incoming_from[a]
        lo, hi = (outgoing[b], outgoing[b + 1]) if by_b else (incoming_from[a], incoming_from[a + 1])
        while rest[now] > 0:
            best_one, best_two = -1, -1
            for place in range(lo, hi):
                if by_b:
                    one = place
                    c = payees[one]
                    two = _tie_between(payees, outgoing[c], outgoing[c + 1], a)
                else:
                    two = incoming[place]
                    one = _tie_between(payees, outgoing[b], outgoing[b + 1], payers[two])
                if one < 0 or two < 0:
                    continue
                first = _oldest(one, head, bounds, queue, at, rest, now, limit)
                second = _oldest(two, head, bounds, queue, at, rest, now, limit)
                if first >= 0 and second >= 0 and (best_one < 0 or first < best_one):
                    best_one, best_two = first, second
            if best_one < 0:
                break
            cancelled = min(rest[now], rest[best_one], rest[best_two])
            rest[now] -= cancelled
            rest[best_one] -= cancelled
            rest[best_two] -= cancelled
