"""Who turned out bad within a horizon? Labels from outcomes, and a file of outcomes read through the gate.

Bad is a default or a court order in (as_of, as_of + horizon]: what was known at ``as_of`` is evidence, not a label.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.errors import GateError, UsageError
from loaders.gate.passage import Opener, passed
from loaders.limits import check_rates
from loaders.readers.csv_file import read_csv_file
from loaders.readers.frames import read_accepted, read_frame
from loaders.readers.parquet_file import read_parquet_file
from loaders.readers.parquet_safety import check_parquet_files
from loaders.readers.source import Source
from loaders.settings import LoadSettings

if TYPE_CHECKING:
    import pandas as pd

BAD = ("default", "court")
NOT_SCORED = "account_unknown"
_HORIZON = re.compile(r"([1-9][0-9]{0,3})([md])")
_STAMP = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far labels look ahead: calendar months or days.

    Attributes
    ----------
    count
        How many, at least 1.
    unit
        ``m`` for calendar months, ``d`` for days.
    """

    count: int
    unit: Literal["m", "d"]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``12m`` or ``90d``.

        Raises
        ------
        UsageError
            For anything else.

        Examples
        --------
        >>> str(Horizon.parse("12m")), Horizon.parse("90d").after(datetime(2026, 1, 1, tzinfo=UTC)).date().isoformat()
        ('12m', '2026-04-01')
        """
        found = _HORIZON.fullmatch(text.strip())
        if found is None:
            raise UsageError(f"a horizon must be months or days such as 12m or 90d; got {text!r}")
        return cls(int(found[1]), "m" if found[2] == "m" else "d")

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def after(self, moment: datetime) -> datetime:
        """Give the moment one horizon later; a day that its month does not have becomes the month's last one."""
        return self.shifted(moment, 1)

    def before(self, moment: datetime) -> datetime:
        """Give the moment one horizon earlier."""
        return self.shifted(moment, -1)

    def shifted(self, moment: datetime, times: int) -> datetime:
        """Give the moment ``times`` horizons later, always counted from ``moment`` itself.

        Examples
        --------
        >>> Horizon.parse("1m").shifted(datetime(2026, 3, 31, tzinfo=UTC), -1).date().isoformat()
        '2026-02-28'
        """
        moment = moment.astimezone(UTC)
        try:
            if self.unit == "d":
                return moment + timedelta(days=self.count * times)
            year, month = divmod(moment.year * 12 + moment.month - 1 + self.count * times, 12)
            return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
        except (OverflowError, ValueError) as error:
            raise UsageError(f"{times} times {self} from {moment.isoformat()} leaves the calendar") from error


def bad_within(
    outcomes: pa.Table | pd.DataFrame, holders: pa.StringArray, as_of: datetime, horizon: Horizon
) -> npt.NDArray[np.bool_]:
    """Mark the holders with a default or a court order in (as_of, as_of + horizon].

    Parameters
    ----------
    outcomes
        ``holder_id``, ``kind`` and ``at`` (a timestamp with a zone), as :func:`read_outcomes` gives them.
    holders : n
        Whose labels are asked for.
    as_of
        When the features were known.
    horizon
        How far to look ahead.

    Returns
    -------
    bool[n]

    Examples
    --------
    >>> day = lambda month: datetime(2026, month, 1, tzinfo=UTC)
    >>> known = pa.table({"holder_id": ["a", "b", "c"], "kind": ["default", "overdue", "court"],
    ...                   "at": pa.array([day(2), day(2), day(9)], _STAMP)})
    >>> bad_within(known, pa.array(["a", "b", "c"]), day(1), Horizon.parse("6m")).tolist()
    [True, False, False]
    """
    table = outcomes if isinstance(outcomes, pa.Table) else pa.Table.from_pandas(outcomes, preserve_index=False)
    at = table["at"].cast(_STAMP)
    after = pc.greater(at, pa.scalar(as_of.astimezone(UTC), _STAMP))
    by_then = pc.less_equal(at, pa.scalar(horizon.after(as_of), _STAMP))
    counts = pc.and_(pc.and_(after, by_then), pc.is_in(table["kind"], value_set=pa.array(BAD)))
    bad = table["holder_id"].filter(pc.fill_null(counts, False)).cast(pa.string()).combine_chunks()
    return pc.is_in(holders, value_set=bad).to_numpy(zero_copy_only=False)


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Outcomes that passed the gate, by holder.

    Attributes
    ----------
    table
        holder_id, kind, severity, at; by (holder_id, at, kind, severity).
    not_scored
        Records about accounts that are none of those given: counted, used for nothing.
    rejected
        Records the gate refused for another reason (duplicates among them).
    """

    table: pa.Table
    not_scored: int
    rejected: int


def of_holders(outcomes: pa.Table, accounts: pa.Table) -> pa.Table:
    """Put the holder in place of the account: holder_id, kind, severity, at.

    Parameters
    ----------
    outcomes
        ``account_id``, ``kind``, ``severity``, ``at``, as in :class:`loaders.Tables`.
    accounts
        ``account_id`` and ``holder_id``; outcomes of other accounts are left out.

    Examples
    --------
    >>> from loaders import load
    >>> from loaders.town import town
    >>> tables = load(**town())
    >>> of_holders(tables.outcomes, tables.accounts)["holder_id"].to_pylist()
    ['dan']
    """
    place = pc.index_in(outcomes["account_id"], value_set=_flat(accounts["account_id"]))
    known = outcomes.filter(place.is_valid())
    holder = _flat(accounts["holder_id"]).take(_flat(place.drop_null()))
    named = known.select(["kind", "severity", "at"]).add_column(0, "holder_id", holder)
    order = [(name, "ascending") for name in ("holder_id", "at", "kind", "severity")]
    return named.sort_by(order).combine_chunks()


def read_outcomes(
    source: Path | str | pd.DataFrame, accounts: pa.Table, settings: LoadSettings | None = None
) -> Outcomes:
    """Read a file of outcomes through the gate and name their holders.

    Parameters
    ----------
    source
        A CSV or Parquet file with the columns of the contract's ``outcomes``, or a DataFrame of them.
    accounts
        ``account_id`` and ``holder_id`` of the accounts that count, such as a run's scored ones.
    settings
        How it is read; its mapping of columns and its limit of rejected rows count.

    Raises
    ------
    ContractError
        When the file as a whole breaks the contract.
    GateError
        When too many of its rows are refused; records about other accounts are not among those.
    UsageError
        When there is no such file.

    Examples
    --------
    >>> import pandas as pd
    >>> told = {"account_id": ["a1", "zz"], "kind": "default", "severity": "1", "at": "2026-02-01T00:00:00Z"}
    >>> found = read_outcomes(pd.DataFrame(told), pa.table({"account_id": ["a1"], "holder_id": ["h1"]}))
    >>> found.table["holder_id"].to_pylist(), found.not_scored, found.rejected
    (['h1'], 1, 0)
    """
    settings = settings or LoadSettings()
    known = pa.table(
        {
            "account_id": accounts["account_id"],
            "holder_id": accounts["holder_id"],
            "kind": pa.array(["person"] * accounts.num_rows, pa.string()),
            "opened_on": pa.nulls(accounts.num_rows, pa.date32()),
        }
    )
    inputs: dict[str, list[Opener]] = {
        "accounts": [partial(read_accepted, "accounts", known, 1, "scored accounts")],
        "outcomes": [_opener(source, settings)],
    }
    tables = passed(inputs, settings)
    refused = tables.rejects.filter(pc.equal(tables.rejects["table"], "outcomes"))
    elsewhere = pc.equal(refused["reason"], NOT_SCORED)
    not_scored = int(pc.sum(elsewhere).as_py() or 0)
    _refuse_many(tables, not_scored, settings)
    return Outcomes(of_holders(tables.outcomes, tables.accounts), not_scored, refused.num_rows - not_scored)


def _opener(source: Path | str | pd.DataFrame, settings: LoadSettings) -> Opener:
    if not isinstance(source, Path | str):
        return partial(read_frame, "outcomes", source, 0, settings)
    path = Path(source)
    if "\0" in str(source) or not path.is_file():
        raise UsageError(f"{str(source)!r} is no file of outcomes")
    if path.suffix not in (".csv", ".parquet"):
        raise UsageError(f"{path} must be a .csv or .parquet file with outcomes")
    found = Source("outcomes", path.name, path.resolve(), "csv" if path.suffix == ".csv" else "parquet", None)
    if found.format == "csv":
        return partial(read_csv_file, found, 0, settings)
    (checked,) = check_parquet_files([found], settings)
    return partial(read_parquet_file, checked, 0, settings)


def _refuse_many(tables: Any, not_scored: int, settings: LoadSettings) -> None:
    """Stop when too many rows are refused; that an account is not scored is no fault of its row."""
    counts = tables.counts["outcomes"]
    faults = counts.rejected - counts.duplicates - not_scored
    if faults and faults > settings.max_reject_rate * (counts.accepted + counts.rejected):
        try:
            check_rates(tables, settings)
        except GateError as error:
            raise GateError(f"{error}; of them {not_scored} are about accounts that are not scored") from error


def _flat(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
