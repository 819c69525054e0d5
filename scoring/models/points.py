"""How do whole points per level add up to a dimension? The form of the logistic model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Points:
    """Points of each feature's levels, 0 at its worst, rising.

    Whole numbers, because they add up to the same bits in any order, and to exactly 0 and 1 at the ends.

    Attributes
    ----------
    points
        Per feature the points of its levels.

    Examples
    --------
    >>> form = Points(((0, 30), (0, 20, 50)))
    >>> form.value(np.array([[0, 0], [1, 1], [1, 2]])).tolist()
    [0.0, 0.625, 1.0]
    >>> form.lost(np.array([[0, 1]])).tolist()
    [[0.375, 0.375]]
    """

    points: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        """What the best levels of all features earn."""
        return sum(steps[-1] for steps in self.points)

    def value(self, levels: Levels) -> Numbers:
        """Give earned / most, in [0, 1]; ``levels`` is (n, features)."""
        return self._earned(levels).sum(axis=1) / self.most

    def lost(self, levels: Levels) -> Numbers:
        """Give (best − earned) / most of each feature; (n, features)."""
        best = np.array([steps[-1] for steps in self.points], np.int64)
        return (best - self._earned(levels)) / self.most

    def _earned(self, levels: Levels) -> npt.NDArray[np.int64]:
        columns = [np.asarray(steps, np.int64)[levels[:, place]] for place, steps in enumerate(self.points)]
        return np.column_stack(columns)
