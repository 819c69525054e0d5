"""What do a scorecard and a trained model have in common? Each reads a dimension off the bins of its features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

Bins = npt.NDArray[np.int16]
Numbers = npt.NDArray[np.float64]


class Binned(Protocol):
    """A feature whose values fall into bins; the attributes are those of ``scoring.scorecard.card.FeatureCard``."""

    @property
    def name(self) -> str:
        """Column of the profile."""

    @property
    def dimension(self) -> str:
        """The tabular dimension it belongs to."""

    @property
    def source(self) -> str:
        """Whose consent it needs."""

    @property
    def unit(self) -> str:
        """Unit of its values."""

    @property
    def direction(self) -> str:
        """``up`` when more speaks for the holder, else ``down``."""

    @property
    def at_least(self) -> tuple[float, ...]:
        """Where each bin begins."""

    def bins(self, values: Numbers) -> Bins:
        """Say in which bin each value is, from 0."""


class Reader(Protocol):
    """Makes one dimension of bins."""

    @property
    def dimension(self) -> str:
        """The dimension."""

    @property
    def origin(self) -> str:
        """``scorecard`` or ``model``: what a run says of values that come from here."""

    @property
    def features(self) -> tuple[Binned, ...]:
        """The features that are read."""

    def value(self, bins: Mapping[str, Bins]) -> Numbers:
        """Give the dimension in [0, 1]: 0 at the worst bin of every feature, 1 at the best."""

    def lost(self, bins: Mapping[str, Bins]) -> dict[str, Numbers]:
        """Say what each feature takes from the best value, at least 0; Σ lost = 1 − value."""
