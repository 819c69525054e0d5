"""Which features could somebody act on, and which better bins could each reach?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from loaders.contract import DIMENSIONS
from scoring.config import Config
from scoring.scorecard.card import WITHHELD
from scoring.scorecard.reader import Binned
from scoring.whatif.own import MONTHS, Own
from scoring.whatif.values import PROFILE


@dataclass(frozen=True, slots=True)
class Target:
    """A better bin: a value in it, and how many bins away it is."""

    place: int
    value: float
    bins: int


@dataclass(frozen=True, slots=True)
class Option:
    """A feature somebody can act on: the bin it is in (or the code in its place) and the better ones, nearest first."""

    feature: Binned
    now: int
    targets: tuple[Target, ...]


def options(own: Own, config: Config) -> tuple[Option, ...]:
    """List what a holder could act on: actionable features that are read and have a better bin.

    Left out are those whose dimension is ready-made, those without consent (a consent is nobody's step to points), and
    history_months: time cannot be chosen.
    """
    found = []
    for dimension in DIMENSIONS:
        if own.ready_made(dimension):
            continue
        for feature in config.reader(dimension).features:
            now = own.codes.get(feature.name, WITHHELD)
            if now == WITHHELD or feature.name == MONTHS or not config.reasons.of(feature.name).actionable:
                continue
            if targets := _targets(feature, now):
                found.append(Option(feature, now, targets))
    return tuple(found)


def _targets(feature: Binned, now: int) -> tuple[Target, ...]:
    many, up = len(feature.at_least), feature.direction == "up"
    order = range(many) if up else range(many - 1, -1, -1)
    rank = {place: number for number, place in enumerate(order)}
    start = rank.get(now, -1)
    better = [place for place in order if rank[place] > start]
    values = {place: _value(feature, place, up=up) for place in better}
    return tuple(Target(place, value, rank[place] - start) for place in better if (value := values[place]) is not None)


def _value(feature: Binned, place: int, *, up: bool) -> float | None:
    """Give a value in a bin: where it begins, or the whole number in it that is nearest to where one comes from."""
    column, edges = PROFILE[feature.name], feature.at_least
    low = max(float(edges[place]), float(column.low))
    if column.number == "number":
        return low
    high = math.ceil(edges[place + 1]) - 1 if place + 1 < len(edges) else column.high
    value = math.ceil(low) if up else high
    return float(value) if math.ceil(low) <= value <= column.high else None
