"""What do training and measuring look at? All cohorts, one under the other, and the dimensions that readers make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from loaders.contract import DIMENSIONS
from loaders.features import features
from scoring.config import Config
from scoring.scorecard.card import MISSING, SILENT, WITHHELD
from scoring.scorecard.reader import Reader
from scoring.tabular.dimensions import NOTHING, REFUSED, read_dimension
from scoring.tabular.persons import Flags, Numbers
from scoring.tabular.portfolio import weighted_mean
from scoring.training.cohorts import Cohort, Split
from scoring.training.fitting import Cells

FOLDS = 5


@dataclass(frozen=True, eq=False)
class Values:
    """What readers make of every row.

    Attributes
    ----------
    dimensions : (n, 4)
        In [0, 1], as a run completes them.
    told : (n, 4)
        Whether something of the dimension could be read.
    tabular : e
        Their weighted mean.
    """

    dimensions: Numbers
    told: npt.NDArray[np.bool_]
    tabular: Numbers

    def of(self, rows: Flags, other: Values) -> Values:
        """Take these rows from this one and all others from ``other``."""
        wide = rows[:, None]
        return Values(
            np.where(wide, self.dimensions, other.dimensions),
            np.where(wide, self.told, other.told),
            np.where(rows, self.tabular, other.tabular),
        )


@dataclass(frozen=True)
class Stack:
    """The rows of a split's cohorts, the oldest cohort first.

    Attributes
    ----------
    split
        Who is trained on and who is kept aside.
    config
        The policy: weights, scorecard, what stands in for missing dimensions.
    """

    split: Split
    config: Config

    @cached_property
    def bad(self) -> Flags:
        """Who turned out bad."""
        return np.concatenate([cohort.bad for cohort in self.split.cohorts])

    @cached_property
    def months(self) -> Numbers:
        """Months of own history."""
        return np.concatenate([cohort.months for cohort in self.split.cohorts])

    @cached_property
    def train(self) -> Flags:
        """Rows that are trained on."""
        return np.concatenate(self.split.train)

    @cached_property
    def test(self) -> Flags:
        """Rows that are kept aside."""
        return np.concatenate(self.split.test)

    @cached_property
    def fold(self) -> npt.NDArray[np.int64]:
        """The fold of each row, by SHA-256 of the holder's id: one holder's cohorts are never parted."""
        marks = np.concatenate([cohort.marks for cohort in self.split.cohorts])
        # later digits than those that may have kept holders aside
        return (marks * 2.0**20 % 1 * FOLDS).astype(np.int64)

    def cells(self, dimension: str) -> list[Cells]:
        """Give the features of a dimension that the input has, as a run would read them."""
        found = []
        for entry in (entry for entry in features() if entry.dimension == dimension):
            if any(entry.name in cohort.persons.cells for cohort in self.split.cohorts):
                absent = SILENT if entry.source == "supplied" else MISSING
                parts = [_cell(cohort, entry.name, entry.source, absent) for cohort in self.split.cohorts]
                values, codes = (np.concatenate(part) for part in zip(*parts, strict=True))
                found.append(Cells(entry, values, codes))
        # beside ready-made columns history_months is n alone: a run makes no dimension of it
        return [] if all(cell.feature.name == "history_months" for cell in found) else found

    def values(self, readers: Mapping[str, Reader]) -> Values:
        """Make the dimensions of every row, cohort by cohort, with the models given and else the scorecard."""
        parts = [self._of_cohort(cohort, readers) for cohort in self.split.cohorts]
        dimensions, told = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Values(dimensions, told, weighted_mean(dimensions, self.config.score.weights.percent[:4]))

    def _of_cohort(self, cohort: Cohort, readers: Mapping[str, Reader]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        share, fallback = self.config.score.missing_quantile, self.config.score.missing_fallback
        made, told = [], []
        for name in DIMENSIONS:
            reading = read_dimension(cohort.persons, name, readers.get(name, self.config.card.reader(name)))
            made.append(reading.completed(reading.quantile(share, fallback)))
            told.append(~np.isin(reading.origin, (NOTHING, REFUSED)))
        return np.column_stack(made), np.column_stack(told)


def _cell(cohort: Cohort, name: str, source: str, absent: int) -> tuple[Numbers, npt.NDArray[np.int16]]:
    who = cohort.persons
    there, granted = who.filled(name), who.granted[source]
    values = np.where(there & granted, who.cells.get(name, np.zeros(len(there))), 0.0)
    codes = np.where(there & granted, 0, np.where(granted, absent, WITHHELD)).astype(np.int16)
    return values, codes
