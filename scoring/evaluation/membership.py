"""To which group does each person belong? A column from a file of its own, which must have no part in any score."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import TABLES
from loaders.errors import UsageError
from loaders.features import features
from scoring.evaluation.groups import NOBODY

if TYPE_CHECKING:
    import pandas as pd

IDS = ("holder_id", "account_id")
LONGEST = 100


def refuse_scored(column: str, used: Iterable[str] = ()) -> None:
    """Refuse a column that enters a score: monitoring by it would say what is built in.

    Parameters
    ----------
    column
        The name.
    used
        Further names that enter this run's scores, such as those of its bins.

    Raises
    ------
    UsageError
        When the column is one of those.

    Examples
    --------
    >>> refuse_scored("region")
    >>> refuse_scored("degree")  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    loaders.errors.UsageError: 'degree' enters the score; groups are monitored by a column that never does,
    such as a region or an age group
    """
    scored = {*TABLES["profiles"].names, *(entry.name for entry in features()), *used}
    if column.strip().lower() in {name.lower() for name in scored}:
        raise UsageError(
            f"{column!r} enters the score; groups are monitored by a column that never does, such as a region or an age"
            " group"
        )


def group_of(
    source: Path | str | pd.DataFrame, column: str, holders: pa.StringArray, accounts: pa.Table
) -> npt.NDArray[np.object_]:
    """Name the group of each person.

    Parameters
    ----------
    source
        A CSV or Parquet file, or a DataFrame, with ``holder_id`` or ``account_id`` and the column.
    column
        The group's name; blank: no group.
    holders : n
        The persons.
    accounts
        account_id and holder_id of the run.

    Returns
    -------
    object[n]
        ``NOBODY`` for a person that has no row, or rows that contradict each other.

    Raises
    ------
    UsageError
        When there is no such file or column.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"account_id": ["a1", "a2", "b1"], "region": ["north", "south", "north"]})
    >>> accounts = pa.table({"account_id": ["a1", "a2", "b1"], "holder_id": ["a", "a", "b"]})
    >>> group_of(frame, "region", pa.array(["a", "b", "c"]), accounts).tolist()
    ['(no group)', 'north', '(no group)']
    """
    table = _read(source)
    key = next((name for name in IDS if name in table.column_names), None)
    if key is None or column not in table.column_names:
        raise UsageError(
            f"groups need a column holder_id or account_id and {column!r}; found {', '.join(table.column_names)}"
        )
    if column in IDS:
        raise UsageError(f"{column!r} tells persons apart; name a column of groups")
    ids, names = table[key], pc.utf8_trim_whitespace(table[column])
    if key == "account_id":
        place = pc.index_in(ids, value_set=_flat(accounts["account_id"]))
        ids = _flat(accounts["holder_id"]).take(_flat(place))
    rows = pc.index_in(_flat(ids), value_set=_flat(holders))
    found: dict[int, set[str]] = {}
    for row, name in zip(_flat(rows).to_pylist(), _flat(names).to_pylist(), strict=True):
        if row is not None and name:
            found.setdefault(row, set()).add(name[:LONGEST])
    groups = np.full(len(holders), NOBODY, object)
    for row, mine in found.items():
        if len(mine) == 1:
            groups[row] = next(iter(mine))
    return groups


def _read(source: Path | str | pd.DataFrame) -> pa.Table:
    """Read a table with every column as text."""
    if not isinstance(source, Path | str):
        table = pa.Table.from_pandas(source, preserve_index=False)
    else:
        path = Path(source)
        if "\0" in str(source) or not path.is_file():
            raise UsageError(f"{str(source)!r} is no file of groups")
        table = _read_file(path)
    try:
        return pa.table({name: table[name].cast(pa.string()) for name in table.column_names})
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UsageError(f"groups must be columns of text or numbers: {error}") from error


def _read_file(path: Path) -> pa.Table:
    import pyarrow.parquet as pq
    from pyarrow import csv

    try:
        if path.suffix == ".parquet":
            return pq.ParquetFile(path).read()
        with path.open("rb") as file:
            names = csv.open_csv(file).schema.names
        # a quoted empty cell is an empty one, and ids keep their zeros
        options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        return csv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UsageError(f"{path} is no table of groups (CSV or Parquet): {error}") from error


def _flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
