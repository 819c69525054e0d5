"""How do numbers become the columns of the contract's tables, fast enough for 100 million rows?

Text is put together as arrays of bytes of one width, so no row is touched by Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import RELATION_KINDS
from loaders.simulate.plan import CURRENCIES, DAY, EXPONENTS
from loaders.simulate.rows import Rows

Ints = npt.NDArray[np.int64]
UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")


def ids(letter: str, numbers: Ints, width: int) -> pa.Array:
    """Write ids of a letter and zero-led digits.

    Examples
    --------
    >>> ids("a", np.array([7, 123456]), 7).to_pylist()
    ['a0000007', 'a0123456']
    """
    text = np.empty((len(numbers), width + 1), dtype=np.uint8)
    text[:, 0] = ord(letter)
    text[:, 1:] = _digits(numbers, width)
    return _text(text)


def times_text(seconds: Ints) -> pa.Array:
    """Write times as ISO 8601 text in UTC.

    Examples
    --------
    >>> times_text(np.array([0, 1_767_225_599])).to_pylist()
    ['1970-01-01T00:00:00Z', '2025-12-31T23:59:59Z']
    """
    day = seconds // DAY
    first = int(day.min()) if len(day) else 0
    days = np.arange(first, (int(day.max()) if len(day) else 0) + 1).astype("datetime64[D]")
    dates = np.array([f"{name}T" for name in days.astype(str)], dtype="S11").view(np.uint8).reshape(-1, 11)
    second = np.arange(DAY)
    clock = np.empty((DAY, 9), dtype=np.uint8)
    for place, part in ((0, second // 3600), (3, second // 60 % 60), (6, second % 60)):
        clock[:, place : place + 2] = _digits(part, 2)
    clock[:, [2, 5, 8]] = np.frombuffer(b"::Z", dtype=np.uint8)
    text = np.empty((len(seconds), 20), dtype=np.uint8)
    text[:, :11] = dates[day - first]
    text[:, 11:] = clock[seconds % DAY]
    return _text(text)


def times(seconds: Ints, text: bool) -> pa.Array:
    """Give times as text, or as timestamps in UTC."""
    return times_text(seconds) if text else pa.array(seconds * 1_000_000).cast(UTC_MICROSECONDS)


def days(numbers: Ints) -> pa.Array:
    """Give days since 1970 as dates."""
    return pa.array(numbers.astype(np.int32)).cast(pa.date32())


def amounts_text(amount: Ints, currency: npt.NDArray[np.int8]) -> pa.Array:
    """Write amounts in minor units as decimal text with the places of each currency; null for contacts.

    Examples
    --------
    >>> amounts_text(np.array([1205, 980, 0]), np.array([0, 3, -1], dtype=np.int8)).to_pylist()
    ['12.05', '980', None]
    """
    places = np.array(EXPONENTS)[np.maximum(currency, 0)]
    found = _decimal(amount, 0).cast(pa.string())
    for exponent in sorted({*EXPONENTS} - {0}):
        found = pc.if_else(pa.array(places == exponent), _decimal(amount, exponent).cast(pa.string()), found)
    return pc.if_else(pa.array(currency >= 0), found, pa.scalar(None, pa.string()))


def words(names: tuple[str, ...], numbers: npt.NDArray[Any]) -> pa.Array:
    """Give words by number; null for negative numbers."""
    return pa.array(names).take(pa.array(numbers.astype(np.int32), mask=numbers < 0))


def relations_table(rows: Rows, first: int, width: int, account_ids: pa.Array, *, text: bool) -> pa.Table:
    """Make the contract's table of relations.

    Parameters
    ----------
    rows
        Relations in order of time.
    first
        Number of the first relation's id.
    width
        Digits of relation ids.
    account_ids
        Id of each account by number.
    text
        Decimal text and ISO times (CSV) instead of integer minor units and timestamps (Parquet).
    """
    contact = rows.currency < 0
    number = first + np.arange(len(rows))
    original = ids("r", np.where(rows.original < 0, 0, rows.original + first), width)
    if text:
        amount = {"amount": amounts_text(rows.amount, rows.currency)}
    else:
        amount = {"amount_minor": pa.array(rows.amount, mask=contact)}
    return pa.table(
        {
            "relation_id": ids("r", number, width),
            "kind": words(RELATION_KINDS, rows.kind),
            "from_id": account_ids.take(pa.array(rows.payer)),
            "to_id": account_ids.take(pa.array(rows.payee)),
            **amount,
            "currency": words(CURRENCIES, rows.currency),
            "at": times(rows.at, text),
            "reverses": pc.if_else(pa.array(rows.original >= 0), original, pa.scalar(None, pa.string())),
        }
    )


def _digits(numbers: Ints, width: int) -> npt.NDArray[np.uint8]:
    digits = np.empty((len(numbers), width), dtype=np.uint8)
    rest = numbers.astype(np.int64)
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        digits[:, place] = digit + ord("0")
    return digits


def _text(text: npt.NDArray[np.uint8]) -> pa.Array:
    count, width = text.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text)))


def _decimal(amount: Ints, scale: int) -> pa.Array:
    # A 128-bit decimal is the integer in minor units with a zero upper half, as no amount is negative.
    halves = np.zeros((len(amount), 2), dtype="<i8")
    halves[:, 0] = amount
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(amount), [None, pa.py_buffer(halves)])
