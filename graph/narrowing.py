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

from graph.ceilings import POINTS, WIDE, round_down, round_up
from graph.prefetch import prefetch

Array = np.ndarray[Any, Any]
AHEAD = 4
"""How many rows before its turn the ties of a row are sent for, if rows are out of order."""
REACH = 256
"""How many of them at most; in a longer row the processor sees for itself what comes next."""
OPEN = np.dtype(
    [
        ("begin", np.int64),
        ("ties", np.int32),
        ("row", np.int32),
        ("evidence", np.float64),
        ("own_weight", np.float64),
        ("low", np.float32),
        ("high", np.float32),
    ]
)
"""All that is known of a row whose bounds are apart, side by side: rows out of order would fetch each from afar."""


@njit(cache=True, nogil=True, fastmath=WIDE)
def _press(
    pairs: Array, weights: Array, begin: Any, many: Any, low: float, high: float
) -> tuple[float, float, float, float]:
    """Weight above a level, and that weight times how far above; for lower bounds, then for upper ones."""
    counted = pulled = counted_high = pulled_high = 0.0
    for s in range(many):
        gap = pairs[np.uint64(2) * s] - low
        gap_high = pairs[np.uint64(2) * s + np.uint64(1)] - high
        weight = weights[begin + s] if gap > 0.0 else 0.0
        weight_high = weights[begin + s] if gap_high > 0.0 else 0.0
        counted += weight
        pulled += weight * gap
        counted_high += weight_high
        pulled_high += weight_high * gap_high
    return counted, pulled, counted_high, pulled_high


@njit(cache=True, nogil=True)
def _solve(
    pairs: Array,
    weights: Array,
    begin: Any,
    many: Any,
    own: float,
    k: float,
    before: float,
    damping: float,
    margin: float,
    fine: float,
) -> tuple[Any, Any]:
    """Bound one standing from the bounds of its supporters, starting at its lower bound before."""
    low = max(own, own + (before - own) / damping)
    high, rest, slope = low, 0.0, k
    for _ in range(POINTS):
        high += rest / slope
        counted, pulled, counted_high, pulled_high = _press(pairs, weights, begin, many, low, high)
        step = (pulled - k * (low - own)) / (k + counted)
        low += step
        rest = max(0.0, pulled_high - k * (high - own))
        slope = k + counted_high
        if abs(step) <= fine and rest / slope <= fine:
            break
    return round_down(own + damping * (low - own), margin), round_up(own + damping * (high + rest / k - own), margin)


@njit(cache=True, nogil=True)
def narrow_open(
    lo: int,
    hi: int,
    rows: Array,
    indices: Array,
    weights: Array,
    damping: float,
    margin: float,
    fine: float,
    bounds: Array,
) -> float:
    """Bound the standings of some open rows anew, in their order, from the bounds of their supporters.

    Parameters
    ----------
    rows : OPEN
        Receive their new bounds; see :func:`publish`.
    margin, fine
        As in :func:`lower`.
    bounds
        Lower and upper bound of everyone.

    Returns
    -------
    float
        How far those of the rows are apart at most.
    """
    most, widest = 0, 0.0
    for r in range(lo, hi):
        most = max(most, rows[r].ties)
    fetched = np.empty(most, dtype=np.int64)
    pairs, both = fetched.view(np.float32), bounds.view(np.int64)[:, 0]
    for r in range(lo, hi):
        _send_for(rows[min(r + AHEAD, hi - 1)], indices, weights)
        one = rows[r]
        begin, many = np.uint64(one.begin), np.uint64(one.ties)
        for s in range(many):
            fetched[s] = both[np.uint32(indices[begin + s])]
        own = one.evidence, one.own_weight, one.low
        found = _solve(pairs, weights, begin, many, *own, damping, margin, fine)
        low, high = max(one.low, found[0]), min(one.high, found[1])
        widest = max(widest, np.float64(high) - np.float64(low))
        rows[r].low, rows[r].high = low, high
    return widest


@njit(cache=True, nogil=True)
def _send_for(row: Any, indices: Array, weights: Array) -> None:
    """Have the ties of a row fetched from memory while others are solved, 64 bytes at a time."""
    begin = row.begin
    end = begin + min(row.ties, REACH)
    for e in range(begin, end, 16):
        prefetch(indices, e)
    for e in range(begin, end, 8):
        prefetch(weights, e)


@njit(cache=True, nogil=True)
def publish(lo: int, hi: int, rows: Array, bounds: Array) -> None:
    """Let all see the new bounds of some rows."""
    for r in range(lo, hi):
        i = np.uint32(rows[r].row)
        bounds[i, 0], bounds[i, 1] = rows[r].low, rows[r].high


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
