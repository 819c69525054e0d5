"""Which texts surely say a time, a day, a number or yes and no, and what do they say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import Column
from loaders.quick.found import EXACT, Found, first_and_end, in_years, made, settled
from loaders.quick.texts import texts

_DAY = 86_400 * 10**6
_POWERS = 10.0 ** np.arange(20)
_WHOLE_POWERS = 10 ** np.arange(20, dtype=np.uint64)


def _judged(values: pa.Array, kernel: Any, *outs: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Run a kernel: which texts is it sure of, and which are blank?"""
    from loaders.quick.grammar import BLANK, SURE

    column = texts(values)
    state = np.empty(len(column), np.int8)
    kernel(column.offsets, column.data, state, *outs)
    if column.valid is not None:
        state[~column.valid] = BLANK
    return state == SURE, state == BLANK


def told_stamps(column: Column, values: pa.StringArray) -> Found:
    """Read ISO 8601 times with offset."""
    from loaders.quick.grammar import stamps

    micros = np.empty(len(values), np.int64)
    sure, blank = _judged(values, stamps, micros)
    first, end = first_and_end(column)
    return made(column, sure & (micros >= first * _DAY) & (micros < end * _DAY), blank, micros)


def told_days(column: Column, values: pa.StringArray) -> Found:
    """Read days."""
    from loaders.quick.grammar import days

    found = np.empty(len(values), np.int32)
    sure, blank = _judged(values, days, found)
    return made(column, sure & in_years(column, found), blank, found)


@dataclass(frozen=True, slots=True)
class Decimals:
    """Decimal texts: all digits as one number, how many stand before the point and how many behind."""

    sure: NDArray[np.bool_]
    blank: NDArray[np.bool_]
    digits: NDArray[np.uint64]
    whole: NDArray[np.int8]
    behind: NDArray[np.int8]


def decimals_of(values: pa.StringArray) -> Decimals:
    """Read unsigned decimal texts of at most 19 digits; anything else is not sure."""
    from loaders.quick.grammar import decimals

    size = len(values)
    digits, whole, behind = np.empty(size, np.uint64), np.empty(size, np.int8), np.empty(size, np.int8)
    sure, blank = _judged(values, decimals, digits, whole, behind)
    return Decimals(sure, blank, digits, whole, behind)


def told_numbers(column: Column, values: pa.StringArray) -> Found:
    """Read decimal numbers, rounded once."""
    read = decimals_of(values)
    exact = read.sure & (read.digits < EXACT)
    reals = read.digits.astype(np.float64) / _POWERS[read.behind]
    rest = np.flatnonzero(read.sure & ~exact)
    if len(rest):  # more digits than one division keeps: Arrow's parser rounds them right
        reals[rest] = values.take(pa.array(rest)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    sure = read.sure & (reals >= column.low) & (reals <= column.high)
    return made(column, sure, read.blank, reals)


def told_wholes(column: Column, values: pa.StringArray) -> Found:
    """Read whole numbers, zeros behind the point allowed."""
    read = decimals_of(values)
    unit = _WHOLE_POWERS[read.behind]
    wholes = read.digits // unit
    sure = read.sure & (wholes * unit == read.digits) & (wholes >= column.low) & (wholes <= column.high)
    return made(column, sure, read.blank, wholes.astype(np.int64))


def told_booleans(column: Column, values: pa.StringArray) -> Found:
    """Read ``true`` and ``false``."""
    yes = pc.equal(values, "true").fill_null(False).to_numpy(zero_copy_only=False)
    no = pc.equal(values, "false").fill_null(False).to_numpy(zero_copy_only=False)
    blank = pc.equal(values, "").fill_null(True).to_numpy(zero_copy_only=False)
    return settled(column, yes | no, blank, pa.array(yes, mask=blank))
