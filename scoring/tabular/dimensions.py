"""What is each tabular dimension of each person: ready-made, from the scorecard, or standing in for what is missing?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loaders.contract import DIMENSION_SOURCE, DIMENSIONS
from loaders.errors import UsageError
from loaders.features import features
from scoring.config import Config
from scoring.scorecard.card import MISSING, SILENT, WITHHELD
from scoring.scorecard.reader import Binned, Reader
from scoring.tabular.persons import Flags, Numbers, Persons

ORIGINS = ("ready_made", "scorecard", "missing", "withheld", "model")
READY_MADE, FROM_CARD, NOTHING, REFUSED, FROM_MODEL = range(len(ORIGINS))


@dataclass(frozen=True, slots=True)
class DimensionReading:
    """One dimension of all persons, before the portfolio's constants.

    Attributes
    ----------
    value
        In [0, 1]; NaN where nothing of the dimension may be read.
    cap
        What stands in for a NaN is never above this: 1 where there is simply nothing, less where consent is withheld
        or the holder keeps silent, so that neither pays.
    origin
        Position in ``ORIGINS``.
    bins
        Per feature in use: the bin, or a code of ``scoring.scorecard.card`` in its place.
    """

    value: Numbers
    cap: Numbers
    origin: npt.NDArray[np.int8]
    bins: Mapping[str, npt.NDArray[np.int16]]

    def quantile(self, share: float, fallback: float) -> float:
        """Give the quantile of the readable values (linear); ``fallback`` where nobody has one."""
        there = self.value[np.isin(self.origin, (READY_MADE, FROM_CARD, FROM_MODEL))]
        return float(np.quantile(there, share)) if len(there) else fallback

    def completed(self, quantile: float) -> Numbers:
        """Put the portfolio's quantile where nothing is there, under each holder's cap."""
        return np.where(np.isnan(self.value), np.minimum(quantile, self.cap), self.value)


def read_dimension(persons: Persons, dimension: str, reader: Reader) -> DimensionReading:
    """Read one dimension: ready-made cells first, then the points of the scorecard, or what a trained model makes.

    A ready-made cell counts as it is, and 0 without consent. Without a cell, the dimension is what the reader makes of
    the bins of its features (the scorecard: Σ points / Σ best points), if the input has any of them (history_months,
    which is n as well, does not make one alone): a feature without consent, or one the holder should supply and did
    not, earns its worst bin, any other missing one its bin for missing values. If none of its features can be read
    there is nothing of the dimension, and the portfolio's quantile stands in, but never above what those bins give;
    where the input has no features at all, withheld consent gives 0.

    So granting a source is never worse than withholding it: points only fall when a readable feature becomes a
    withheld one, and a stand-in is at most the points of the same holder's features.

    Parameters
    ----------
    persons
        Who is scored and what may be read.
    dimension
        One of the four tabular dimensions.
    reader
        The dimension's: ``config.reader(dimension)``.
    """
    bins = _bins(persons, reader)
    if bins:
        reading = _from_bins(bins, reader)
    else:
        refused = ~persons.granted[DIMENSION_SOURCE[dimension]]
        origin = np.where(refused, REFUSED, NOTHING).astype(np.int8)
        reading = DimensionReading(np.full(len(refused), np.nan), np.where(refused, 0.0, 1.0), origin, {})
    return _with_ready_made(persons, dimension, reading)


def _from_bins(bins: dict[str, npt.NDArray[np.int16]], reader: Reader) -> DimensionReading:
    """Make a dimension of its features' bins."""
    share = reader.value(bins)
    readable, barred, withheld = (np.zeros(len(share), np.bool_) for _ in range(3))
    for codes in bins.values():
        readable |= codes >= 0
        barred |= codes < MISSING
        withheld |= codes == WITHHELD
    read = ORIGINS.index(reader.origin)
    origin = np.where(readable, read, np.where(withheld, REFUSED, NOTHING)).astype(np.int8)
    return DimensionReading(np.where(readable, share, np.nan), np.where(barred, share, 1.0), origin, bins)


def _with_ready_made(persons: Persons, dimension: str, reading: DimensionReading) -> DimensionReading:
    """Let ready-made cells take precedence; one that may not be read counts as the worst."""
    there = persons.filled(dimension)
    if not there.any():
        return reading
    granted = persons.granted[DIMENSION_SOURCE[dimension]]
    value = np.where(there, np.where(granted, persons.cells[dimension], 0.0), reading.value)
    origin = np.where(there, np.where(granted, READY_MADE, REFUSED), reading.origin).astype(np.int8)
    return DimensionReading(value, reading.cap, origin, reading.bins)


def _bins(persons: Persons, reader: Reader) -> dict[str, npt.NDArray[np.int16]]:
    """Find the bin of each feature of a dimension; empty if the input has no column of it."""
    # history_months may stand beside ready-made columns (it is n), so alone it puts no scorecard to use
    if not any(entry.name in persons.cells for entry in reader.features if entry.name != "history_months"):
        return {}
    return feature_bins(persons, reader.features)


def feature_bins(persons: Persons, entries: Iterable[Binned]) -> dict[str, npt.NDArray[np.int16]]:
    """Find the bin of each of these features, or the code in place of one, for each person."""
    found = {}
    for entry in entries:
        there, granted = persons.filled(entry.name), persons.granted[entry.source]
        readable: Flags = there & granted
        places = entry.bins(np.where(readable, persons.cells.get(entry.name, 0.0), 0.0))
        absent = np.int16(SILENT if entry.source == "supplied" else MISSING)
        found[entry.name] = np.where(readable, places, np.where(granted, absent, np.int16(WITHHELD)))
    return found


def check_currency(persons: Persons, config: Config) -> None:
    """Refuse money bins in another currency than the profiles: points would mean nothing.

    Raises
    ------
    UsageError
        When the input has a money feature that a scorecard or model of another currency reads.
    """
    money = {entry.name for entry in features() if entry.type == "money"}
    base = config.data.base_currency
    for dimension in DIMENSIONS:
        reader, card, model = config.reader(dimension), config.card, config.model
        learnt = model is not None and reader.origin == "model"
        what, name, currency = ("scorecard", card.name, card.currency)
        if model is not None and learnt:
            what, name, currency = "model", model.name, model.currency
        # a scorecard has bins of every feature, whether the input has it or not; a model was made of what it reads
        read = [
            entry.name for entry in reader.features if entry.name in money and (learnt or entry.name in persons.cells)
        ]
        if read and currency != base:
            raise UsageError(
                f"{what} {name!r} has bins of {currency} for {', '.join(read)}, but data.base_currency is {base}; "
                f"name a {what} made for {base} in score.{what}"
            )
