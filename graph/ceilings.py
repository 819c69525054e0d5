"""How high can anyone stand at most? Inner loops that look at all rows as they are stored, before any is narrowed.

A holder whose supporters all stood at the best evidence of all has its standing in closed form; that bounds it from
above. With such ceilings of its supporters its own comes down: with h(y) = Σ w max(0, c − b − y) − K y, whatever point
y Newton's method has come to, what h has left there over K tells how far the root may still be. Bounds are float32,
rounded outwards by more than all sums of a row can have lost (``margin``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
UNIT = 2.0**-23
"""What rounding a number to float32 moves it by at most, as a part of it."""
WIDE = {"reassoc", "nsz", "contract"}
"""Any order of a sum will do here, so that several terms are added at once."""
POINTS = 8
"""Newton's points for one row in one sweep at most; whatever is left open is left to the next sweep."""


@njit(cache=True, nogil=True)
def round_down(value: float, margin: float) -> Any:
    """Give a float32 that is surely below."""
    return np.float32(value - abs(value) * UNIT - margin)


@njit(cache=True, nogil=True)
def round_up(value: float, margin: float) -> Any:
    """Give a float32 that is surely above."""
    return np.float32(value + abs(value) * UNIT + margin)


@njit(cache=True, nogil=True, fastmath=WIDE)
def survey(lo: int, hi: int, indptr: Array, indices: Array, weights: Array, n: int, totals: Array) -> bool:
    """Add up each row's weights, and say whether all supporters are holders and all weights finite and at least 0."""
    unfit = False
    for e in range(indptr[lo], indptr[hi]):
        unfit |= bool(np.uint32(indices[e]) >= np.uint32(n))
    for i in range(lo, hi):
        total, negative = 0.0, False
        for weight in weights[indptr[i] : indptr[i + 1]]:
            total += weight
            negative |= bool(weight < 0.0)
        unfit |= negative | (not total < np.inf)  # as is a sum with infinity, or what is no number, in it
        totals[i] = total
    return not unfit


@njit(cache=True, nogil=True)
def open_bounds(
    lo: int,
    hi: int,
    totals: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    best: float,
    margin: float,
    ceilings: Array,
    bounds: Array,
) -> None:
    """Bound each standing by its evidence and by what it were if every supporter stood at the best evidence of all."""
    for i in range(lo, hi):
        lift = damping * (best - evidence[i]) * totals[i] / (own_weight[i] + totals[i])
        ceilings[i] = round_up(evidence[i] + lift, margin)
        bounds[i, 0], bounds[i, 1] = round_down(evidence[i], margin), ceilings[i]


@njit(cache=True, nogil=True, fastmath=WIDE)
def _press_above(tops: Array, weights: Array, begin: Any, many: Any, level: float) -> tuple[float, float]:
    """Weight above a level, and that weight times how far above."""
    counted = pulled = 0.0
    for s in range(many):
        gap = tops[s] - level
        weight = weights[begin + s] if gap > 0.0 else 0.0
        counted += weight
        pulled += weight * gap
    return counted, pulled


@njit(cache=True, nogil=True)
def lower(
    lo: int,
    hi: int,
    indptr: Array,
    indices: Array,
    weights: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    margin: float,
    fine: float,
    ceilings: Array,
    bounds: Array,
) -> float:
    """Lower the upper bounds of rows ``lo`` to ``hi``, from the ceilings of their supporters.

    Parameters
    ----------
    margin
        What to round outwards by beyond float32.
    fine
        The move of Newton's method at which it may stop.
    ceilings
        Upper bound of everyone before.
    bounds
        Lower and upper bounds; receives the upper ones of the rows.

    Returns
    -------
    float
        How far bounds are apart at most.
    """
    most, widest = 0, 0.0
    for i in range(lo, hi):
        most = max(most, indptr[i + 1] - indptr[i])
    tops = np.empty(most, dtype=np.float32)
    for i in range(lo, hi):
        begin, end = np.uint64(indptr[i]), np.uint64(indptr[i + 1])
        many = end - begin
        if many > 0:
            for s in range(many):
                tops[s] = ceilings[np.uint32(indices[begin + s])]
            own, k = evidence[i], own_weight[i]
            high, move = own, 0.0
            for _ in range(POINTS):
                high += move
                counted, pulled = _press_above(tops, weights, begin, many, high)
                rest = max(0.0, pulled - k * (high - own))
                move = rest / (k + counted)
                if move <= fine:
                    break
            bounds[i, 1] = min(bounds[i, 1], round_up(own + damping * (high + rest / k - own), margin))
            widest = max(widest, np.float64(bounds[i, 1]) - np.float64(bounds[i, 0]))
    return widest
