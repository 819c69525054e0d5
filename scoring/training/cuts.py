"""Where are the bins of a feature cut, so that what they weigh never turns against the stated direction?"""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier

from scoring.training.bin_tables import Floats, iv, woe

Flags = npt.NDArray[np.bool_]
SIGNS = {"up": -1, "down": 1, None: 0}


def cut(values: Floats, bad: Flags, direction: str | None, bins: int, rows: int, weigh: Weigh) -> tuple[float, ...]:
    """Cut a feature's ordinary values into bins by a tree, then merge neighbours until the direction holds.

    Parameters
    ----------
    values
        Without missing and special values.
    bad
        Which rows are bad.
    direction
        ``up``: WoE must rise with the value; ``down``; ``None``: any shape.
    bins
        At most so many.
    rows
        At least so many rows per bin.
    weigh
        Turns goods and bads per bin into WoE.

    Returns
    -------
    tuple of float
        Where each bin begins, rising, −inf first; between two values of the data the roundest number is taken.

    Notes
    -----
    The tree sees ranks, not values: its own arithmetic is in single precision, in which large amounts of money fall
    together. Its bounds hold for its clipped values, ours must hold for smoothed WoE, so neighbours are merged after.
    """
    unique, rank = np.unique(values, return_inverse=True)
    if len(unique) < 2 or bad.all() or not bad.any() or bins < 2:
        return (-math.inf,)
    tree = DecisionTreeClassifier(
        criterion="entropy",
        max_leaf_nodes=bins,
        min_samples_leaf=rows,
        monotonic_cst=[SIGNS[direction]],
        random_state=0,
    ).fit(rank.reshape(-1, 1), bad)
    nodes = tree.tree_
    starts = np.sort(np.floor(nodes.threshold[nodes.children_left >= 0]).astype(np.int64) + 1)
    edges = [-math.inf, *(roundest(unique[start - 1], unique[start]) for start in starts)]
    return merged(edges, *counts(edges, values, bad), direction, weigh)


class Weigh:
    """Turns goods and bads per bin into WoE, given the portfolio's totals and the rows of smoothing."""

    def __init__(self, goods: int, bads: int, smoothing: float) -> None:
        self._rest = (goods, bads, smoothing)

    def __call__(self, goods: npt.NDArray[np.int64], bads: npt.NDArray[np.int64]) -> Floats:
        """Give the WoE of bins."""
        return woe(goods, bads, *self._rest)

    def told(self, goods: npt.NDArray[np.int64], bads: npt.NDArray[np.int64]) -> float:
        """Give the information value of bins together."""
        return float(iv(goods, bads, *self._rest).sum())


def counts(
    edges: list[float] | tuple[float, ...], values: Floats, bad: Flags
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count goods and bads per bin."""
    places = np.searchsorted(np.asarray(edges), values, side="right") - 1
    bads = np.bincount(places[bad], minlength=len(edges))
    return np.bincount(places, minlength=len(edges)) - bads, bads


def merged(
    edges: list[float],
    goods: npt.NDArray[np.int64],
    bads: npt.NDArray[np.int64],
    direction: str | None,
    weigh: Weigh,
) -> tuple[float, ...]:
    """Merge neighbouring bins until no two weigh against the direction, or the same.

    Examples
    --------
    >>> merged([-math.inf, 1, 2], np.array([10, 50, 20]), np.array([10, 10, 10]), "up", Weigh(80, 30, 1.0))
    (-inf, 1)
    """
    while len(edges) > 1:
        step = np.diff(weigh(goods, bads))
        wrong = step == 0 if direction is None else (step <= 0 if direction == "up" else step >= 0)
        if not wrong.any():
            break
        left = int(np.argmax(wrong))
        edges = edges[: left + 1] + edges[left + 2 :]
        goods, bads = (
            np.delete(np.r_[n[:left], n[left] + n[left + 1], n[left + 1 :]], left + 1) for n in (goods, bads)
        )
    return tuple(edges)


def follows(weights: Floats, direction: str | None) -> bool:
    """Tell whether weights never turn against a direction."""
    return (
        all(low <= high for low, high in pairwise(weights if direction != "down" else weights[::-1])) or not direction
    )


def roundest(low: float, high: float) -> float:
    """Give a number with few digits within (low, high], near the middle if there is one: an edge people can read.

    Examples
    --------
    >>> roundest(1487.5, 1518.2), roundest(0.12387, 0.12412), roundest(9.0, 40.0), roundest(2.0, 3.0)
    (1500.0, 0.124, 20.0, 3.0)
    """
    if low < 0 <= high:
        return 0.0
    middle, end = Decimal(float(low) / 2 + float(high) / 2), Decimal(float(high))
    top = math.floor(math.log10(max(abs(low), abs(high))))
    for place in range(top, top - 18, -1):
        unit = Decimal((0, (1,), place))
        for candidate in (float(middle.quantize(unit)), float(end.quantize(unit, ROUND_FLOOR))):
            if low < candidate <= high:
                return candidate
    return float(high)
