"""What does a model say about how it was learnt? Areas, counts, split, versions, fingerprints."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from loaders.contract import DIMENSIONS
from scoring.runs.manifest import canonical
from scoring.tabular.persons import Flags
from scoring.training.fitting import SEED
from scoring.training.measures import area
from scoring.training.stacks import FOLDS, Stack, Values

if TYPE_CHECKING:
    import pyarrow as pa

LIBRARIES = ("renmai", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy")


def facts(stack: Stack, final: Values, fair: Values, calibrated: Flags) -> dict[str, Any]:
    """Tell the split, counts, areas and versions of a training.

    Parameters
    ----------
    stack
        All rows.
    final, fair
        Values of the final models, and out of fold.
    calibrated
        The rows that the calibration was fitted to.
    """
    parted = stack.split
    return {
        "versions": {"python": platform.python_version()} | {library: version(library) for library in LIBRARIES},
        "undated": parted.cohorts[-1].undated,
        "split": {
            "method": parted.method,
            "text": parted.text,
            "cohorts": [cohort.as_of.isoformat() for cohort in parted.cohorts],
            "test": [parted.cohorts[-1].as_of.isoformat()] if parted.method != "none" else [],
        },
        "counts": {"train": _count(stack, stack.train), "out_of_time": _count(stack, stack.test)},
        "auc": areas(stack, final, fair),
        "bands": _bands(stack, calibrated),
        "folds": FOLDS,
        "seed": SEED,
    }


def areas(stack: Stack, final: Values, fair: Values, dimension: str | None = None) -> dict[str, float | None]:
    """Measure a dimension, or all together: on the rows that made it, out of fold, and out of time."""
    found = {}
    for part, values, rows in (
        ("train", final, stack.train),
        ("test", fair, stack.train),
        ("out_of_time", final, stack.test),
    ):
        value = values.tabular
        if dimension is not None:
            place = DIMENSIONS.index(dimension)
            value, rows = values.dimensions[:, place], rows & values.told[:, place]
        found[part] = area(value[rows], stack.bad[rows])
    return found


def _count(stack: Stack, rows: Flags) -> dict[str, int]:
    return {"persons": int(rows.sum()), "bads": int(stack.bad[rows].sum())}


def _bands(stack: Stack, rows: Flags) -> dict[str, dict[str, int]]:
    thin = stack.months < stack.config.score.thin_months
    return {"thin": _count(stack, rows & thin), "thick": _count(stack, rows & ~thin)}


def calibrated_on(method: str) -> list[str]:
    """Say in words whose values the calibration was fitted to."""
    if method == "vintage":
        return ["calibrated on out-of-fold values and on those kept aside, among whom most thin files are"]
    return ["calibrated on out-of-fold values"]


def digest(outcomes: pa.Table) -> str:
    """SHA-256 (hex) of outcomes that came from a file of their own; the order of its rows makes no difference."""
    rows: Mapping[str, Any] = {name: outcomes[name].to_pylist() for name in outcomes.column_names}
    plain = {**rows, "at": [moment.isoformat() for moment in rows["at"]]}
    return hashlib.sha256(canonical(plain)).hexdigest()
