"""Which function judges a column? One per type of the contract, by what Arrow calls the values.

Types that hold their values (times, days, numbers) are judged as they are, texts by kernels; whatever else a column may
be becomes text first, as it does for the checks in SQL.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from loaders.contract import Column
from loaders.quick.found import Found, family, settled, type_of
from loaders.quick.texts import as_string, is_text, places
from loaders.quick.told import told_booleans, told_days, told_numbers, told_stamps, told_wholes
from loaders.quick.typed import typed_booleans, typed_days, typed_reals, typed_stamps, typed_wholes
from loaders.readers.arrow_text import text_of

Reader = Callable[[Column, pa.Array], Found]

_FROM_TEXT: dict[str, Reader] = {
    "timestamp": told_stamps,
    "date": told_days,
    "number": told_numbers,
    "integer": told_wholes,
    "boolean": told_booleans,
}


def read(column: Column, values: pa.Array) -> Found:
    """Judge a column that holds times, days, numbers or yes and no.

    Parameters
    ----------
    column
        Its contract.
    values
        Of any type that the contract lets through.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.contract import TABLES
    >>> severity = TABLES["outcomes"].column("severity")
    >>> [read(severity, values).sure.tolist() for values in (pa.array([0.5, 2.0]), pa.array(["0.5", "half"]))]
    [[True, False], [True, False]]
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        if len(values.dictionary) <= len(values):
            return _through_words(column, values)
        values = values.dictionary_decode()
        kind = values.type
    if pa.types.is_null(kind):
        nothing = np.ones(len(values), np.bool_)
        return settled(column, ~nothing, nothing, values.cast(type_of(column)))
    reader = _typed_reader(column, kind)
    if reader is not None:
        return reader(column, values)
    return _FROM_TEXT[family(column)](column, as_string(values if is_text(kind) else text_of(column, values)))


def _through_words(column: Column, values: pa.DictionaryArray) -> Found:
    """Judge the words of a dictionary once each."""
    words = read(column, pa.concat_arrays([values.dictionary, pa.nulls(1, values.dictionary.type)]))
    at = places(values)
    return Found(words.sure[at], words.blank[at], words.values.take(pa.array(at)))


def _typed_reader(column: Column, kind: pa.DataType) -> Reader | None:
    """Which function reads this type as it is? None: it becomes text first."""
    held, types = family(column), pa.types
    if held == "timestamp" and types.is_timestamp(kind) and kind.tz is not None:
        return typed_stamps
    if held == "date" and types.is_date32(kind):
        return typed_days
    if held in ("number", "integer") and types.is_float64(kind):
        return typed_reals
    if held in ("number", "integer") and types.is_integer(kind):
        return typed_wholes
    if held == "boolean" and types.is_boolean(kind):
        return typed_booleans
    return None
