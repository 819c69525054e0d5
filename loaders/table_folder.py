"""How does a folder of the contract's tables come to be whole, and never half of one and half of another?

The tables are written to a hidden folder beside their place and moved when all are done, ``accounts`` last: a reader
in between finds a required table missing and refuses, so it never mixes two portfolios.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from loaders.contract import TABLES
from loaders.errors import UnavailableError, UsageError

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "parquet")


class TableFolder:
    """Takes tables piece by piece; made by `table_folder`."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def write(self, name: str, pieces: Iterable[pa.Table], file_format: Format = "csv", *, parts: bool = False) -> int:
        """Write one table of the contract; with ``parts`` each piece becomes a Parquet file of a folder.

        Returns
        -------
        int
            Records written.
        """
        if parts:
            return self._write_parts(name, pieces)
        rest = iter(pieces)
        first = next(rest)
        records = 0
        with _writer(self._place / f"{name}.{file_format}", first.schema, file_format) as writer:
            for piece in chain([first], rest):
                writer.write_table(piece)
                records += piece.num_rows
        return records

    def write_text(self, name: str, text: str) -> None:
        """Write a text file beside the tables."""
        (self._place / name).write_text(text, encoding="utf-8", newline="\n")

    def subfolder(self, name: str) -> TableFolder:
        """Make a folder beside the tables, which moves into its place whole."""
        (self._place / name).mkdir()
        return TableFolder(self._place / name)

    def _write_parts(self, name: str, pieces: Iterable[pa.Table]) -> int:
        folder = self._place / name
        folder.mkdir()
        records = 0
        for number, piece in enumerate(pieces):
            pa.parquet.write_table(piece, folder / f"part-{number:05d}.parquet")
            records += piece.num_rows
        return records


@contextmanager
def _writer(
    path: Path, schema: pa.Schema, file_format: Format
) -> Iterator[pa.csv.CSVWriter | pa.parquet.ParquetWriter]:
    if file_format == "parquet":
        with pa.parquet.ParquetWriter(path, schema) as writer:
            yield writer
        return
    # The contract's text needs no quotes, and plain lines are easiest to read and to compare.
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65_536)
    with path.open("wb") as file:
        file.write((",".join(schema.names) + "\n").encode())
        with pa.csv.CSVWriter(file, schema, write_options=options) as writer:
            yield writer


@contextmanager
def table_folder(out: Path, marker: str) -> Iterator[TableFolder]:
    r"""Write a folder of tables whole or not at all.

    Other files in the folder (a ``renmai.toml``) stay. Tables that are there already are replaced only if the marker
    file says that they were made, not brought.

    Parameters
    ----------
    out
        The folder; made if it is not there.
    marker
        Name of the text file that is written beside the tables, such as ``truth.json``.

    Yields
    ------
    TableFolder
        Where to write.

    Raises
    ------
    UsageError
        When the folder holds tables and no marker, or is no folder.
    UnavailableError
        When the disk or the folder can't be written.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "data"
    >>> with table_folder(place, "truth.json") as folder:
    ...     records = folder.write("rates", [pa.table({"currency": ["USD"], "on": ["2026-01-01"], "rate": ["7.1"]})])
    >>> records, (place / "rates.csv").read_text()
    (1, 'currency,on,rate\nUSD,2026-01-01,7.1\n')
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} must be a folder; it is a file")
    there = [path.name for path in _tables_in(out)]
    if there and not (out / marker).exists():
        found = ", ".join(there)
        raise UsageError(f"{out} holds {found} and no {marker}, so they may be yours; give an empty or new folder")
    temporary = out / f".{marker}.writing"
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        yield TableFolder(temporary)
        _move(temporary, out)
    except OSError as error:
        raise UnavailableError(f"{error.filename or out} can't be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _tables_in(folder: Path) -> list[Path]:
    """Tables in every form, accounts first."""
    names = [f"{table}{ending}" for table in TABLES for ending in (".csv", ".csv.gz", ".parquet", "")]
    sidecars = [f"{name}.meta.json" for name in names]
    return [folder / name for name in names + sidecars if (folder / name).exists()]


def _move(temporary: Path, out: Path) -> None:
    # Accounts go first and come last: without them no reader starts.
    for path in _tables_in(out):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    for path in sorted(temporary.iterdir(), key=lambda path: (path.stem == "accounts", path.name)):
        path.replace(out / path.name)
