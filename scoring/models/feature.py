"""What did training make of one feature? Its bins, what each says about default, and how many people were in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.scorecard.card import MISSING, SILENT, WITHHELD, bin_places

ABSENT = (MISSING, WITHHELD, SILENT)
"""Codes that stand for a bin, in the order in which their shares are kept."""


@dataclass(frozen=True, slots=True)
class ModelFeature:
    """The bins of one feature, as training found them.

    Attributes
    ----------
    name, dimension, source, unit, direction
        As in the data contract.
    at_least
        Where each bin begins, rising, the first at the low end of the range.
    woe
        Weight of evidence of each bin, ln(share of the good / share of the bad): more is better; monotone in the
        feature's direction.
    missing
        Weight of evidence where the value is not known, within those of the bins.
    iv
        Information value, at least 0: Σ (share of the good − share of the bad) · woe over bins and missing values.
    shares
        Share of the training persons in each bin, in [0, 1].
    absent
        Share of the training persons whose value was not known, withheld, not supplied; adds up to 1 with ``shares``.

    Examples
    --------
    >>> feature = ModelFeature("home", "ability", "supplied", "yes or no", "up", (0.0, 1.0), (-0.2, 0.3), -0.2, 0.06,
    ...                        (0.6, 0.4), (0.0, 0.0, 0.0))
    >>> feature.bins(np.array([1.0])).tolist(), feature.levels(np.array([1, 0, -2], np.int16)).tolist(), feature.best
    ([1], [1, 0, 0], 1)
    """

    name: str
    dimension: str
    source: str
    unit: str
    direction: str
    at_least: tuple[float, ...]
    woe: tuple[float, ...]
    missing: float
    iv: float
    shares: tuple[float, ...]
    absent: tuple[float, float, float]

    @property
    def ladder(self) -> tuple[float, ...]:
        """The different weights of evidence, rising: level 0 is the worst."""
        return tuple(sorted({*self.woe, self.missing}))

    @property
    def best(self) -> int:
        """The highest level."""
        return len(self.ladder) - 1

    def bins(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
        """Say in which bin each value is, from 0; values are within the feature's range."""
        return bin_places(self.at_least, values)

    def levels(self, bins: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        """Rank bins, and codes in their place, by weight of evidence; withheld and not supplied are level 0."""
        ladder = self.ladder
        of_bin = np.array([ladder.index(weight) for weight in self.woe], np.int16)
        known = of_bin[np.maximum(bins, 0)]
        return np.where(bins >= 0, known, np.where(bins == MISSING, ladder.index(self.missing), 0)).astype(np.int16)
