"""Between which two numbers does everyone stand? Bounds of rule ``vouch`` that close in on its fixed point.

The lower bound starts at the evidence, the upper one at what a holder would have if all its supporters stood at the
best evidence of all. One sweep takes all rows as they are stored and lowers the upper bounds; then those whose bounds
are still apart follow from the highest down, see :mod:`graph.descent`, until none is. Standing rises with each
supporter's, so bounds of the supporters bound the holder, see :mod:`graph.narrowing`, and whoever is bounded well
enough is not looked at again: two sweeps of most ties do what five steps of them do. The first one leaves the lower
bounds alone, because what lifts a holder is bounded before it in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.ceilings import lower, open_bounds
from graph.descent import blocks
from graph.narrowing import middle, narrow_open, publish
from graph.threads import Run

Array = np.ndarray[Any, Any]
FINEST = 5e-7
"""The nearest that bounds in float32 are asked to come, as a part of the largest evidence."""
ROUGH = 3e-3
"""Where Newton's method stops in the first sweep, whose upper bounds are far off, as a part of the same."""
LEAST, LARGEST = 1e-25, 1e30
"""Of the largest evidence, and of sums of weights: so that float32 neither runs under nor over."""
SHRINK = 0.9
"""Bounds of which the furthest apart keep more than this of their distance in a sweep are as near as they get."""


@dataclass(frozen=True, eq=False)
class Enclosure:
    """Bounds of every standing.

    Attributes
    ----------
    bounds : float32[n, 2]
        Lower and upper bound.
    sweeps
        How often rows were bounded anew.
    """

    bounds: Array
    sweeps: int

    def start(self, evidence: Array) -> Array:
        """Where steps may begin that shall stay below the fixed point: the lower bounds, at least the evidence."""
        return np.maximum(self.bounds[:, 0], evidence)


def enclose(
    run: Run,
    rows: tuple[Array, Array, Array],
    totals: Array,
    evidence: Array,
    own_weight: Array,
    damping: float,
    tolerance: float,
    sweeps: int,
) -> Enclosure:
    """Bound every standing from below and above, to twice the tolerance or as near as float32 allows.

    Parameters
    ----------
    run
        How to run kernels on all rows.
    rows
        indptr, indices and weights as :func:`graph.vouch.vouch` takes them.
    totals : float64[n]
        Weight of all supporters of each.
    evidence, own_weight : float64[n]
        b and K = k + n.
    damping
        λ.
    tolerance
        How far the middle of the bounds may be from the standing.
    sweeps
        How many to take at most; 0: only the bounds to start from.

    Returns
    -------
    Enclosure
        Sound whatever ``sweeps``: lower bound ≤ exact standing ≤ upper bound.

    Examples
    --------
    >>> from graph.threads import rows_on_threads
    >>> rows, b = (np.array([0, 1, 1]), np.array([1], dtype=np.int32), np.array([3.0])), np.array([0.5, 0.9])
    >>> with rows_on_threads(rows[0]) as run:
    ...     found = enclose(run, rows, np.array([3.0, 0.0]), b, np.full(2, 6.0), 0.8, 1e-6, sweeps=9)
    >>> np.isclose(found.bounds, np.array([[0.606667], [0.9]]), atol=1e-6).all(), found.sweeps
    (np.True_, 2)
    """
    n = len(evidence)
    bounds = np.empty((n, 2), dtype=np.float32)
    if not n:
        return Enclosure(bounds, 0)
    best, worst = float(evidence.max()), float(evidence.min())
    largest = max(abs(best), abs(worst))
    if not (LEAST < largest < LARGEST and max(float(totals.max()), float(own_weight.max())) < LARGEST):
        bounds[:] = -np.inf, np.inf
        return Enclosure(bounds, 0)
    # Adding up many weights loses a part of 2⁻⁵³ each; a sum of weights and one of weighted gaps make a standing.
    margin = largest * max(1e-9, 2.0**-50 * float(np.diff(rows[0]).max()))
    own, ceilings = (evidence, own_weight), np.empty(n, dtype=np.float32)
    run(open_bounds, totals, *own, damping, best, margin, ceilings, bounds)
    enough = 2 * max(tolerance, FINEST * largest)
    taken, before, apart = 0, np.inf, np.inf
    if sweeps:
        taken, apart = 1, max(run(lower, *rows, *own, damping, margin, ROUGH * largest, ceilings, bounds))
    while 0 < taken < sweeps and enough < apart <= SHRINK * before:
        left, order = blocks(run, rows[0], *own, bounds, enough, best, best - worst)
        before, apart = apart, 0.0
        for ranges in order:
            apart = max(apart, *run.over(ranges, narrow_open, left, *rows[1:], damping, margin, enough / 16, bounds))
            publish(ranges[0][0], ranges[-1][1], left, bounds)
        taken += 1
    return Enclosure(bounds, taken)


def settled(run: Run, found: Enclosure, totals: Array, evidence: Array, damping: float) -> tuple[Array, Array, float]:
    """Put everyone in the middle of its bounds: standing, pull, and how far from the exact standing that is at most."""
    standing, pull = np.empty(len(evidence)), np.empty(len(evidence))
    widest = max(run(middle, totals, evidence, damping, found.bounds, standing, pull), default=0.0)
    return standing, pull, widest / 2
