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
