"""Which features lose points, and in which bin is each? The scorecard, or a model, read against a holder's bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scoring.combination import SPAN
from scoring.config import Config
from scoring.explanation.cards import DimensionRow, FeatureRow
from scoring.explanation.shelf import Row
from scoring.scorecard.card import MISSING, SILENT, WITHHELD
from scoring.scorecard.reader import Binned

CODES = {MISSING: "not known", WITHHELD: "consent withheld", SILENT: "not supplied"}
READ = ("scorecard", "model")
"""Origins of dimensions that were made of features."""
YES_OR_NO = "yes or no"
SAID = ("days", "months", "minor units")  # units that are worth saying


def feature_rows(config: Config, dimensions: Sequence[DimensionRow], bins: Row) -> tuple[FeatureRow, ...]:
    """Tell what each feature costs, the dearest first.

    ``lost = 600 · weight · what the feature takes from its dimension's best value 1``; only dimensions that came from
    the scorecard or from a trained model have features.
    """
    rows = []
    for dimension in (row for row in dimensions if row.origin in READ):
        reader = config.reader(dimension.dimension)
        places = {feature.name: int(bins[feature.name]) for feature in reader.features}
        parts = reader.lost({name: np.array([place], np.int16) for name, place in places.items()})
        for feature in reader.features:
            lost = SPAN * dimension.weight * parts[feature.name].item()
            rows.append(FeatureRow(feature.name, dimension.dimension, bin_name(feature, places[feature.name]), lost))
    return tuple(sorted(rows, key=lambda row: (-row.lost, row.feature)))


def bin_name(feature: Binned, place: int) -> str:
    """Say in words which values a bin holds, or why there is none.

    Examples
    --------
    >>> from scoring.scorecard.card import Scorecard
    >>> card = Scorecard.load()
    >>> bin_name(card.feature("history_months"), 1), bin_name(card.feature("history_months"), 5)
    ('6 to below 12 months', '84 months and more')
    >>> bin_name(card.feature("home"), 1), bin_name(card.feature("home"), -1)
    ('yes', 'not known')
    """
    if place < 0:
        return CODES[place]
    if feature.unit == YES_OR_NO:
        return ("no", "yes")[place]
    unit = f" {feature.unit}" if feature.unit in SAID else ""
    low = f"{feature.at_least[place]:,.10g}"
    if place + 1 == len(feature.at_least):
        return f"{low}{unit} and more"
    return f"{low} to below {feature.at_least[place + 1]:,.10g}{unit}"
