"""Which features lose points, and in which bin is each? The scorecard read against a holder's bins."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.combination import SPAN
from scoring.explanation.cards import DimensionRow, FeatureRow
from scoring.explanation.shelf import Row
from scoring.scorecard.card import MISSING, SILENT, WITHHELD, FeatureCard, Scorecard

CODES = {MISSING: "not known", WITHHELD: "consent withheld", SILENT: "not supplied"}
SCORECARD = "scorecard"
YES_OR_NO = "yes or no"
SAID = ("days", "months", "minor units")  # units that are worth saying


def feature_rows(card: Scorecard, dimensions: Sequence[DimensionRow], bins: Row) -> tuple[FeatureRow, ...]:
    """Tell what each feature of the scorecard costs, the dearest first.

    ``lost = 600 · weight · (best - earned) / Σ best`` over the dimension's features; only dimensions that came from the
    scorecard have features.
    """
    rows = []
    for dimension in (row for row in dimensions if row.origin == SCORECARD):
        features = card.of(dimension.dimension)
        worth = SPAN * dimension.weight / sum(feature.best for feature in features)
        for feature in features:
            place = int(bins[feature.name])
            lost = worth * (feature.best - earned(feature, place))
            rows.append(FeatureRow(feature.name, dimension.dimension, bin_name(feature, place), lost))
    return tuple(sorted(rows, key=lambda row: (-row.lost, row.feature)))


def earned(feature: FeatureCard, place: int) -> int:
    """Say how many points a bin, or a code in place of a bin, earns."""
    if place >= 0:
        return feature.points[place]
    return feature.missing if place == MISSING else 0


def bin_name(feature: FeatureCard, place: int) -> str:
    """Say in words which values a bin holds, or why there is none.

    Examples
    --------
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
