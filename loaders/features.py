"""What may a profile say about a holder: which features, from which source, in which unit and range?

The features stand in ``features.toml``; this file gives them a type. Scorecards put points on them, consents switch
their sources off.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

FeatureType = Literal["number", "integer", "boolean", "money"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of a profile.

    Attributes
    ----------
    name
        Column name in ``profiles``.
    dimension
        The tabular dimension it belongs to.
    source
        Where it comes from; consent is given or withheld per source.
    unit
        Unit of its values, as people read it.
    type
        ``number``, ``integer``, ``boolean`` or ``money`` (integer minor units of the base currency).
    low, high
        Range of its values, both ends included.
    direction
        ``up`` when more speaks for the holder, ``down`` when more speaks against.
    meaning
        What it measures, in one line.
    """

    name: str
    dimension: str
    source: str
    unit: str
    type: FeatureType
    low: int
    high: int
    direction: Literal["up", "down"]
    meaning: str


@cache
def features() -> tuple[Feature, ...]:
    """Which features does the default profile know, in the order of the contract?

    Returns
    -------
    tuple of Feature
        By dimension: credit history, ability, behaviour, identity.

    Examples
    --------
    >>> from loaders.features import features
    >>> [feature.name for feature in features() if feature.source == "public_records"]
    ['court_enforcements']
    """
    text = resources.files("loaders").joinpath("features.toml").read_text(encoding="utf-8")
    return tuple(Feature(name=name, **values) for name, values in tomllib.loads(text).items())
