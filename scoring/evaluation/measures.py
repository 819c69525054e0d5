"""How well do low scores find the bads? AUC, KS, Gini, Brier and Wilson's interval, from counts per whole point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.config import HIGHEST, LOWEST
from scoring.evaluation.results import Rate

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.int64]
POINTS = HIGHEST - LOWEST + 1


@dataclass(frozen=True, slots=True)
class Power:
    """AUC, KS and Gini of one set of scores; None where one of the two classes is missing."""

    auc: float | None
    ks: float | None
    gini: float | None


def power(score: Scores, bad: Flags) -> Power:
    """Measure how well low scores find the bads.

    AUC = P(score of a bad < score of a good) + P(equal)/2; KS = max over scores of |F_bad − F_good|; Gini = 2 AUC − 1.

    Parameters
    ----------
    score : int64[n]
        In [350, 950].
    bad : bool[n]
        Who turned out bad.

    Examples
    --------
    >>> power(np.array([400, 500, 500, 700]), np.array([True, True, False, False]))
    Power(auc=0.875, ks=0.5, gini=0.75)
    >>> power(np.array([400, 500]), np.array([False, False])).auc is None
    True
    """
    if bad.all() or not bad.any():
        return Power(None, None, None)
    counts = np.stack([_counts(score[bad]), _counts(score[~bad])])
    auc = float(auc_of(counts[0], counts[1]))
    shares = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    return Power(auc, float(np.abs(shares[0] - shares[1]).max()), 2 * auc - 1)


def auc_of(bads: npt.NDArray[Any], goods: npt.NDArray[Any]) -> Numbers:
    """Compute AUC from counts per point of score, along the last axis: Σ_s bads_s (goods above s + goods_s / 2).

    Parameters
    ----------
    bads, goods : (..., points)
        How many of each have the score; the scores rise along the axis. Each must hold somebody.

    Returns
    -------
    (...)
        In [0, 1]; 1/2 when the score says nothing.

    Examples
    --------
    >>> float(auc_of(np.array([1, 1, 0]), np.array([0, 1, 1])))
    0.875
    """
    upto = np.cumsum(goods, axis=-1)
    many = upto[..., -1]
    above = many[..., None] - upto
    found: Numbers = (bads * (2 * above + goods)).sum(axis=-1) / (2.0 * bads.sum(axis=-1) * many)
    return found


def brier(probability: Numbers, bad: Flags) -> float | None:
    """Give the mean squared error of a probability, in [0, 1]; None for nobody.

    Examples
    --------
    >>> brier(np.array([0.5, 0.0]), np.array([True, False]))
    0.125
    """
    return float(np.mean((probability - bad) ** 2)) if len(bad) else None


def rate(bad: Flags) -> Rate:
    """Give a rate with its 95 % interval by Wilson: the p with |p̂ − p| ≤ z √(p (1 − p) / n).

    Examples
    --------
    >>> found = rate(np.array([True] + [False] * 9))
    >>> found.rate, round(found.low, 4), round(found.high, 4)
    (0.1, 0.0179, 0.4042)

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    from scipy.stats import binomtest

    persons, bads = len(bad), int(bad.sum())
    if not persons:
        return Rate(0, 0, None, None, None)
    interval = binomtest(bads, persons).proportion_ci(method="wilson")
    return Rate(persons, bads, bads / persons, float(interval.low), float(interval.high))


def _counts(score: Scores) -> npt.NDArray[np.int64]:
    return np.bincount(score - LOWEST, minlength=POINTS)
