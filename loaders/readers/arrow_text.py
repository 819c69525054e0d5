"""Which Arrow types may a column have, and which text says the same?

Parquet files and DataFrames go through the same checks as CSV: their values become the text a CSV file would hold.
Types that have lost something already (ids as floats, money as floats, times without offset) are refused whole.
"""

from __future__ import annotations

from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import TABLES, Column
from loaders.errors import ContractError
from loaders.settings import LoadSettings

_SECONDS = (-62_135_596_800, 253_402_300_799)  # from the year 1 to the year 9999

Array: TypeAlias = pa.Array | pa.ChunkedArray


def as_text(table: str, column: str, values: Array, settings: LoadSettings, *, name: str) -> pa.Array:
    """Turn the values of a column into text, null where they are null.

    Parameters
    ----------
    table, column
        Which column of the contract it is.
    values
        Its values.
    settings
        Whether integer ids are allowed.
    name
        The file, for messages.

    Returns
    -------
    pyarrow.StringArray

    Raises
    ------
    ContractError
        ``schema`` or ``ts_zone``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.readers.arrow_text import as_text
    >>> from loaders.settings import LoadSettings
    >>> as_text("outcomes", "severity", pa.array([0.5, 1.0]), LoadSettings(), name="outcomes.parquet").to_pylist()
    ['0.5', '1']
    """
    contract = TABLES[table].column(column)
    refuse_type(table, contract, values.type, settings, name=name)
    return text_of(contract, values)


def text_of(column: Column, values: Array) -> pa.Array:
    """Turn values of a type that a column may have into text, as :func:`as_text` does.

    Examples
    --------
    >>> text_of(TABLES["relations"].column("at"), pa.array([0], pa.timestamp("us", tz="Asia/Shanghai"))).to_pylist()
    ['1970-01-01 00:00:00.000000Z']
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.dictionary_decode() if isinstance(values, pa.Array) else values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_null(kind):
        text = pa.nulls(len(values), pa.string())
    elif pa.types.is_timestamp(kind) and column.type == "timestamp":
        text = _stamps(values)
    elif pa.types.is_timestamp(kind):
        text = _days(values)
    elif pa.types.is_floating(kind):
        text = _reals(values)
    elif pa.types.is_decimal(kind):
        text = _trimmed(values.cast(pa.string()))
    else:
        text = values.cast(pa.string())
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def refuse_type(table: str, column: Column, kind: pa.DataType, settings: LoadSettings, *, name: str) -> None:
    """Refuse a type that can't hold what the column says.

    Raises
    ------
    ContractError
        ``schema`` or ``ts_zone``, with what is allowed.
    """
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_null(kind)
    ):
        return
    where = f"{name}: column '{column.name}' of {table}"
    if column.type == "timestamp" and pa.types.is_timestamp(kind):
        if kind.tz is None:
            detail = f"{where} has times without offset ({kind}); store UTC or a zone with them"
            raise ContractError("ts_zone", detail, file=name)
        return
    if column.type == "id" and pa.types.is_integer(kind):
        if not settings.integer_ids:
            detail = f"{where} has ids as {kind}; store text, or set integer_ids = true to read their decimal text"
            raise ContractError("schema", detail, file=name)
        return
    if not _fits(column, kind):
        detail = f"{where} must be {_allowed(column)}; got {kind}"
        raise ContractError("schema", detail, file=name)


def _fits(column: Column, kind: pa.DataType) -> bool:
    types = pa.types
    whole = types.is_integer(kind)
    real = whole or types.is_floating(kind) or types.is_decimal(kind)
    if column.type == "date":
        return types.is_date(kind) or types.is_timestamp(kind)
    if column.type in ("amount", "rate"):
        return types.is_decimal(kind) or (whole and column.type == "rate")
    if column.type == "amount_minor":
        return whole
    if column.type == "flag" or column.number == "boolean":
        return types.is_boolean(kind)
    return real if column.type in ("share", "feature") else False


def _allowed(column: Column) -> str:
    words = {
        "id": "text (a number may have lost digits or leading zeros)",
        "amount": "decimal or decimal text, never a float",
        "amount_minor": "an integer",
        "timestamp": "a timestamp with zone, or text",
        "date": "a date or text",
        "rate": "decimal or decimal text",
        "flag": "a boolean or text",
        "share": "a number or text",
        "feature": "a boolean or text" if column.number == "boolean" else "a number or text",
    }
    return words.get(column.type, "text")


def _stamps(values: Array) -> Array:
    """ISO 8601 text in UTC; a time finer than microseconds keeps its digits and falls at the gate."""
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[values.type.unit]
    low, high = (max(second * per_second, -(2**63)) for second in _SECONDS)
    # a year beyond four digits is as wrong as its nearest one, and must not wrap around into a right one
    raised = pc.max_element_wise(values.cast(pa.int64()), low, skip_nulls=False)
    near = pc.min_element_wise(raised, min(high, 2**63 - 1), skip_nulls=False)
    values = near.cast(values.type)
    micro = values.cast(pa.timestamp("us", tz="UTC"), safe=False)
    text = micro.cast(pa.string())
    if values.type.unit != "ns":
        return text
    same = pc.equal(micro.cast(values.type), values)
    return pc.if_else(same, text, values.cast(pa.timestamp("ns", tz="UTC")).cast(pa.string()))


def _days(values: Array) -> Array:
    """The day, where a timestamp is a whole day; anything else keeps its clock and falls at the gate."""
    day = values.cast(pa.date32(), safe=False)
    whole = pc.equal(day.cast(values.type) if values.type.tz is None else values, values)
    return pc.if_else(whole, day.cast(pa.string()), values.cast(pa.string()))


def _reals(values: Array) -> Array:
    """Write whole numbers without exponent, as an integer column would; NaN is missing."""
    if pa.types.is_float16(values.type):
        values = values.cast(pa.float32())  # exactly the same numbers; few functions know the half ones
    whole = values.cast(pa.int64(), safe=False)
    is_whole = pc.and_(pc.less(pc.abs(values), 2.0**53), pc.equal(whole.cast(values.type, safe=False), values))
    text = pc.if_else(is_whole, whole.cast(pa.string()), values.cast(pa.string()))
    return pc.if_else(pc.is_nan(values), pa.scalar(None, pa.string()), text)


def _trimmed(text: Array) -> Array:
    """Drop the zeros behind the point that only the type's fixed scale has put there (100.00 JPY is 100)."""
    without = pc.replace_substring_regex(text, r"(\.[0-9]*[1-9])0+$", r"\1")
    return pc.replace_substring_regex(without, r"\.0+$", "")
