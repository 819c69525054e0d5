"""What do all ties of a holder, in both directions, make of a vector? The inner loops of rule ``association``.

Sums over holders are taken by range and the ranges are the same on any number of threads, so no bit depends on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]


@njit(cache=True, nogil=True)
def arrange(lo: int, hi: int, begin: Array, order: Array, strength: Array, arranged: Array) -> None:
    """Put strengths in the order of the ties of the rows lo … hi."""
    for e in range(begin[lo], begin[hi]):
        arranged[e] = strength[order[e]]


@njit(cache=True, nogil=True)
def diagonals(
    lo: int, hi: int, begin_in: Array, strength_in: Array, begin_out: Array, strength_out: Array, out: Array
) -> None:
    """Add up the strengths of each holder's ties in both directions, on top of what is there."""
    for i in range(lo, hi):
        for e in range(begin_in[i], begin_in[i + 1]):
            out[i] += strength_in[e]
        for e in range(begin_out[i], begin_out[i + 1]):
            out[i] += strength_out[e]


@njit(cache=True, nogil=True)
def image(
    lo: int,
    hi: int,
    begin_in: Array,
    payers: Array,
    strength_in: Array,
    begin_out: Array,
    payees: Array,
    strength_out: Array,
    diagonal: Array,
    x: Array,
    out: Array,
) -> float:
    """Multiply a matrix with a vector: the diagonal less the strength of each tie at both of its ends.

    Parameters
    ----------
    begin_in, payers, strength_in
        Ties by payee.
    begin_out, payees, strength_out
        The same ties by payer, so that the sum of both matrices need not be made.
    diagonal
        Of the product.
    x
        The vector.
    out
        Receives the rows lo … hi of the image.

    Returns
    -------
    float
        These rows' part of the product of vector and image.
    """
    along = 0.0
    for i in range(lo, hi):
        total = 0.0
        for e in range(begin_in[i], begin_in[i + 1]):
            total += strength_in[e] * x[np.uint32(payers[e])]
        for e in range(begin_out[i], begin_out[i + 1]):
            total += strength_out[e] * x[np.uint32(payees[e])]
        out[i] = diagonal[i] * x[i] - total
        along += x[i] * out[i]
    return along


@njit(cache=True, nogil=True)
def advance(
    lo: int,
    hi: int,
    length: float,
    direction: Array,
    moved: Array,
    diagonal: Array,
    x: Array,
    residual: Array,
    scaled: Array,
) -> tuple[float, float]:
    """Go so far along a direction; how large is the residual then at most, and how large when scaled?"""
    worst = size = 0.0
    for i in range(lo, hi):
        x[i] += length * direction[i]
        residual[i] -= length * moved[i]
        scaled[i] = residual[i] / diagonal[i]
        worst = max(worst, abs(residual[i]))
        size += residual[i] * scaled[i]
    return worst, size


@njit(cache=True, nogil=True)
def bend(lo: int, hi: int, share: float, scaled: Array, direction: Array) -> None:
    """Add a share of the last direction to the scaled residual: the next one."""
    for i in range(lo, hi):
        direction[i] = scaled[i] + share * direction[i]
