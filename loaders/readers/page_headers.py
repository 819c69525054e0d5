"""Which pages does a column of a Parquet file have, by their own headers?

A footer may lie about sizes, and the pages do not: a reader reserves what a page's header says, and refuses the page
when it unpacks to anything else. Headers are Thrift structs in the compact protocol (parquet-format, ``PageHeader``);
no library hands them out, so the few types they are made of are read here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from pyarrow import parquet

DATA, DICTIONARY = 0, 2
_DATA_V2 = 3
_ABOUT = {DATA: (5, 2), DICTIONARY: (7, 2), _DATA_V2: (8, 4)}  # where values and encoding stand
_HEADER_BYTES = (512, 64 * 1024)
_TRUE, _FALSE, _BYTE, _WHOLE, _DOUBLE, _BINARY, _STRUCT = 1, 2, 3, (4, 5, 6), 7, 8, 12
_DEPTH = 4


class UnclearError(Exception):
    """Something in a file is not as plain as it must be to be understood here."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``DATA`` or ``DICTIONARY``, where its content is, its bytes packed and unpacked, values, encoding."""

    kind: int
    start: int
    packed: int
    unpacked: int
    values: int
    encoding: int


def pages(handle: int, chunk: parquet.ColumnChunkMetaData) -> Iterator[Page]:
    """Walk over the pages of one column of one row group.

    Parameters
    ----------
    handle
        File descriptor.
    chunk
        Where the column is.

    Raises
    ------
    UnclearError
        When a header can't be read, or the pages do not fill the column's place exactly.
    """
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < at:
        at = chunk.dictionary_page_offset
    end = at + chunk.total_compressed_size
    while at < end:
        page = _page(handle, at)
        at = page.start + page.packed
        yield page
    if at != end:
        raise UnclearError


def _page(handle: int, at: int) -> Page:
    for size in _HEADER_BYTES:
        head = os.pread(handle, size, at)
        try:
            numbers, structs, length = _struct(head, 0, _DEPTH)
            break
        except IndexError:
            continue
    else:
        raise UnclearError
    kind, unpacked, packed = (numbers.get(field, -1) for field in (1, 2, 3))
    about, encoding = _ABOUT.get(kind, (0, 0))
    page = structs.get(about, {})
    values = page.get(1, -1)
    if min(packed, unpacked, values) < 0:
        raise UnclearError
    return Page(DATA if kind == _DATA_V2 else kind, at + length, packed, unpacked, values, page.get(encoding, -1))


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, int], dict[int, dict[int, int]], int]:
    """Read a struct: its whole numbers by field number, those of the structs in it, and where it ends."""
    numbers: dict[int, int] = {}
    structs: dict[int, dict[int, int]] = {}
    field = 0
    while head := data[at]:
        at += 1
        kind, delta = head & 15, head >> 4
        if delta:
            field += delta
        else:
            field, at = _whole(data, at)
        if kind in _WHOLE:
            numbers[field], at = _whole(data, at)
        elif kind == _STRUCT and depth:
            structs[field], _, at = _struct(data, at, depth - 1)
        elif kind == _BINARY:
            length, at = _varint(data, at)
            at += length
        elif kind in (_BYTE, _DOUBLE):
            at += 1 if kind == _BYTE else 8
        elif kind not in (_TRUE, _FALSE):
            raise UnclearError
    return numbers, structs, at + 1


def _whole(data: bytes, at: int) -> tuple[int, int]:
    coded, at = _varint(data, at)
    return coded >> 1 ^ -(coded & 1), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
