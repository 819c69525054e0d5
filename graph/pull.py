"""How strongly do the supporters of one holder pull it up? The inner loops of rule ``vouch``, compiled.

Each kernel works on a range of rows and writes only there, so ranges can run on threads and no bit depends on how
many there are. Sums run in storage order, and the root of a row depends on its inputs alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]


@njit(cache=True, nogil=True)
def _root(gaps: Array, weights: Array, active: int, own_weight: float) -> float:
    """Find y ≥ 0 with K y = Σ w max(0, gap − y) for the first ``active`` gaps > 0, which are overwritten.

    All count at first; then those with gap ≤ y go, until none does. y only rises, so nobody dropped would come back;
    and each pass either drops a third of the weight K + Σ w or halves the step of y, so a hub takes a hundred passes
    at most, not one per supporter.
    """
    y = 0.0
    while True:
        total = 0.0
        pulled = 0.0
        for s in range(active):
            total += weights[s]
            pulled += weights[s] * gaps[s]
        root = pulled / (own_weight + total)
        if not root < np.inf:
            return np.inf
        if root <= y:
            return y
        y = root
        left = 0
        for s in range(active):
            gap = gaps[s]
            gaps[left] = gap
            weights[left] = weights[s]
            left += gap > y
        if left == active:
            return y
        active = left


@njit(cache=True, nogil=True)
def sweep(
    lo: int,
    hi: int,
    indptr: Array,
    indices: Array,
    weights: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    before: Array,
    after: Array,
    pull: Array,
) -> tuple[float, int]:
    """Take one step for the rows lo … hi: root y of each, and x = b + λ y.

    Parameters
    ----------
    indptr, indices, weights
        Who stands behind whom, by payee.
    before
        Standing before this step.
    after, pull
        Receive x and y.

    Returns
    -------
    tuple
        The largest move of a standing, and the first row whose y is no finite number (−1: none).
    """
    widest = 0
    for i in range(lo, hi):
        widest = max(widest, indptr[i + 1] - indptr[i])
    gaps = np.empty(widest + 1)
    shares = np.empty(widest + 1)
    largest = 0.0
    for i in range(lo, hi):
        own = evidence[i]
        above = 0
        for e in range(indptr[i], indptr[i + 1]):
            gap = before[indices[e]] - own
            gaps[above] = gap
            shares[above] = weights[e]
            above += gap > 0.0
        y = _root(gaps, shares, above, own_weight[i])
        if not y < np.inf:
            return np.inf, i
        pull[i] = y
        after[i] = own + damping * y
        largest = max(largest, abs(after[i] - before[i]))
    return largest, -1


@njit(cache=True, nogil=True)
def share_out(
    lo: int,
    hi: int,
    indptr: Array,
    indices: Array,
    weights: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    before: Array,
    pull: Array,
    out: Array,
) -> None:
    """Write what each supporter contributes to each lift: λ w max(0, x_j − b − y) / K."""
    for i in range(lo, hi):
        for e in range(indptr[i], indptr[i + 1]):
            above = before[indices[e]] - evidence[i] - pull[i]
            out[e] = damping * weights[e] * max(0.0, above) / own_weight[i]


@njit(cache=True, nogil=True)
def settle(
    queue: Array,
    indptr: Array,
    indices: Array,
    weights: Array,
    onward: Array,
    payees: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    standing: Array,
    waiting: Array,
    following: Array,
) -> tuple[int, int]:
    """Solve the rows of a queue one after the other, and say whose rows are to be solved because of it.

    Parameters
    ----------
    queue
        Rows, each once.
    indptr, indices, weights
        Who stands behind whom, by payee.
    onward, payees
        Whom each holder pays: ``payees[onward[i]:onward[i + 1]]``.
    standing
        Where everyone stands; rows that move are overwritten.
    waiting
        Marks who is to be solved: the rows of ``queue`` before, those of ``following`` after.
    following
        Receives whom those that moved pay, if they could count there.

    Returns
    -------
    tuple
        How many follow, and the first row whose y is no finite number (−1: none).
    """
    count = 0
    for i in queue:
        waiting[i] = False
        own = evidence[i]
        many = indptr[i + 1] - indptr[i]
        gaps = np.empty(many + 1)
        shares = np.empty(many + 1)
        above = 0
        for e in range(indptr[i], indptr[i + 1]):
            gap = standing[indices[e]] - own
            gaps[above] = gap
            shares[above] = weights[e]
            above += (gap > 0.0) & (weights[e] > 0.0)
        y = _root(gaps, shares, above, own_weight[i])
        if not y < np.inf:
            return count, i
        old = standing[i]
        standing[i] = own + damping * y
        if standing[i] == old:
            continue
        highest = max(old, standing[i])
        for e in range(onward[i], onward[i + 1]):
            j = payees[e]
            if not waiting[j] and highest > evidence[j]:  # at or below its evidence nobody counts for j
                waiting[j] = True
                following[count] = j
                count += 1
    return count, -1
