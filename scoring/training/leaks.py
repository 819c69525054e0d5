"""Does a column of the profile give the label away? Then the features know the future, and nothing is trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loaders.contract import DIMENSION_SOURCE
from loaders.features import features
from scoring.tabular.persons import Flags, Numbers
from scoring.training.by_feature import TrainingError
from scoring.training.cohorts import FEWEST_BADS, Cohort
from scoring.training.measures import area

TOO_GOOD = 0.98
"""No honest feature alone tells good from bad with this area under the ROC curve."""


def refuse_leaks(cohorts: Sequence[Cohort]) -> None:
    """Stop if one column alone tells good from bad almost surely: by its value, or by being there at all.

    Every column is asked, also those of dimensions that are not trained, and in both directions.

    Parameters
    ----------
    cohorts
        All that were gathered.

    Raises
    ------
    TrainingError
        Naming each such column and its area under the ROC curve.
    """
    names = sorted({name for cohort in cohorts for name in cohort.persons.cells})
    told = [sentence for name in names if (sentence := _sentence(name, cohorts))]
    if told:
        raise TrainingError(
            f"{'; '.join(told)}: a column that knows the outcome was written after it, whatever its known_at says; "
            "correct its dates or take it out of profiles"
        )


def _sentence(name: str, cohorts: Sequence[Cohort]) -> str:
    there = np.concatenate([_readable(name, cohort) for cohort in cohorts])
    value = np.concatenate([_cells(name, cohort) for cohort in cohorts])
    bad = np.concatenate([cohort.bad for cohort in cohorts])
    profiled = np.concatenate([cohort.profiled for cohort in cohorts])
    for what, values, rows in (("", value, there), ("being known of ", there.astype(float), profiled)):
        found = area(values[rows], bad[rows])
        if found is not None and bad[rows].sum() >= FEWEST_BADS and max(found, 1 - found) >= TOO_GOOD:
            return f"{what}{name} alone tells good from bad with an AUC of {max(found, 1 - found):.4f}"
    return ""


def _readable(name: str, cohort: Cohort) -> Flags:
    sources = {feature.name: feature.source for feature in features()} | DIMENSION_SOURCE
    return cohort.persons.filled(name) & cohort.persons.granted[sources.get(name, "finance")]


def _cells(name: str, cohort: Cohort) -> Numbers:
    return cohort.persons.cells.get(name, np.full(len(cohort.bad), np.nan))
