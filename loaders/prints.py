"""Is the accepted content of two inputs the same?"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.tables import Tables

_NAMES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates")


def fingerprint(tables: Tables) -> str:
    """Sum up the accepted content, whatever files and order it came in.

    Parameters
    ----------
    tables
        The loaded input; its tables are in canonical order.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits.

    Examples
    --------
    >>> from loaders import fingerprint, load
    >>> from loaders.town import town
    >>> one = town()
    >>> other = {**one, "relations": one["relations"][::-1]}
    >>> fingerprint(load(**one)) == fingerprint(load(**other))
    True
    """
    digest = hashlib.sha256()
    for name in _NAMES:
        table: Any = getattr(tables, name)
        digest.update(f"{name} {'absent' if table is None else table.num_rows}\n".encode())
        for column in [] if table is None else table.column_names:
            digest.update(f"{column} {table[column].type}\n".encode())
            _add(digest, table[column].combine_chunks())
    return digest.hexdigest()


def _add(digest: Any, column: pa.Array) -> None:
    """Hash which values are null, then the values; nothing of how Arrow lays them out."""
    digest.update(np.packbits(column.is_null().to_numpy(zero_copy_only=False)).tobytes())
    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type):
        filled = pc.fill_null(column, "")
        digest.update(pc.binary_length(filled).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
        digest.update(_text_of(filled))
        return
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    digest.update(values.astype(values.dtype.newbyteorder("<")).tobytes())


def _text_of(column: pa.Array) -> memoryview:
    """All texts of a column without nulls, one after the other."""
    fresh = pa.concat_arrays([column.cast(pa.large_string())])
    _, offsets, data = fresh.buffers()
    places = np.frombuffer(offsets, "<i8") if offsets is not None else np.zeros(1, "<i8")
    start, end = (int(places[fresh.offset]), int(places[fresh.offset + len(fresh)])) if len(fresh) else (0, 0)
    return memoryview(data if data is not None else b"")[start:end]
