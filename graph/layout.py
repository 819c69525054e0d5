"""Are ties in order, and how do they lie when seen from the payee? Loops over all ties, each taken once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from graph.ties import Ties

Array = np.ndarray[Any, Any]


def require_ties(n: int, ties: Ties) -> None:
    """Refuse ties that no graph of n holders may have.

    Raises
    ------
    ValueError
        With the first rule that they break.

    Examples
    --------
    >>> require_ties(2, Ties([0], [0], [1.0], [1.0], [0], [1], [1], [0], [0]))
    Traceback (most recent call last):
    ValueError: a tie joins two different holders; got one of a holder with itself
    """
    # One look at each tie; what is wrong is found out only if something is.
    if are_sound(n, ties.payer, ties.payee, ties.v, ties.g):
        return
    ends = np.concatenate([ties.payer, ties.payee])
    if ends.size and (ends.min() < 0 or ends.max() >= n):
        raise ValueError(f"ties must join holders 0 to {n - 1}; got {ends.min()} to {ends.max()}")
    if np.any(ties.payer == ties.payee):
        raise ValueError("a tie joins two different holders; got one of a holder with itself")
    key = ties.payer.astype(np.int64) * n + ties.payee
    if np.any(key[1:] <= key[:-1]):
        raise ValueError("ties must be sorted by (payer, payee), one per pair")
    for name in ("v", "g"):
        strength = getattr(ties, name)
        if not np.all((strength >= 0) & (strength < np.inf)):
            raise ValueError(f"{name} must be finite and at least 0 in every tie; got {strength.min()}")


@njit(cache=True, nogil=True)
def are_sound(n: int, payer: Array, payee: Array, v: Array, g: Array) -> bool:
    """Do ties join two different ones of n holders, ascend by (payer, payee), and have strengths ≥ 0 and finite?"""
    before = np.int64(-1)
    for e in range(len(payer)):
        one, other = np.int64(payer[e]), np.int64(payee[e])
        if one < 0 or one >= n or other < 0 or other >= n or one == other:
            return False
        if one * n + other <= before:
            return False
        if not (0.0 <= v[e] < np.inf and 0.0 <= g[e] < np.inf):
            return False
        before = one * n + other
    return True


@njit(cache=True, nogil=True)
def turn(n: int, payer: Array, payee: Array) -> tuple[Array, Array, Array, Array]:
    """Sort ties by (payee, payer): where each payee's begin, the payers, the payees, and which tie each one is.

    Ties come sorted by payer, so that putting each behind the earlier ones of its payee sorts them, without comparing.
    """
    many = len(payer)
    begin = np.zeros(n + 1, dtype=np.int64)
    for e in range(many):
        begin[np.uint32(payee[e]) + np.uint32(1)] += 1
    for i in range(n):
        begin[i + 1] += begin[i]
    free = begin[:-1].copy()
    order = np.empty(many, dtype=np.int64)
    for e in range(many):
        other = np.uint32(payee[e])
        order[np.uint64(free[other])] = e
        free[other] += 1
    payers, payees = np.empty(many, dtype=np.int32), np.empty(many, dtype=np.int32)
    for i in range(n):
        for at in range(begin[i], begin[i + 1]):
            payers[at], payees[at] = payer[np.uint64(order[at])], i
    return begin, payers, payees, order
