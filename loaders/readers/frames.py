"""How does a pandas DataFrame become records that pass the same gate as a file?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import TABLES
from loaders.errors import ContractError, UsageError
from loaders.raw import BATCH_ROWS, PLACE, Batch, FileFacts, RawFile
from loaders.readers.arrow_text import refuse_type
from loaders.readers.header import contract_columns
from loaders.settings import LoadSettings

if TYPE_CHECKING:
    import pandas as pd

PART_ROWS = 4 * BATCH_ROWS
"""How many rows are one unit that can be read beside the others."""


class Frame(RawFile):
    """Rows that are in memory already.

    Attributes
    ----------
    held
        All rows, under our names.
    """

    def __init__(self, number: int, table: str, name: str, names: dict[str, str], held: pa.Table) -> None:
        super().__init__(number, table, name, "frame", names)
        self.held = held
        self.parts = max(1, -(-held.num_rows // PART_ROWS))

    def batches(self, part: int | None = None) -> Iterator[Batch]:
        """Slice the rows; nothing is copied."""
        parts = range(self.parts) if part is None else (part,)
        for first in (PART_ROWS * one for one in parts):
            at = first + 1
            for piece in self.held.slice(first, PART_ROWS).to_batches(max_chunksize=BATCH_ROWS):
                columns = dict(zip(self.columns, piece.columns, strict=True))
                yield Batch(columns, range(at, at + piece.num_rows))
                at += piece.num_rows

    def facts(self) -> FileFacts:
        """Count the rows; there are no bytes."""
        return FileFacts("", 0, self.held.num_rows, 0)

    def text(self, batch: Batch, chosen: NDArray[np.bool_] | None = None) -> pa.Table:
        """Give chosen records as text: None, NaN and pd.NA are blank, since a DataFrame knows no other blank."""
        found = super().text(batch, chosen)
        filled = [found[name] if name in PLACE else found[name].fill_null("") for name in found.column_names]
        return pa.table(filled, names=found.column_names)

    def originals(self, places: Sequence[tuple[int, int | None]]) -> list[str]:
        """Tell rows as JSON, every value as text."""
        rows = self.held.take([line - 1 for line, _ in places])
        batch = Batch({name: rows[name].combine_chunks() for name in rows.column_names}, range(len(places)))
        return as_json(self, self.text(batch))


def read_frame(table: str, frame: pd.DataFrame, number: int, settings: LoadSettings) -> Frame:
    """Take a DataFrame as a file of the input.

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
    Frame

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
    columns = []
    for place, our in enumerate(ours):
        values = _arrow(frame.iloc[:, place], name, theirs[place])
        refuse_type(table, TABLES[table].column(our), values.type, settings, name=name)
        columns.append(values)
    return Frame(number, table, name, dict(zip(ours, theirs, strict=True)), pa.table(columns, names=ours))


def read_accepted(table: str, rows: pa.Table, number: int, name: str) -> Frame:
    """Take rows that passed the gate before, such as those a database held, to pass it again.

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
    >>> found = read_accepted("accounts", rows, 0, "database")
    >>> [found.text(batch)["opened_on"].to_pylist() for batch in found.batches()]
    [['']]
    """
    plain = LoadSettings()  # the names are ours, whatever the files of this load call theirs
    for field in rows.schema:
        refuse_type(table, TABLES[table].column(field.name), field.type, plain, name=name)
    return Frame(number, table, name, {our: our for our in rows.column_names}, rows)


def as_json(file: RawFile, rows: pa.Table) -> list[str]:
    """Tell rows that are text as JSON, under the names they have in their file."""
    names = [name for name in rows.column_names if name not in PLACE]
    named = rows.select(names).rename_columns([file.names[name] for name in names])
    return [json.dumps(row, ensure_ascii=False) for row in named.to_pylist()]


def _arrow(series: pd.Series[Any], name: str, column: str) -> pa.Array | pa.ChunkedArray:
    """Turn a column into Arrow, a column of mixed objects into its texts where nothing can be lost."""
    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        kinds = sorted({type(value).__name__ for value in series.dropna()})
        detail = f"{name}: column '{column}' mixes {', '.join(kinds)}; give one type, best text"
        raise ContractError("schema", detail, file=name) from error
