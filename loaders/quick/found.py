"""What does judging a column give: which values are surely right, which are blank, and what are they?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import Column
from loaders.quick.texts import nullable

STAMP = pa.timestamp("us", tz="UTC")
EXACT = 2**53
"""Below it a double says every whole number, and a quotient by a power of ten is rounded once."""
_TYPES = {
    "timestamp": STAMP,
    "date": pa.date32(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Per record: is its value surely right, is it blank (null or empty), and what is it; arbitrary where not sure.

    ``sure`` counts blanks as right where the column may be blank.
    """

    sure: NDArray[np.bool_]
    blank: NDArray[np.bool_]
    values: pa.Array


def settled(column: Column, sure: NDArray[np.bool_], blank: NDArray[np.bool_], values: pa.Array) -> Found:
    """Count blanks as right where the column may be blank."""
    return Found(sure | blank if column.blank else sure & ~blank, blank, values)


def made(column: Column, sure: NDArray[np.bool_], blank: NDArray[np.bool_], values: NDArray[Any]) -> Found:
    """Give numbers their type; null where blank."""
    return settled(column, sure, blank, nullable(values, type_of(column), blank))


def family(column: Column) -> str:
    """Which values does a column hold: ``timestamp``, ``date``, ``number``, ``integer`` or ``boolean``?"""
    word = column.number or column.type
    return {"share": "number", "flag": "boolean", "money": "integer"}.get(word, word)


def type_of(column: Column) -> pa.DataType:
    """The type of a column's values in :class:`loaders.Tables`."""
    return _TYPES[family(column)]


def first_and_end(column: Column) -> tuple[int, int]:
    """From which day to before which day may a time be, counted from 1970?

    Examples
    --------
    >>> from loaders.contract import TABLES
    >>> first_and_end(TABLES["relations"].column("at"))
    (7305, 47847)
    """
    low, high = column.years
    first = date(1970, 1, 1)
    return (date(low, 1, 1) - first).days, (date(high + 1, 1, 1) - first).days


def in_years(column: Column, days: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which days are in a column's years?"""
    first, end = first_and_end(column)
    return (days >= first) & (days < end)
