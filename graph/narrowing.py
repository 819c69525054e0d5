"""Between which two numbers must a standing lie, given those of the supporters? Inner loops that close bounds in.

Pull y is the root of h(y) = Σ w max(0, x − b − y) − K y, which falls, ever less steeply, but never less than K. So a
tangent meets zero at or before the root: from wherever Newton's method starts, each of its points after the first is at
most the root. And a point where h is left above zero is at most h / K short of it. The root rises with each x. So with
the supporters' lower bounds any point of Newton is a lower bound of y, and with their upper bounds any point plus what
h has left there over K is an upper one, however early the method stops.

Bounds are kept as pairs of float32, which halves what must be fetched per tie; they are rounded outwards, by more than
all sums of a row can have lost (``margin``). Each kernel writes its own rows only, as in :mod:`graph.pull`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from graph.prefetch import prefetch

Array = np.ndarray[Any, Any]
UNIT = 2.0**-23
"""What rounding a number to float32 moves it by at most, as a part of it."""
WIDE = {"reassoc", "nsz", "contract"}
"""Any order of a sum will do here, so that several terms are added at once."""
AHEAD = 4
"""How many rows before its turn the ties of a row are sent for; where they begin, twice as many."""
POINTS = 8
"""Newton's points for one row in one sweep at most; whatever is left open is left to the next sweep."""


@njit(cache=True, nogil=True)
def _down(value: float, margin: float) -> Any:
    return np.float32(value - abs(value) * UNIT - margin)


@njit(cache=True, nogil=True)
def _up(value: float, margin: float) -> Any:
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
    bounds: Array,
) -> None:
    """Bound each standing by its evidence and by what it were if every supporter stood at the best evidence of all."""
    for i in range(lo, hi):
        lift = damping * (best - evidence[i]) * totals[i] / (own_weight[i] + totals[i])
        bounds[i, 0] = _down(evidence[i], margin)
        bounds[i, 1] = _up(evidence[i] + lift, margin)


@njit(cache=True, nogil=True, fastmath=WIDE)
def _press(pairs: Array, weights: Array, low: float, high: float) -> tuple[float, float, float, float]:
    """Weight above a level, and that weight times how far above; for lower bounds, then for upper ones."""
    counted = pulled = counted_high = pulled_high = 0.0
    for s in range(len(weights)):
        gap = pairs[2 * s] - low
        gap_high = pairs[2 * s + 1] - high
        weight = weights[s] if gap > 0.0 else 0.0
        weight_high = weights[s] if gap_high > 0.0 else 0.0
        counted += weight
        pulled += weight * gap
        counted_high += weight_high
        pulled_high += weight_high * gap_high
    return counted, pulled, counted_high, pulled_high


@njit(cache=True, nogil=True)
def _send_for(
    soon: int, later: int, indptr: Array, indices: Array, weights: Array, evidence: Array, own_weight: Array
) -> None:
    prefetch(indptr, later)
    prefetch(evidence, soon)
    prefetch(own_weight, soon)
    begin = indptr[soon]
    prefetch(indices, begin)
    prefetch(weights, begin)
    prefetch(weights, begin + 8)


@njit(cache=True, nogil=True)
def narrow(
    lo: int,
    hi: int,
    rows: Array,
    indptr: Array,
    indices: Array,
    weights: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    margin: float,
    fine: float,
    bounds: Array,
    after: Array,
) -> float:
    """Bound the standings of ``rows[lo:hi]`` anew, from the bounds of their supporters.

    Parameters
    ----------
    rows
        Holders in the order in which to take them; empty: all as they come.
    margin
        What to round outwards by beyond float32.
    fine
        The move of Newton's method at which it may stop.
    bounds
        Lower and upper bound of everyone before.
    after
        Receives those of the rows.

    Returns
    -------
    float
        How far these are apart at most.
    """
    listed = len(rows) > 0
    most, widest = 0, 0.0
    for r in range(lo, hi):
        i = rows[r] if listed else r
        most = max(most, indptr[i + 1] - indptr[i])
    fetched = np.empty(most, dtype=np.int64)
    both = bounds.view(np.int64)[:, 0]  # a pair is fetched as one number
    for r in range(lo, hi):
        i = np.uint32(rows[r]) if listed else np.uint32(r)
        if listed:  # rows out of order come from memory, so the next ones are sent for meanwhile
            soon, later = rows[min(r + AHEAD, hi - 1)], rows[min(r + 2 * AHEAD, hi - 1)]
            _send_for(soon, later, indptr, indices, weights, evidence, own_weight)
        begin, end = np.uint64(indptr[i]), np.uint64(indptr[i + 1])
        many = end - begin
        if many == 0:
            after[i, 0], after[i, 1] = bounds[i, 0], bounds[i, 1]
            continue
        for s in range(many):
            fetched[s] = both[np.uint32(indices[begin + s])]
        pairs = fetched[:many].view(np.float32)
        own, k = evidence[i], own_weight[i]
        low = max(own, own + (bounds[i, 0] - own) / damping)
        high, rest, slope = low, 0.0, k
        for _ in range(POINTS):
            high += rest / slope
            counted, pulled, counted_high, pulled_high = _press(pairs, weights[begin:end], low, high)
            step = (pulled - k * (low - own)) / (k + counted)
            low += step
            rest = max(0.0, pulled_high - k * (high - own))
            slope = k + counted_high
            if abs(step) <= fine and rest / slope <= fine:
                break
        after[i, 0] = max(bounds[i, 0], _down(own + damping * (low - own), margin))
        after[i, 1] = min(bounds[i, 1], _up(own + damping * (high + rest / k - own), margin))
        widest = max(widest, np.float64(after[i, 1]) - np.float64(after[i, 0]))
    return widest


@njit(cache=True, nogil=True)
def publish(rows: Array, after: Array, bounds: Array) -> None:
    """Take over the new bounds of some rows."""
    for i in rows:
        bounds[i, 0], bounds[i, 1] = after[i, 0], after[i, 1]


@njit(cache=True, nogil=True)
def middle(
    lo: int, hi: int, totals: Array, evidence: Array, damping: float, bounds: Array, standing: Array, pull: Array
) -> float:
    """Put everyone in the middle of its bounds, who has no support at its evidence; how wide are the bounds at most?"""
    widest = 0.0
    for i in range(lo, hi):
        low, high = np.float64(bounds[i, 0]), np.float64(bounds[i, 1])
        halfway = max(evidence[i], (low + high) / 2.0)
        if totals[i] > 0.0:
            widest = max(widest, high - low)
            standing[i], pull[i] = halfway, (halfway - evidence[i]) / damping
        else:
            standing[i], pull[i] = evidence[i], 0.0
    return widest
