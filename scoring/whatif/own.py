"""What would one holder's own evidence be, if something in its profile were another?

The holder's profile is taken back from the run: a value of each bin stands for the values in it, and the dimension is
read again by the code that reads it in a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from loaders.contract import DIMENSION_SOURCE, DIMENSIONS, SOURCES
from loaders.errors import UsageError
from loaders.features import features
from scoring.config import Config
from scoring.scorecard.card import WITHHELD
from scoring.tabular.dimensions import READY_MADE, REFUSED, read_dimension
from scoring.tabular.persons import Persons
from scoring.tabular.portfolio import Assessment, weighted_mean
from scoring.whatif.values import PROFILE

MONTHS, SCALE = "history_months", "spending_scale"


@dataclass(frozen=True, slots=True)
class Reread:
    """An assessment in which one holder's profile is another, what changed in it, and what did not and why."""

    assessment: Assessment
    changes: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Own:
    """What a run tells of one holder's profile: the bin or code of each feature in use, and each dimension's origin."""

    assessment: Assessment
    config: Config
    place: int
    codes: Mapping[str, int]

    @property
    def holder(self) -> str:
        """The holder's id."""
        return str(self.assessment.holders[self.place].as_py())

    @classmethod
    def of(cls, assessment: Assessment, config: Config, place: int) -> Own:
        """Take one holder's profile out of an assessment."""
        bins = assessment.bins
        row = {} if bins is None else bins.slice(place, 1).to_pylist()[0]
        return cls(assessment, config, place, {name: int(row[name]) for name in row if name != "holder_id"})

    def ready_made(self, dimension: str) -> bool:
        """Say whether a ready-made cell gives the dimension, even one that may not be read."""
        origin = int(self.assessment.origin[self.place, DIMENSIONS.index(dimension)])
        return origin == READY_MADE or (origin == REFUSED and any(code >= 0 for code in self.of_dimension(dimension)))

    def of_dimension(self, dimension: str) -> list[int]:
        """Give the codes of a dimension's features; empty where the run uses none of them."""
        names = [feature.name for feature in self.config.reader(dimension).features]
        return [self.codes[name] for name in names if name in self.codes]

    def withheld(self, source: str) -> bool:
        """Say whether consent for a source is withheld, as far as the run tells."""
        for dimension in DIMENSIONS:
            found = [feature for feature in self.config.reader(dimension).features if feature.source == source]
            if codes := [self.codes[feature.name] for feature in found if feature.name in self.codes]:
                return WITHHELD in codes
        own = [number for number, name in enumerate(DIMENSIONS) if DIMENSION_SOURCE[name] == source]
        return any(self.assessment.origin[self.place, number] == REFUSED for number in own)

    def person(self, values: Mapping[str, float]) -> Persons:
        """Give the holder as the readers of dimensions take it, with some values set."""
        cells: dict[str, float] = {}
        for number, dimension in enumerate(DIMENSIONS):
            if self.ready_made(dimension):
                cells[dimension] = float(self.assessment.dimensions[self.place, number])
            for feature in self.config.reader(dimension).features:
                code = self.codes.get(feature.name)
                if code is not None:
                    cells[feature.name] = feature.at_least[code] if code >= 0 else float("nan")
        granted = {source: np.array([not self.withheld(source)]) for source in SOURCES}
        columns = {name: np.array([value]) for name, value in {**cells, **values}.items()}
        return Persons(self.assessment.holders.slice(self.place, 1), granted, columns, np.zeros(1))


def with_values(assessment: Assessment, config: Config, place: int, values: Mapping[str, float]) -> Reread:
    """Set values in one holder's profile and assess it again; the portfolio's constants stay.

    What may not be read changes nothing, as in a run: a feature without consent, or one whose dimension is ready-made.

    Parameters
    ----------
    assessment
        Everyone's own evidence.
    config
        The run's policy.
    place
        The holder.
    values
        By name of a feature or of a ready-made dimension; within their ranges. ``history_months`` is n as well.

    Raises
    ------
    UsageError
        For ``spending_scale``, and for a feature of a dimension of which the run has no features.
    """
    own = Own.of(assessment, config, place)
    reasons = {name: _ineffective(own, name) for name in values}
    used = {name: value for name, value in values.items() if not reasons[name]}
    notes = tuple(f"{name} of {own.holder} changes nothing: {why}" for name, why in reasons.items() if why)
    changes = tuple(f"{name} of {own.holder} is {plain(name, value)}" for name, value in used.items())
    return Reread(_assessed(own, used) if used else assessment, changes, notes)


def plain(name: str, value: float) -> str:
    """Write a value of a feature the short way.

    Examples
    --------
    >>> plain("home", 1.0), plain("on_time_rate", 0.95), plain("mean_balance", 1e6)
    ('true', '0.95', '1000000')
    """
    if PROFILE[name].number == "boolean":
        return "true" if value else "false"
    return str(int(value)) if value.is_integer() else str(value)


def _ineffective(own: Own, name: str) -> str:
    """Say why a value would change nothing ("" if it may)."""
    if name == SCALE:
        raise UsageError(
            "spending_scale cannot be set: what each payment then counts follows from the payments themselves, and a "
            "run keeps only their sums; change the profile and make a run"
        )
    if name in DIMENSIONS:
        source = DIMENSION_SOURCE[name]
        return f"consent for {source} is withheld" if own.withheld(source) else ""
    feature = next(feature for feature in features() if feature.name == name)
    if own.withheld(feature.source):
        return f"consent for {feature.source} is withheld"
    if name == MONTHS:
        return ""
    if own.ready_made(feature.dimension):
        value = own.assessment.dimensions[own.place, DIMENSIONS.index(feature.dimension)]
        return f"{feature.dimension} is ready-made ({value:g}) and comes first; set {feature.dimension} itself"
    if not own.of_dimension(feature.dimension):
        raise UsageError(
            f"{name} cannot be set: this run read no features of {feature.dimension}, so what else would count in it "
            f"is not known; set {feature.dimension} itself"
        )
    if name not in own.codes:
        return f"what the run reads {feature.dimension} from does not use it"
    return ""


def _assessed(own: Own, used: Mapping[str, float]) -> Assessment:
    """Assess one holder again: dimensions, n, z, e and b, by the formulas of a run."""
    assessment, config, place = own.assessment, own.config, own.place
    arrays = {
        name: getattr(assessment, name).copy()
        for name in ("dimensions", "origin", "months", "tabular", "credibility", "evidence")
    }
    months, one = arrays["months"], slice(place, place + 1)
    months[place] = used.get(MONTHS, months[place])
    for number, dimension in enumerate(DIMENSIONS):
        if {dimension, *(feature.name for feature in config.reader(dimension).features)} & set(used):
            reading = read_dimension(own.person(used), dimension, config.reader(dimension))
            arrays["dimensions"][one, number] = reading.completed(assessment.constants.quartiles[dimension])
            arrays["origin"][one, number] = reading.origin
    tabular = weighted_mean(arrays["dimensions"][one], config.score.weights.percent[:4])
    credibility = months[one] / (months[one] + config.propagation.prior_months)
    arrays["tabular"][one], arrays["credibility"][one] = tabular, credibility
    arrays["evidence"][one] = credibility * tabular + (1 - credibility) * assessment.constants.mean
    return replace(assessment, **arrays)
