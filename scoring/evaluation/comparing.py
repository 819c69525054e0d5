"""What does each variant add? AUC per variant and segment, and the interval of each difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from scoring.evaluation.bootstrap import Draws, resample
from scoring.evaluation.measures import Flags, Scores, power
from scoring.evaluation.results import SEGMENTS, Difference, Uplift, VariantFigures
from scoring.evaluation.verdict import judge

WITH, WITHOUT = "with", "without"
THIN = SEGMENTS[1]


@dataclass(frozen=True, eq=False)
class Compared:
    """Figures of every variant, the differences from ``without`` and from ``with``, and the verdict on thin files."""

    variants: tuple[VariantFigures, ...]
    differences: tuple[Difference, ...]
    uplift: Uplift


def compared(
    scores: Mapping[str, Scores],
    bad: Flags,
    thin: Flags,
    *,
    draws: int,
    seed: int,
    tell: Callable[[int], None] | None = None,
) -> Compared:
    """Compare variants of the score, ``with`` and ``without`` among them.

    Parameters
    ----------
    scores
        Whole points per person, by variant.
    bad, thin : bool[n]
        Outcome and segment.
    draws, seed, tell
        As :func:`scoring.evaluation.bootstrap.resample`.

    Examples
    --------
    >>> score, bad, thin = np.array([400, 500, 600, 700]), np.array([True, False] * 2), np.ones(4, bool)
    >>> found = compared({"with": score, "without": score[::-1].copy()}, bad, thin, draws=20, seed=7)
    >>> found.uplift.difference, found.uplift.shown
    (0.5, False)
    """
    drawn = resample(scores, bad, thin, draws=draws, seed=seed, tell=tell)
    parts = dict(zip(SEGMENTS, (np.ones(len(bad), np.bool_), thin, ~thin), strict=True))
    figures = tuple(
        _figures(name, segment, score[here], bad[here])
        for segment, here in parts.items()
        for name, score in scores.items()
    )
    auc = {(row.variant, row.segment): row.auc for row in figures}
    differences = tuple(
        _difference(name, against, segment, auc, drawn)
        for segment in SEGMENTS
        for against in (WITHOUT, WITH)
        for name in scores
        if name != against and (name, against) != (WITHOUT, WITH)
    )
    known = next(row for row in differences if (row.variant, row.segment) == (WITH, THIN))
    interval = None if known.low is None or known.high is None else (known.low, known.high)
    uplift = judge(int(thin.sum()), int(bad[thin].sum()), known.difference, interval)
    return Compared(figures, differences, uplift)


def _figures(name: str, segment: str, score: Scores, bad: Flags) -> VariantFigures:
    found = power(score, bad)
    return VariantFigures(name, segment, found.auc, found.ks, found.gini, float(score.mean()) if len(score) else None)


def _difference(
    name: str, against: str, segment: str, auc: Mapping[tuple[str, str], float | None], drawn: Draws
) -> Difference:
    one, other, interval = auc[name, segment], auc[against, segment], drawn.interval(segment, name, against)
    if one is None or other is None or interval is None:
        return Difference(name, against, segment, None, None, None, None)
    low, high = interval
    return Difference(name, against, segment, one - other, low, high, low <= 0 <= high)
