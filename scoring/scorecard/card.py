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
from scoring.scorecard.checks import TEXTS, check

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
        A file may bring its own English words: why points are lost, and what would help. Empty: the dictionary of
        reason codes speaks.
    """

    name: str
    dimension: str
    source: str
    unit: str
    direction: str
    at_least: tuple[float, ...]
    points: tuple[int, ...]
    missing: int
    lowers: str = ""
    improve: str = ""

    @property
    def best(self) -> int:
        """The most points this feature can earn."""
        return max(self.points)

    def bins(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
        """Say in which bin each value is, from 0; values are within the feature's range."""
        return bin_places(self.at_least, values)

    def earned(self, bins: npt.NDArray[np.int16]) -> npt.NDArray[np.int64]:
        """Say how many points each bin, or code in place of a bin, earns."""
        # codes are below 0 and count from the end: one look-up serves bins and codes
        table = np.zeros(len(self.points) - SILENT, np.int64)
        table[: len(self.points)] = self.points
        table[MISSING] = self.missing
        return table[bins]


def bin_places(at_least: tuple[float, ...], values: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Say in which bin each value is, from 0: the last one that begins at it or below.

    Examples
    --------
    >>> bin_places((0.0, 0.5), np.array([0.0, 0.49, 0.5, 1.0])).tolist()
    [0, 0, 1, 1]
    """
    places = np.zeros(len(values), np.int16)
    for start in at_least[1:]:  # few bins: counting beginnings passed is a third of the time of a binary search
        places += values >= start
    return places


@dataclass(frozen=True, slots=True)
class DimensionCard:
    """One dimension of the scorecard, read like a trained model's: its value is Σ points / Σ best points."""

    dimension: str
    features: tuple[FeatureCard, ...]

    @property
    def origin(self) -> str:
        """What a run says of values that come from here."""
        return "scorecard"

    def value(self, bins: Mapping[str, npt.NDArray[np.int16]]) -> npt.NDArray[np.float64]:
        """Give the dimension, 0 at the worst bin of everything and 1 at the best.

        Parameters
        ----------
        bins
            Per feature the bin, or a code in its place, of each person.

        Examples
        --------
        >>> reader = Scorecard.load().reader("identity")
        >>> worst = {feature.name: np.array([0], np.int16) for feature in reader.features}
        >>> reader.value(worst).tolist(), round(sum(lost.item() for lost in reader.lost(worst).values()), 9)
        ([0.0], 1.0)
        """
        points = np.zeros(len(next(iter(bins.values()))), np.int64)
        for entry in self.features:
            points += entry.earned(bins[entry.name])
        return points / self._most

    def lost(self, bins: Mapping[str, npt.NDArray[np.int16]]) -> dict[str, npt.NDArray[np.float64]]:
        """Say what each feature takes from the best value 1; Σ lost = 1 − value."""
        return {entry.name: (entry.best - entry.earned(bins[entry.name])) / self._most for entry in self.features}

    @property
    def _most(self) -> int:
        return sum(entry.best for entry in self.features)


@dataclass(frozen=True, slots=True)
class DimensionText:
    """What a file tells a consumer of a whole dimension in its own English words."""

    title: str
    lowers: str
    improve: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points per bin for every feature of the contract; ``texts`` are words of its own, if a file brings any.

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
            for key in [key for key in TEXTS if not entry[key]]:
                del entry[key]
        texts = {"dimensions": {name: asdict(text) for name, text in self.texts.items()}} if self.texts else {}
        return {"name": self.name, "currency": self.currency, **texts, "features": features}

    def of(self, dimension: str) -> tuple[FeatureCard, ...]:
        """Give the features that make up a dimension."""
        return tuple(feature for feature in self.features if feature.dimension == dimension)

    def reader(self, dimension: str) -> DimensionCard:
        """Give a dimension in the form in which models are read as well."""
        return DimensionCard(dimension, self.of(dimension))

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
    texts = {name: DimensionText(**entry) for name, entry in document.get("dimensions", {}).items()}
    return Scorecard(document["name"], document["currency"], features, texts)
