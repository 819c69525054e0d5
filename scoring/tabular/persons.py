"""Who is scored, and what may be read of each: consents, profile cells, history, spending?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.asof import Snapshot
from loaders.contract import SOURCES
from loaders.errors import RenmaiError

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
DAYS_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Persons:
    """The persons of a snapshot in the order of their ids, and the cells of their profiles.

    Attributes
    ----------
    holders
        Ids, sorted by bytes.
    granted
        Per source: whose consent lets it be used.
    cells
        Per profile column of the input: the values, NaN where the cell is blank.
    open_months
        Whole 30-day months since the holder's oldest account was opened, at least 0; 0 without a day.
    """

    holders: pa.StringArray
    granted: Mapping[str, Flags]
    cells: Mapping[str, Numbers]
    open_months: Numbers

    def filled(self, column: str) -> Flags:
        """Mark whose profile has something in this column."""
        if column not in self.cells:
            return np.zeros(len(self.holders), np.bool_)
        return ~np.isnan(self.cells[column])


def persons(snapshot: Snapshot) -> Persons:
    """Gather the persons of a snapshot: merchants and institutions are not scored.

    Parameters
    ----------
    snapshot
        The input as it was known at its ``as_of``.

    Raises
    ------
    RenmaiError
        When a profile holds a number that is not finite; it names the holder and the column.
    """
    table = snapshot.holders.filter(snapshot.holders["person"])
    holders = _flat(table["holder_id"])
    today = pa.scalar(snapshot.as_of.astimezone(UTC).date(), pa.date32())
    days = today.value - _numbers(_flat(table["opened_on"].cast(pa.int32())))
    open_months = np.where(np.isnan(days), 0.0, np.maximum(np.floor(days / DAYS_A_MONTH), 0.0))
    place = pc.index_in(holders, value_set=_flat(snapshot.profiles["holder_id"]))
    cells = {
        name: _finite(_flat(snapshot.profiles[name]).take(place), name, holders)
        for name in snapshot.profiles.column_names
        if name not in ("holder_id", "account_id", "known_at")
    }
    return Persons(holders, _granted(snapshot.consents, holders), cells, open_months)


def _granted(consents: pa.Table | None, holders: pa.StringArray) -> dict[str, Flags]:
    if consents is None:
        return {source: np.ones(len(holders), np.bool_) for source in SOURCES}
    place = pc.index_in(holders, value_set=_flat(consents["holder_id"]))
    return {
        source: _flat(consents[source]).take(place).fill_null(False).to_numpy(zero_copy_only=False)
        for source in SOURCES
    }


def _finite(column: pa.Array, name: str, holders: pa.StringArray) -> Numbers:
    values = _numbers(column)
    wrong = np.flatnonzero(~np.isfinite(values) & column.is_valid().to_numpy(zero_copy_only=False))
    if len(wrong):
        found = values[wrong[0]]
        raise RenmaiError(f"holder {holders[wrong[0]]}: {name} of the profile is {found}, which is no finite number")
    return values


def _numbers(column: pa.Array) -> Numbers:
    """Turn a column into floats, exact up to 2**53, NaN where it is null."""
    return column.cast(pa.float64()).fill_null(float("nan")).to_numpy(zero_copy_only=False)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
