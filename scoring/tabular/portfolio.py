"""What is everyone's own evidence, and which constants does the portfolio give?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from loaders.asof import Snapshot
from loaders.contract import DIMENSIONS
from loaders.errors import RenmaiError
from scoring.benefits import without_bad_record
from scoring.config import Config
from scoring.tabular.dimensions import DimensionReading, check_currency, read_dimension
from scoring.tabular.persons import THREADS, Flags, Numbers, Persons, persons


@dataclass(frozen=True, slots=True)
class Constants:
    """What a run takes from its portfolio as a whole; an earlier run's may be used instead.

    Attributes
    ----------
    mean : m
        Mean of the tabular value e over the persons, in [0, 1].
    scale : a
        Usual monthly outflow where no profile tells it, in minor units of the base currency.
    quartiles
        Per tabular dimension, what stands in where nothing of it is there, in [0, 1].

    Examples
    --------
    >>> constants = Constants(0.1 + 0.2, 200000.0, {"identity": 1 / 3})
    >>> Constants.from_json(constants.to_json()) == constants
    True
    """

    mean: float
    scale: float
    quartiles: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Tell the constants as JSON values; JSON numbers keep every bit of a float."""
        return {"mean": self.mean, "scale": self.scale, "quartiles": dict(self.quartiles)}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> Constants:
        """Read back what ``to_json`` told."""
        quartiles = {name: float(value) for name, value in values["quartiles"].items()}
        return Constants(float(values["mean"]), float(values["scale"]), quartiles)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of each person before the graph is looked at; arrays in the order of ``holders``.

    Attributes
    ----------
    holders
        Ids of the persons, sorted by bytes.
    dimensions : (n, 4)
        The tabular dimensions in the order of the contract, in [0, 1].
    tabular : e
        Their weighted mean, in [0, 1].
    months : n
        Months of own history, at least 0.
    credibility : z
        n / (n + k), in [0, 1).
    evidence : b
        z e + (1 − z) m.
    scale : a
        Usual monthly outflow in minor units of the base currency, > 0.
    lift_allowed, distress_allowed, scale_withheld
        What consents let the graph do; ``scale_withheld``: the profile gives a scale that may not be read.
    no_bad_record
        No outcome known in the last months of the configuration.
    origin : (n, 4)
        Where each dimension comes from: positions in ``scoring.tabular.dimensions.ORIGINS``.
    bins
        holder_id and one int16 column per feature in use; ``None`` where the input has no features.
    constants
        The constants used.

    Examples
    --------
    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> from scoring import assess, load_config
    >>> own = assess(loaders.at(loaders.load(**town()), AS_OF), load_config())
    >>> own.holders[0].as_py(), own.dimensions[0].tolist(), own.lift_allowed[0].item()
    ('ann', [0.8, 0.7, 0.75, 0.9], True)
    """

    holders: pa.StringArray
    dimensions: Numbers
    tabular: Numbers
    months: Numbers
    credibility: Numbers
    evidence: Numbers
    scale: Numbers
    lift_allowed: Flags
    distress_allowed: Flags
    scale_withheld: Flags
    no_bad_record: Flags
    origin: npt.NDArray[np.int8]
    bins: pa.Table | None
    constants: Constants


def assess(
    snapshot: Snapshot, config: Config, constants: Constants | None = None, *, threads: int | None = None
) -> Assessment:
    """Compute everyone's own evidence: b = z e + (1 − z) m.

    Parameters
    ----------
    snapshot
        The input as it was known at its ``as_of``.
    config
        The policy numbers.
    constants
        Portfolio constants to use as they are; ``None`` computes them from this snapshot.
    threads
        How many columns and dimensions are worked on at a time; None: two. It changes no bit.

    Raises
    ------
    RenmaiError
        When a value is not finite or outside its range; it names the holder.
    UsageError
        When the scorecard's money bins are of another currency than the input.

    Examples
    --------
    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> from scoring.config import load_config
    >>> assessment = assess(loaders.at(loaders.load(**town()), AS_OF), load_config())
    >>> nina = assessment.holders.to_pylist().index("nina")
    >>> assessment.months[nina].item(), assessment.credibility[nina].item(), round(assessment.tabular[nina].item(), 4)
    (4.0, 0.4, 0.5237)
    """
    who = persons(snapshot, threads)
    check_currency(who, config)
    with ThreadPoolExecutor(threads or THREADS) as pool:
        read = pool.map(lambda name: read_dimension(who, name, config.reader(name)), DIMENSIONS)
        readings = dict(zip(DIMENSIONS, read, strict=True))
    months, scale = _months(who), _readable(who, "spending_scale")
    base = constants or Constants(0.0, _median(scale, config), _quartiles(readings, config))
    dimensions = np.column_stack([readings[name].completed(base.quartiles[name]) for name in DIMENSIONS])
    _check_range(dimensions, who)
    tabular = weighted_mean(dimensions, config.score.weights.percent[:4])
    if constants is None:
        mean = math.fsum(tabular) / len(tabular) if len(tabular) else 0.0
        base = Constants(mean, base.scale, base.quartiles)
    credibility = months / (months + config.propagation.prior_months)
    finance, connections = who.granted["finance"], who.granted["connections"]
    return Assessment(
        holders=who.holders,
        dimensions=dimensions,
        tabular=tabular,
        months=months,
        credibility=credibility,
        evidence=credibility * tabular + (1 - credibility) * base.mean,
        scale=np.where(np.isnan(scale), base.scale, scale),
        lift_allowed=finance & connections,
        distress_allowed=connections,
        scale_withheld=who.filled("spending_scale") & ~finance,
        no_bad_record=without_bad_record(who.holders, snapshot, config.score.bad_record_months),
        origin=np.column_stack([readings[name].origin for name in DIMENSIONS]),
        bins=_bins(who, readings),
        constants=base,
    )


def weighted_mean(dimensions: Numbers, weights: tuple[float, ...]) -> Numbers:
    """Compute e = Σ weight · D / Σ weight, column by column, so that one row gives the bits it gives in a batch.

    Examples
    --------
    >>> weighted_mean(np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 1.0]]), (35.0, 25.0, 20.0, 20.0)).tolist()
    [1.0, 0.2]
    """
    total = np.zeros(len(dimensions))
    for column, weight in enumerate(weights):
        total = total + weight * dimensions[:, column]
    return np.minimum(total / math.fsum(weights), 1.0)


def _months(who: Persons) -> Numbers:
    """Give n: the profile's, nothing if that may not be read, else the age of the oldest account."""
    given = who.cells.get("history_months", who.open_months)
    known = np.where(who.granted["finance"], given, 0.0)
    return np.where(who.filled("history_months"), known, who.open_months)


def _readable(who: Persons, column: str) -> Numbers:
    """Give a finance column, NaN where it is blank or may not be read."""
    values = who.cells.get(column, np.full(len(who.holders), np.nan))
    return np.where(who.granted["finance"], values, np.nan)


def _median(scale: Numbers, config: Config) -> float:
    given = scale[~np.isnan(scale)]
    return float(np.median(given)) if len(given) else float(config.score.spending_scale)


def _quartiles(readings: Mapping[str, DimensionReading], config: Config) -> dict[str, float]:
    share, fallback = config.score.missing_quantile, config.score.missing_fallback
    return {name: reading.quantile(share, fallback) for name, reading in readings.items()}


def _check_range(dimensions: Numbers, who: Persons) -> None:
    # written so that NaN fails as well
    wrong = np.argwhere(~((dimensions >= 0) & (dimensions <= 1)))
    if len(wrong):
        row, column = wrong[0]
        raise RenmaiError(
            f"holder {who.holders[row]}: {DIMENSIONS[column]} is {dimensions[row, column]}, allowed is 0 to 1"
        )


def _bins(who: Persons, readings: Mapping[str, DimensionReading]) -> pa.Table | None:
    columns = {name: pa.array(bins) for reading in readings.values() for name, bins in reading.bins.items()}
    return pa.table({"holder_id": who.holders, **columns}) if columns else None
