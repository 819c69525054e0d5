"""How sure is a difference between two scores? Paired bootstrap: persons drawn again, the same ones for every variant.

Stratified by outcome and by thin or thick: each draw has as many bads and goods, thin and thick, as there are, so no
draw lacks a class, and the interval is of AUC given those counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loaders.errors import UsageError
from scoring.config import LOWEST
from scoring.evaluation.measures import POINTS, Flags, Numbers, Scores, auc_of
from scoring.evaluation.results import SEGMENTS

RESAMPLING = (
    "paired bootstrap of persons, stratified by outcome and by thin or thick file, the same draws for every variant; "
    "95 % percentile intervals"
)
TAILS = (0.025, 0.975)
MOST_DRAWS = 100_000
THIN, THICK = SEGMENTS[1:]
Tell = Callable[[int], None]


@dataclass(frozen=True, eq=False)
class Draws:
    """AUC of every variant in every draw, per segment; a segment that lacks a class is not there.

    ``auc[segment][variant]`` is float64[draws].
    """

    auc: Mapping[str, Mapping[str, Numbers]]

    def interval(self, segment: str, variant: str, against: str) -> tuple[float, float] | None:
        """Give the 95 % interval of AUC(variant) − AUC(against); None where there is none."""
        found = self.auc.get(segment)
        if found is None:
            return None
        low, high = np.quantile(found[variant] - found[against], TAILS)
        return float(low), float(high)


def require_draws(draws: int) -> None:
    """Refuse a number of draws that gives no interval, or no end.

    Raises
    ------
    UsageError
        When it is not 1 to 100,000.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise UsageError(f"draws must be 1 to {MOST_DRAWS:,}; got {draws}")


def resample(
    scores: Mapping[str, Scores], bad: Flags, thin: Flags, *, draws: int, seed: int, tell: Tell | None = None
) -> Draws:
    """Draw persons again and again and give every variant's AUC.

    Parameters
    ----------
    scores
        Whole points of every person, by variant; the order of persons must not depend on the input's rows.
    bad, thin : bool[n]
        Outcome and segment.
    draws
        How many, at least 1.
    seed
        Of the dice.
    tell
        Is told how many draws are done.

    Examples
    --------
    The same score under two names differs by nothing, in every draw.

    >>> score, bad = np.array([400, 500, 600, 700]), np.array([True, False, True, False])
    >>> found = resample({"a": score, "b": score}, bad, np.zeros(4, bool), draws=50, seed=7)
    >>> found.interval("all", "a", "b"), found.interval("thin", "a", "b")
    ((0.0, 0.0), None)
    """
    dice, names = np.random.default_rng(seed), list(scores)
    # 0 good and thick, 1 bad and thick, 2 good and thin, 3 bad and thin
    stratum = bad + 2 * thin.astype(np.int64)
    order = np.argsort(stratum, kind="stable")
    sizes = np.bincount(stratum, minlength=4)
    start, size = (np.repeat(values, sizes) for values in (np.cumsum(sizes) - sizes, sizes))
    places = [(scores[name] - LOWEST + POINTS * stratum)[order] for name in names]
    found = {segment: np.empty((len(names), draws)) for segment in _measurable(sizes)}
    for draw in range(draws):
        rows = start + (dice.random(len(order)) * size).astype(np.int64)
        counts = np.stack([_counts(codes[rows]) for codes in places]) if names else np.zeros((0, 4, POINTS), int)
        for segment, values in found.items():
            goods, bads = _classes(counts, segment)
            values[:, draw] = auc_of(bads, goods)
        if tell is not None:
            tell(draw + 1)
    return Draws({segment: dict(zip(names, values, strict=True)) for segment, values in found.items()})


def _counts(codes: Scores) -> npt.NDArray[np.int64]:
    return np.bincount(codes, minlength=4 * POINTS).reshape(4, POINTS)


def _classes(counts: npt.NDArray[np.int64], segment: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give goods and bads per point of one segment, from the counts of the four strata."""
    if segment == THICK:
        return counts[..., 0, :], counts[..., 1, :]
    if segment == THIN:
        return counts[..., 2, :], counts[..., 3, :]
    return counts[..., 0, :] + counts[..., 2, :], counts[..., 1, :] + counts[..., 3, :]


def _measurable(sizes: npt.NDArray[np.int64]) -> list[str]:
    """List the segments that have both goods and bads."""
    return [
        segment for segment in SEGMENTS if all(many.sum() > 0 for many in _classes(np.asarray(sizes)[:, None], segment))
    ]
