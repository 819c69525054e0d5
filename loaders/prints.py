"""Is the accepted content of two inputs the same?"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.tables import Tables

_NAMES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates")
_PARTIES = ("from_id", "to_id")


def fingerprint(tables: Tables) -> str:
    """Sum up the accepted content, whatever files and order it came in.

    Parameters
    ----------
    tables
        The loaded input; its tables are in canonical order.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits: of the tables' names and sizes and of a SHA-256 of each column.

    Examples
    --------
    >>> from loaders import fingerprint, load
    >>> from loaders.town import town
    >>> one = town()
    >>> other = {**one, "relations": one["relations"][::-1]}
    >>> fingerprint(load(**one)) == fingerprint(load(**other))
    True
    """
    ids = tables.accounts["account_id"].combine_chunks()
    said: list[str] = []
    columns: list[tuple[str, pa.ChunkedArray]] = []
    for name in _NAMES:
        table: pa.Table | None = getattr(tables, name)
        said.append(f"{name} {'absent' if table is None else table.num_rows}")
        columns += [] if table is None else zip(table.column_names, table.columns, strict=True)
    # columns have digests of their own so that several threads can make them
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        said += pool.map(partial(_of_column, ids), *zip(*columns, strict=True))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _of_column(ids: pa.StringArray, name: str, column: pa.ChunkedArray) -> str:
    """Hash which values are null, then the others; nothing of how Arrow lays them out."""
    digest = hashlib.sha256()
    if column.null_count:
        for chunk in column.chunks:
            digest.update(chunk.is_null().cast(pa.uint8()).to_numpy(zero_copy_only=False))
    chunks = [chunk.drop_null() if chunk.null_count else chunk for chunk in column.chunks]
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if name in _PARTIES:
        _add_parties(digest, chunks, ids)
    elif pa.types.is_dictionary(column.type):
        _add_words(digest, chunks)
    elif pa.types.is_string(kind) and name in ("kind", "currency"):
        _add_words(digest, [chunk.dictionary_encode() for chunk in chunks])
    elif pa.types.is_string(kind):
        _add_texts(digest, chunks)
    elif pa.types.is_decimal(kind):
        _add_texts(digest, [chunk.cast(pa.string()) for chunk in chunks])
    else:
        for chunk in chunks:
            digest.update(_numbers(chunk).data)
    return f"{name} {kind} {digest.hexdigest()}"


def _add_parties(digest: Any, chunks: list[pa.Array], ids: pa.StringArray) -> None:
    """Accounts are told by their rows: their ids are hashed once, with the table of accounts."""
    index = None
    same: set[int] = set()
    for chunk in chunks:
        coded = pa.types.is_dictionary(chunk.type)
        # chunks share one dictionary, so its texts are compared once
        if coded and chunk.dictionary.buffers()[2] is not None:
            place = chunk.dictionary.buffers()[2].address
            coded = place in same or chunk.dictionary.equals(ids)
            same |= {place} if coded else set()
        if coded:
            rows = chunk.indices.to_numpy()
        else:
            from loaders.quick import AccountIndex

            index = index or AccountIndex(ids)
            rows = index.codes(chunk)
        digest.update(np.ascontiguousarray(rows, "<i4"))


def _add_words(digest: Any, chunks: list[pa.Array]) -> None:
    """Say which words occur, then each value as the place of its word among these."""
    words = sorted({chunk.dictionary[code].as_py() for chunk in chunks for code in chunk.indices.unique().to_pylist()})
    digest.update("\n".join(words).encode())
    place = {word: number for number, word in enumerate(words)}
    for chunk in chunks:
        places = np.array([place.get(word, 0) for word in chunk.dictionary.to_pylist()], "<u2")
        digest.update(places[chunk.indices.to_numpy()])


def _add_texts(digest: Any, chunks: list[pa.Array]) -> None:
    """The bytes of each text, which an id's length keeps far below 65,536; then all texts one after the other."""
    laid = [_laid(chunk) for chunk in chunks]
    for places, _ in laid:
        digest.update(np.diff(places).astype("<u2"))
    for places, data in laid:
        digest.update(data[places[0] : places[-1]])


def _laid(chunk: pa.Array) -> tuple[NDArray[np.int32], memoryview]:
    """Where the texts of an array lie: offsets and bytes."""
    if not len(chunk):
        return np.zeros(1, np.int32), memoryview(b"")
    _, offsets, data = chunk.buffers()
    places = np.frombuffer(offsets, "<i4")[chunk.offset : chunk.offset + len(chunk) + 1]
    return places, memoryview(data if data is not None else b"")


def _numbers(chunk: pa.Array) -> NDArray[Any]:
    if pa.types.is_boolean(chunk.type):
        chunk = chunk.cast(pa.uint8())
    elif pa.types.is_timestamp(chunk.type):
        chunk = chunk.cast(pa.int64())
    elif pa.types.is_date32(chunk.type):
        chunk = chunk.cast(pa.int32())
    values = chunk.to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
