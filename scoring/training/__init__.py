"""How is a model learnt from what became of people? Estimators of scikit-learn whose bins and trees can be read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.training.bin_tables import FeatureBins
    from scoring.training.binning import WoeBinner
    from scoring.training.labels import Horizon, bad_within, read_outcomes
    from scoring.training.learning import train
    from scoring.training.logistic import WoeLogistic
    from scoring.training.trees import MonotoneForest, MonotoneTree

_HOMES = {
    "FeatureBins": "scoring.training.bin_tables",
    "Horizon": "scoring.training.labels",
    "MonotoneForest": "scoring.training.trees",
    "MonotoneTree": "scoring.training.trees",
    "WoeBinner": "scoring.training.binning",
    "WoeLogistic": "scoring.training.logistic",
    "bad_within": "scoring.training.labels",
    "read_outcomes": "scoring.training.labels",
    "train": "scoring.training.learning",
}

__all__ = [  # noqa: RUF022 (the order in which a reader meets them)
    "train",
    "WoeBinner",
    "FeatureBins",
    "WoeLogistic",
    "MonotoneTree",
    "MonotoneForest",
    "Horizon",
    "bad_within",
    "read_outcomes",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use: scikit-learn is loaded only by who trains."""
    if name not in _HOMES:
        raise AttributeError(f"module 'scoring.training' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
