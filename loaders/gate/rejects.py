"""Which records were refused, where, why, and what did they say?

Lines of CSV files are read back by their offset; rows of Parquet files and DataFrames are told as JSON.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa

from loaders.errors import UnavailableError, UsageError
from loaders.raw import RawFile, Refusal
from loaders.tables import REJECTS_SCHEMA, Tables

_HEADER_BYTES = 200


def rejects_table(refusals: Sequence[Refusal], files: Mapping[int, RawFile]) -> pa.Table:
    """Tell of every refused record, in order of table, file and line.

    Parameters
    ----------
    refusals
        What fell.
    files
        All files by number; refused records are read back from them.

    Returns
    -------
    pyarrow.Table
        As ``REJECTS_SCHEMA``.
    """
    # files are numbered in order of tables, and a record falls once
    ordered = sorted(refusals, key=attrgetter("file", "line"))
    said = _originals(ordered, files)
    columns: list[list[Any]] = [[] for _ in REJECTS_SCHEMA]
    for one in ordered:
        note = one.note
        if one.stands is not None:
            file, line, _ = one.stands
            note = f"stands: {files[file].name} line {line}: {said[file][line]}"
        original = said[one.file][one.line] if one.original is None else one.original
        read_from = files[one.file]
        place = (one.table, read_from.name, one.line, one.offset, read_from.names.get(one.column, one.column))
        for column, value in zip(columns, (*place, one.reason, one.found, original, note), strict=True):
            column.append(value)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, REJECTS_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=REJECTS_SCHEMA)


def _originals(refusals: Sequence[Refusal], files: Mapping[int, RawFile]) -> dict[int, dict[int, str]]:
    """By file and line, the text of each refused record and of what stands instead of it."""
    wanted: dict[int, dict[int, int | None]] = {number: {} for number in files}
    for one in refusals:
        if one.original is None:
            wanted[one.file][one.line] = one.offset
        if one.stands is not None:
            file, line, offset = one.stands
            wanted[file][line] = offset
    said: dict[int, dict[int, str]] = {}
    for number, places in wanted.items():
        lines = sorted(places)
        if lines:
            texts = files[number].originals([(line, places[line]) for line in lines])
            said[number] = dict(zip(lines, texts, strict=True))
    return said


def write_rejects(tables: Tables, path: str | os.PathLike[str]) -> None:
    """Write the refused records as CSV, original lines exactly as they were.

    The file appears whole or not at all; a link at its place is replaced, not followed. A pipe or device is written to.

    Parameters
    ----------
    tables
        The loaded input.
    path
        Where to; earlier rejects are replaced.

    Raises
    ------
    UsageError
        When the place holds another file.
    UnavailableError
        When it can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from loaders import load, write_rejects
    >>> from loaders.town import town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_rejects(load(**town()), Path(folder) / "rejects.csv")
    ...     (Path(folder) / "rejects.csv").read_text().strip()
    'table,file,line,byte_offset,column,reason,found,original,note'
    """
    place = Path(path)
    try:
        if _is_stream(place):
            with place.open("w", newline="", encoding="utf-8") as file:
                _write(tables, file)
            return
        _refuse_other(place)
        with tempfile.TemporaryDirectory(prefix=".rejects-", dir=place.parent) as folder:
            draft = Path(folder) / "rejects.csv"
            with draft.open("x", newline="", encoding="utf-8") as file:
                _write(tables, file)
            draft.replace(place)
    except OSError as error:
        raise UnavailableError(f"the rejects can't be written to {place}: {error.strerror}") from error


def _write(tables: Tables, file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(REJECTS_SCHEMA.names)
    for batch in tables.rejects.to_batches(max_chunksize=10_000):
        writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _is_stream(place: Path) -> bool:
    """Tell a terminal, a pipe or /dev/null, which is written to and never replaced."""
    return place.exists() and not place.is_file() and not place.is_dir()


def _refuse_other(place: Path) -> None:
    """A slip of the pen must not cost a table of the input or anything else that is not a file of rejects."""
    if place.is_symlink() or not place.is_file():
        return
    with place.open("rb") as file:
        first = file.readline(_HEADER_BYTES)
    if first and first.rstrip() != ",".join(REJECTS_SCHEMA.names).encode():
        raise UsageError(f"{place} holds something else than rejects, so it is not replaced; name another place")
