"""How many points does each value of a feature earn? The expert scorecard, checked as it is loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from loaders.errors import UsageError
from scoring.scorecard.checks import check

MISSING, WITHHELD, SILENT = -1, -2, -3
"""Codes that stand for a bin: not known, consent withheld (worst bin), not supplied by the holder (worst bin)."""


class ScorecardError(UsageError):
    """The scorecard is not usable; ``problems`` holds every finding, one sentence each."""

    def __init__(self, problems: list[str], source: str) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  ".join([f"{source}: {len(problems)} finding(s) make the scorecard unusable:", *problems]))


@dataclass(frozen=True, slots=True)
class FeatureCard:
    """The bins of one feature.

    Attributes
    ----------
    name, dimension, source, unit, direction
        As in the data contract.
    at_least
        Where each bin begins, rising, the first at the low end of the range.
    points
        Points of each bin, at least 0; 0 for the worst one.
    missing
        Points where the value is not known.
    lowers, improve
        What a consumer is told: why points are lost, and what would help.
    """

    name: str
    dimension: str
    source: str
    unit: str
    direction: str
    at_least: tuple[float, ...]
    points: tuple[int, ...]
    missing: int
    lowers: str
    improve: str

    @property
    def best(self) -> int:
        """The most points this feature can earn."""
        return max(self.points)

    def bins(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
        """Say in which bin each value is, from 0; values are within the feature's range."""
        places = np.searchsorted(np.asarray(self.at_least, np.float64), values, side="right") - 1
        return np.maximum(places, 0).astype(np.int16)

    def earned(self, bins: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
        """Say how many points each bin, or code in place of a bin, earns."""
        points = np.asarray(self.points, np.int64)[np.maximum(bins, 0)]
        return np.where(bins >= 0, points, np.where(bins == MISSING, self.missing, 0))


@dataclass(frozen=True, slots=True)
class DimensionText:
    """What a consumer is told of a whole dimension."""

    title: str
    lowers: str
    improve: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points per bin for every feature of the contract, and the words that explain them.

    Examples
    --------
    >>> card = Scorecard.load()
    >>> card.feature("degree").points
    (0, 4, 8, 10)
    >>> sum(feature.best for feature in card.of("identity"))
    100
    """

    name: str
    currency: str
    features: tuple[FeatureCard, ...]
    texts: Mapping[str, DimensionText]

    @staticmethod
    def load(path: Path | None = None) -> Scorecard:
        """Read a scorecard file, or the shipped one.

        Parameters
        ----------
        path
            A TOML file laid out like the shipped ``scoring/scorecard/scorecard.toml``.

        Raises
        ------
        ScorecardError
            With every finding at once: bins that leave a gap, points against the direction, a worst bin above 0, an
            entry that does not agree with the data contract, a missing or unknown feature or key.
        """
        return _shipped() if path is None else _parse(_text(path), path.name)

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Scorecard:
        """Rebuild a scorecard from what ``document`` gave, as a manifest keeps it."""
        return _build(document, "scorecard")

    def document(self) -> dict[str, Any]:
        """Tell the whole scorecard as JSON values, so that a run can keep the one it was made with."""
        features = {feature.name: asdict(feature) for feature in self.features}
        for entry in features.values():
            del entry["name"]
            entry |= {"at_least": list(entry["at_least"]), "points": list(entry["points"])}
        texts = {name: asdict(text) for name, text in self.texts.items()}
        return {"name": self.name, "currency": self.currency, "dimensions": texts, "features": features}

    def of(self, dimension: str) -> tuple[FeatureCard, ...]:
        """Give the features that make up a dimension."""
        return tuple(feature for feature in self.features if feature.dimension == dimension)

    def feature(self, name: str) -> FeatureCard:
        """Give the bins of a feature."""
        return next(feature for feature in self.features if feature.name == name)


@cache
def _shipped() -> Scorecard:
    text = resources.files("scoring.scorecard").joinpath("scorecard.toml").read_text(encoding="utf-8")
    return _parse(text, "scorecard.toml")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScorecardError([f"the file cannot be read: {error}"], path.name) from None


def _parse(text: str, source: str) -> Scorecard:
    try:
        return _build(tomllib.loads(text), source)
    except tomllib.TOMLDecodeError as error:
        raise ScorecardError([f"not valid TOML: {error}"], source) from None


def _build(document: Mapping[str, Any], source: str) -> Scorecard:
    if problems := check(document):
        raise ScorecardError(problems, source)
    features = tuple(
        FeatureCard(name=name, **{**entry, "at_least": tuple(entry["at_least"]), "points": tuple(entry["points"])})
        for name, entry in document["features"].items()
    )
    texts = {name: DimensionText(**entry) for name, entry in document["dimensions"].items()}
    return Scorecard(document["name"], document["currency"], features, texts)
