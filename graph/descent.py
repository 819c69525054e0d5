"""In which order are rows best solved whose bounds are still apart? From the highest down, in blocks.

Credit flows downhill, so a holder whose supporters have been bounded before it gets nearly its final bounds at once.
Rows are sorted by upper bound into coarse levels, in storage order within a level, and cut into blocks of equally many
ties. Blocks follow one another; the ranges of a block run at once and see each other's old bounds. Levels and cuts
depend on the bounds alone, so no bit depends on the number of threads.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit

from graph.narrowing import OPEN
from graph.threads import Range, Run

Array = np.ndarray[Any, Any]
LEVELS = 256
"""Of the upper bounds."""
BLOCKS = 32
"""At most: each one waits for the one before it."""
RANGES = 4
"""Per block."""
TIES = 200_000
"""Per block at least, or waiting takes longer than the work."""


def blocks(
    run: Run,
    indptr: Array,
    evidence: Array,
    own_weight: Array,
    bounds: Array,
    enough: float,
    best: float,
    span: float,
) -> tuple[Array, list[list[Range]]]:
    """Order the rows whose bounds are further apart than ``enough``.

    Parameters
    ----------
    indptr : int64[n + 1]
        Where the ties of each row begin.
    evidence, own_weight : float64[n]
        b and K, which the rows take along.
    bounds : float32[n, 2]
        Lower and upper bound of each.
    enough
        Distance of bounds at which a row is left out.
    best, span
        Highest evidence, and how far below it the lowest lies.

    Returns
    -------
    tuple
        The rows, as :data:`graph.narrowing.OPEN`, and per block the ranges of them.

    Examples
    --------
    Holder 1 is bounded well enough; the highest of the others comes first.

    >>> from graph.threads import rows_on_threads
    >>> bounds = np.array([[0.1, 0.3], [0.9, 0.9], [0.5, 0.8]], dtype=np.float32)
    >>> with rows_on_threads(np.array([0, 1, 2, 3])) as run:
    ...     own = np.array([0.1, 0.9, 0.5]), np.full(3, 6.0)
    ...     rows, cuts = blocks(run, np.array([0, 1, 2, 3]), *own, bounds, 1e-6, 0.9, 0.9)
    >>> rows["row"].tolist(), cuts[0]
    ([2, 0], [(0, 0), (0, 0), (0, 1), (1, 2)])
    """
    n = len(bounds)
    grades, counts = np.empty(n, dtype=np.int16), np.zeros((len(run.ranges), LEVELS + 1), dtype=np.int64)
    parts = {lo: number for number, (lo, _) in enumerate(run.ranges)}
    scale = (LEVELS - 1) / span if span > 0 else 0.0
    run(lambda lo, hi: _grade(lo, hi, bounds, enough, best, scale, grades, counts[parts[lo]]))
    left = n - int(counts[:, LEVELS].sum())
    places = np.cumsum(counts.T).reshape(counts.T.shape).T - counts  # by level, then by range
    places = np.ascontiguousarray(places)
    rows = np.empty(left, dtype=OPEN)
    told = indptr, evidence, own_weight, bounds, grades
    run(lambda lo, hi: _place(lo, hi, *told, places[parts[lo]], rows))
    ends = np.cumsum(rows["ties"], dtype=np.int64)
    many = int(ends[-1]) if left else 0
    count = min(BLOCKS, max(1, many // TIES))
    inner = np.searchsorted(ends, np.linspace(0, many, count * RANGES + 1)[1:-1])
    cuts = list(pairwise([0, *inner.tolist(), left]))
    return rows, [cuts[at : at + RANGES] for at in range(0, len(cuts), RANGES)]


@njit(cache=True, nogil=True)
def _grade(
    lo: int, hi: int, bounds: Array, enough: float, best: float, scale: float, grades: Array, counts: Array
) -> None:
    """Say in which level each row is, the last one for those left out, and count them."""
    for i in range(lo, hi):
        high = np.float64(bounds[i, 1])
        level = np.int16(min(LEVELS - 1.0, max(0.0, (best - high) * scale)))
        grades[i] = level if high - bounds[i, 0] > enough else np.int16(LEVELS)
        counts[np.uint16(grades[i])] += 1


@njit(cache=True, nogil=True)
def _place(
    lo: int,
    hi: int,
    indptr: Array,
    evidence: Array,
    own_weight: Array,
    bounds: Array,
    grades: Array,
    places: Array,
    rows: Array,
) -> None:
    """Put each row that is left behind those before it in its level."""
    for i in range(lo, hi):
        level = np.uint16(grades[i])
        if level == LEVELS:
            continue
        at = np.uint64(places[level])
        rows[at].begin, rows[at].ties, rows[at].row = indptr[i], indptr[i + 1] - indptr[i], i
        rows[at].evidence, rows[at].own_weight = evidence[i], own_weight[i]
        rows[at].low, rows[at].high = bounds[i, 0], bounds[i, 1]
        places[level] += 1
