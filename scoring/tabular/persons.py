"""Who is scored, and what may be read of each: consents, profile cells, history, spending?"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.asof import Snapshot
from loaders.contract import SOURCES
from loaders.errors import RenmaiError
from loaders.owners import places_among

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
DAYS_A_MONTH = 30
THREADS = 2
"""Columns and dimensions worked on at a time: NumPy lets go of the interpreter, and memory feeds no more of them."""


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


def persons(snapshot: Snapshot, threads: int | None = None) -> Persons:
    """Gather the persons of a snapshot: merchants and institutions are not scored.

    Parameters
    ----------
    snapshot
        The input as it was known at its ``as_of``.
    threads
        How many columns are read at a time; None: two. It changes no bit.

    Raises
    ------
    RenmaiError
        When a profile holds a number that is not finite; it names the holder and the column.
    """
    is_person = _flat(snapshot.holders["person"])
    table = snapshot.holders.filter(is_person)
    holders = _flat(table["holder_id"])
    today = pa.scalar(snapshot.as_of.astimezone(UTC).date(), pa.date32())
    days = today.value - _numbers(_flat(table["opened_on"].cast(pa.int32())))
    open_months = np.where(np.isnan(days), 0.0, np.maximum(np.floor(days / DAYS_A_MONTH), 0.0))
    owner = snapshot.profiles["holder_id"]
    place = place_of(owner, None, snapshot, holders)
    rows = np.flatnonzero(place >= 0)
    place = place[rows]

    def cells(name: str) -> Numbers:
        values = np.full(len(holders), np.nan)
        values[place] = _finite(_flat(snapshot.profiles[name]), name, owner, rows)
        return values

    names = [name for name in snapshot.profiles.column_names if name not in ("holder_id", "account_id", "known_at")]
    with ThreadPoolExecutor(threads or THREADS) as pool:  # columns know nothing of each other
        found = dict(zip(names, pool.map(cells, names), strict=True))
    return Persons(holders, _granted(snapshot, holders), found, open_months)


def place_of(
    ids: pa.ChunkedArray, rows: npt.NDArray[np.int32] | None, snapshot: Snapshot, holders: pa.StringArray
) -> npt.NDArray[np.int64]:
    """Say at which place among the persons each holder stands, −1: it is none of them.

    Parameters
    ----------
    ids
        Ids of holders.
    rows
        Their rows in the snapshot's table of holders, where they are known: millions of ids need not be looked up then.
    snapshot
        Says who is a person.
    holders
        The persons, in the order of that table.
    """
    if rows is None:
        return places_among(ids, holders)
    persons = _flat(snapshot.holders["person"]).to_numpy(zero_copy_only=False)
    return np.where(persons, np.cumsum(persons) - 1, -1)[rows]


def _finite(column: pa.Array, name: str, owner: pa.ChunkedArray, rows: npt.NDArray[np.int64]) -> Numbers:
    """Give the numbers of these rows of the profiles, NaN where there is none."""
    values = _numbers(column)
    finite = np.isfinite(values)
    if np.count_nonzero(finite) + column.null_count < len(column):
        wrong = rows[~finite[rows] & column.is_valid().to_numpy(zero_copy_only=False)[rows]]
        if len(wrong):
            holder, found = owner[wrong[0]], values[wrong[0]]
            raise RenmaiError(f"holder {holder}: {name} of the profile is {found}, which is no finite number")
    return values if len(rows) == len(values) else values[rows]


def _granted(snapshot: Snapshot, holders: pa.StringArray) -> dict[str, Flags]:
    consents = snapshot.consents
    if consents is None:
        return {source: np.ones(len(holders), np.bool_) for source in SOURCES}
    if consents["holder_id"].equals(snapshot.holders["holder_id"]):  # so it is, unless somebody made a snapshot by hand
        chosen = consents.filter(snapshot.holders["person"])
    else:
        chosen = consents.take(pc.index_in(holders, value_set=_flat(consents["holder_id"])))
    return {source: _flat(chosen[source]).fill_null(False).to_numpy(zero_copy_only=False) for source in SOURCES}


def _numbers(column: pa.Array) -> Numbers:
    """Turn a column into floats, exact up to 2**53, NaN where it is null."""
    return column.cast(pa.float64()).fill_null(float("nan")).to_numpy(zero_copy_only=False)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
