"""How does a pandas DataFrame become text that passes the same gate as a file?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from loaders.errors import ContractError, UsageError
from loaders.raw import RawFile, placed
from loaders.readers.arrow_text import as_text
from loaders.readers.header import contract_columns
from loaders.settings import LoadSettings

if TYPE_CHECKING:
    import pandas as pd


def read_frame(table: str, frame: pd.DataFrame, number: int, settings: LoadSettings) -> RawFile:
    """Read a DataFrame as text.

    Parameters
    ----------
    table
        Name of the table.
    frame
        Its rows. None, NaN and pd.NA are blank.
    number
        Its number among all inputs of the load.
    settings
        Column names of the input, integer ids.

    Returns
    -------
    RawFile

    Raises
    ------
    ContractError
        ``header`` for other columns than the contract's, ``schema`` for types that lose money or ids, ``ts_zone`` for
        times without offset.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"{table} must be a pandas DataFrame; got {type(frame).__name__}")
    name = f"DataFrame {table}"
    theirs = [str(column) for column in frame.columns]
    ours = contract_columns(table, theirs, settings, name=name)
    columns = {
        our: as_text(table, our, _arrow(frame.iloc[:, place], name, theirs[place]), settings, name=name)
        for place, our in enumerate(ours)
    }
    filled = {our: column.fill_null("") for our, column in columns.items()}
    return RawFile(
        number=number,
        table=table,
        name=name,
        sha256="",
        bytes=0,
        format="frame",
        rows=placed(filled, number, first=1, minor="amount_minor" in ours),
        records=len(frame),
        blank=0,
        names=dict(zip(ours, theirs, strict=True)),
    )


def read_accepted(table: str, rows: pa.Table, number: int, name: str) -> RawFile:
    """Take rows that passed the gate before, such as those a database held, as text to pass it again.

    Parameters
    ----------
    table
        Name of the table.
    rows
        As in :class:`loaders.Tables`: our names and types.
    number
        Its number among all inputs of the load.
    name
        What it is called in the manifest.

    Examples
    --------
    >>> rows = pa.table({"account_id": ["a"], "opened_on": pa.nulls(1, pa.date32())})
    >>> read_accepted("accounts", rows, 0, "database").rows["opened_on"].to_pylist()
    ['']
    """
    plain = LoadSettings()  # the names are ours, whatever the files of this load call theirs
    texts = {our: as_text(table, our, rows[our].combine_chunks(), plain, name=name) for our in rows.column_names}
    return RawFile(
        number=number,
        table=table,
        name=name,
        sha256="",
        bytes=0,
        format="frame",
        rows=placed({our: text.fill_null("") for our, text in texts.items()}, number, first=1, minor=True),
        records=rows.num_rows,
        blank=0,
        names={our: our for our in rows.column_names},
    )


def _arrow(series: pd.Series[Any], name: str, column: str) -> pa.Array:
    """Turn a column into Arrow, a column of mixed objects into its texts where nothing can be lost."""
    try:
        found = pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        kinds = sorted({type(value).__name__ for value in series.dropna()})
        detail = f"{name}: column '{column}' mixes {', '.join(kinds)}; give one type, best text"
        raise ContractError("schema", detail, file=name) from error
    if isinstance(found, pa.ChunkedArray):
        return found.combine_chunks()
    return found
