"""What do the bytes of texts say: an id, a day, a moment, a decimal? Compiled loops over Arrow's buffers.

Text ``i`` of a column is ``data[offsets[i]:offsets[i + 1]]``. A kernel says of each text whether it is ``SURE`` of it,
never more; who is not sure asks the checks in SQL. Nulls are the caller's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]

UNSURE, SURE, BLANK = 0, 1, 2
DIGITS = 19
"""How many digits of a decimal fit an unsigned word of 64 bits, whatever they are."""

_FIRST, _LATER = 1, 2
_LETTERS = np.zeros(256, np.uint8)
for _byte in b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
    _LETTERS[_byte] = _FIRST | _LATER
for _byte in b"_.:-":
    _LETTERS[_byte] = _LATER


@njit(cache=True, nogil=True)
def plain_ids(offsets: Array, data: Array, state: Array) -> None:
    """Which texts are ids of the default pattern: up to 64 letters, digits and ``_.:-``, the first one no sign?"""
    for i in range(len(state)):
        start, end = int(offsets[i]), int(offsets[i + 1])
        if end == start:
            state[i] = BLANK
            continue
        allowed = _LETTERS[data[start]] & np.uint8(_FIRST)
        for at in range(start + 1, end):
            allowed &= _LETTERS[data[at]] >> np.uint8(1)
        state[i] = SURE if allowed and end - start <= 64 else UNSURE


@njit(inline="never")  # LLVM puts it in line all the same; its types are told once
def _number(data: Array, at: int, digits: int) -> int:
    """The number that so many digits say; 1,000,000 or more where one is no digit."""
    value, bad = 0, 0
    for k in range(at, at + digits):
        digit = int(data[k]) - 48
        bad |= digit | (9 - digit)
        value = value * 10 + digit
    return value if bad >= 0 else 1_000_000


@njit(inline="never")  # LLVM puts it in line all the same; its types are told once
def _day(data: Array, at: int) -> int:
    """Days since 1970 of ``YYYY-MM-DD``, or a number below -1,000,000 where there is no such day."""
    year, month, day = _number(data, at, 4), _number(data, at + 5, 2), _number(data, at + 8, 2)
    if data[at + 4] != 45 or data[at + 7] != 45 or year > 9999 or month < 1 or month > 12 or day < 1 or day > 31:
        return -2_000_000
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > 30 and (month == 4 or month == 6 or month == 9 or month == 11):
        return -2_000_000
    if month == 2 and day > 28 + leap:
        return -2_000_000
    # the year begins in March, so that its leap day is the last (H. Hinnant, days_from_civil)
    counted = year - (month <= 2)
    era = counted // 400
    of_era = counted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@njit(cache=True, nogil=True)
def days(offsets: Array, data: Array, state: Array, out: Array) -> None:
    """Read days, ``YYYY-MM-DD``."""
    for i in range(len(state)):
        start, size = int(offsets[i]), int(offsets[i + 1]) - int(offsets[i])
        day = _day(data, start) if size == 10 else -2_000_000
        state[i] = BLANK if size == 0 else (SURE if day > -1_000_000 else UNSURE)
        out[i] = day


@njit(cache=True, nogil=True)
def stamps(offsets: Array, data: Array, state: Array, out: Array) -> None:
    """Read ISO 8601 times with offset as microseconds since 1970: ``YYYY-MM-DDTHH:MM[:SS[.ffffff]](Z|±HH:MM)``."""
    for i in range(len(state)):
        start, end = int(offsets[i]), int(offsets[i + 1])
        state[i] = BLANK if end == start else UNSURE
        out[i] = 0
        if end - start < 17 or end - start > 32:
            continue
        day = _day(data, start)
        hour, minute = _number(data, start + 11, 2), _number(data, start + 14, 2)
        good = day > -1_000_000 and hour < 24 and minute < 60 and data[start + 13] == 58
        good &= data[start + 10] == 84 or data[start + 10] == 32
        at = start + 16
        second, fraction = 0, 0
        if data[at] == 58 and end - at > 3:
            second = _number(data, at + 1, 2)
            good &= second < 60
            at += 3
            if data[at] == 46:
                at += 1
                unit = 1_000_000
                while at < end and data[at] >= 48 and data[at] <= 57:
                    unit //= 10
                    fraction += unit * (int(data[at]) - 48)
                    at += 1
                good &= unit > 0 and unit < 1_000_000
                # a seventh digit makes the unit 0
        behind = 0
        if at + 1 == end:
            good &= data[at] == 90
        elif at + 6 == end:
            hours, minutes = _number(data, at + 1, 2), _number(data, at + 4, 2)
            good &= (data[at] == 43 or data[at] == 45) and data[at + 3] == 58 and hours < 15 and minutes < 60
            behind = (hours * 60 + minutes) * (1 if data[at] == 43 else -1)
        else:
            good = False
        if good:
            state[i] = SURE
            out[i] = ((day * 1440 + hour * 60 + minute - behind) * 60 + second) * 1_000_000 + fraction


@njit(cache=True, nogil=True)
def decimals(offsets: Array, data: Array, state: Array, digits: Array, whole: Array, behind: Array) -> None:
    """Read unsigned decimals of at most ``DIGITS`` digits: all digits as one number, how many before and behind."""
    for i in range(len(state)):
        start, end = int(offsets[i]), int(offsets[i + 1])
        value = np.uint64(0)
        point = end
        good = True
        for at in range(start, min(end, start + DIGITS + 1)):
            digit = np.uint64(data[at]) - np.uint64(48)
            if digit <= np.uint64(9):
                value = value * np.uint64(10) + digit
            elif data[at] == 46 and point == end:
                point = at
            else:
                good = False
        after = max(end - point - 1, 0)
        good &= point > start and end - start - (point < end) <= DIGITS and (point == end or after > 0)
        state[i] = BLANK if end == start else (SURE if good else UNSURE)
        digits[i] = value if good else np.uint64(0)
        whole[i] = point - start if good else 0
        behind[i] = after if good else 0
