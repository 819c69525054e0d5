"""Which values that Arrow holds as times, days or numbers surely pass, and what do they become?

They are compared with the contract's ranges; the bounds are whole, so nothing is rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import Column
from loaders.quick.found import EXACT, Found, family, first_and_end, in_years, made, settled
from loaders.quick.texts import valid

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_TINY = 1e-300  # nearer to 0 a text may be read as 0


def blanks(values: pa.Array) -> NDArray[np.bool_]:
    """Where is a column null?"""
    there = valid(values)
    return np.zeros(len(values), np.bool_) if there is None else ~there


def plain(values: pa.Array, kind: pa.DataType) -> NDArray[Any]:
    """The values as they lie in memory, whatever stands at nulls."""
    if not len(values):
        return np.zeros(0, kind.to_pandas_dtype())
    whole = np.frombuffer(values.buffers()[1], kind.to_pandas_dtype())
    return whole[values.offset : values.offset + len(values)]


def typed_stamps(column: Column, values: pa.Array) -> Found:
    """Times with a zone, of any unit; those finer than microseconds are not sure."""
    per_second = _PER_SECOND[values.type.unit]
    per_day = 86_400 * per_second
    first, end = first_and_end(column)
    moments = plain(values, pa.int64())
    sure = (moments >= first * per_day) & (moments < end * per_day)
    if per_second < 10**6:
        micros = np.where(sure, moments, 0) * (10**6 // per_second)
    elif per_second > 10**6:
        micros = moments // 1000
        sure &= micros * 1000 == moments
    else:
        micros = moments
    return made(column, sure, blanks(values), micros)


def typed_days(column: Column, values: pa.Array) -> Found:
    """Days."""
    days = plain(values, pa.int32())
    return made(column, in_years(column, days), blanks(values), days)


def typed_reals(column: Column, values: pa.Array) -> Found:
    """Floats of 64 bits; NaN is blank, and -0.0 is 0.0."""
    reals = plain(values, pa.float64())
    blank = blanks(values) | np.isnan(reals)
    sure = (reals >= column.low) & (reals <= column.high) & ((reals == 0) | (reals >= _TINY))
    if family(column) == "number":
        return made(column, sure, blank, reals + 0.0)
    sure &= (np.floor(reals) == reals) & (reals < EXACT)
    return made(column, sure, blank, np.where(sure, reals, 0).astype(np.int64))


def typed_wholes(column: Column, values: pa.Array) -> Found:
    """Integers of any width."""
    wholes = plain(values.cast(pa.int64(), safe=False), pa.int64())
    sure = (wholes >= column.low) & (wholes <= column.high)
    if family(column) == "number":
        sure &= wholes < EXACT
        return made(column, sure, blanks(values), wholes.astype(np.float64))
    return made(column, sure, blanks(values), wholes)


def typed_booleans(column: Column, values: pa.Array) -> Found:
    """Yes and no."""
    return settled(column, np.ones(len(values), np.bool_), blanks(values), values)
