"""What is a table before its values are checked? Text with the place of every record, and what fell out already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa

FOUND_CHARS = 200
"""How much of what was found a refusal shows."""
FILE, LINE, OFFSET, MINOR = "_file", "_line", "_offset", "_minor"
PLACE = (FILE, LINE, OFFSET, MINOR)
PLACE_FIELDS = (
    pa.field(FILE, pa.int32()),
    pa.field(LINE, pa.int64()),
    pa.field(OFFSET, pa.int64()),
    pa.field(MINOR, pa.bool_()),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused record: where it stood, which column failed why, what was found, and its original text.

    ``file`` is the file's number. ``offset`` is None where there are no bytes. ``original`` is None until it is read
    back from its file. ``stands`` is the place (file, line, offset) of the record that stands instead of this one.
    """

    table: str
    file: int
    line: int
    offset: int | None
    column: str
    reason: str
    found: str
    original: str | None = None
    note: str = ""
    stands: tuple[int, int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file as text.

    Attributes
    ----------
    number, table, name, sha256, bytes
        Which file it is; ``number`` counts all files of a load.
    format
        How its records are quoted when one is refused: lines of a CSV file are read back, others are told as JSON.
    rows
        The well-formed records: place fields and the contract's columns as text; null only where Parquet had null.
    refusals
        The records that are not well formed.
    records, blank
        How many records and blank lines the file has.
    names
        Our column name to the name in the file.
    """

    number: int
    table: str
    name: str
    sha256: str
    bytes: int
    format: Literal["csv", "csv.gz", "parquet", "frame"]
    rows: pa.Table
    records: int
    blank: int
    names: dict[str, str]
    refusals: list[Refusal] = field(default_factory=list)


def placed(columns: dict[str, pa.Array], number: int, *, first: int, minor: bool) -> pa.Table:
    """Give rows their place: the file's number, and their count from ``first`` on in place of a line."""
    size = len(next(iter(columns.values())))
    places = {
        FILE: pa.array(np.full(size, number, np.int32)),
        LINE: pa.array(np.arange(first, first + size, dtype=np.int64)),
        OFFSET: pa.nulls(size, pa.int64()),
        MINOR: pa.array(np.full(size, minor)),
    }
    return pa.table({**places, **columns})
