"""How large can a Parquet file get at most when it is unpacked, without unpacking it?

The headers of its pages bound everything that a reader reserves: a page unpacks to what its header says or is refused,
fixed widths take their width, plain texts lie in their page as they are, and a text from a dictionary is no longer than
the dictionary's longest one, which is looked at. So a file whose bound is bearable can't hurt, whatever its footer
says, not even in large batches; only a file that is not understood here, or not bearable, must be unpacked to know
(`loaders.readers.probe`), and is then read in batches as small as they were unpacked there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from loaders.readers.page_headers import DICTIONARY, Page, UnclearError, pages

FOOTER_BYTES = 2 * 1024 * 1024
"""A footer takes up to about 200 times its size in memory."""
PAGES_BYTES = 256 * 1024 * 1024
"""How much the largest pages of all columns may unpack to together: so much is unpacked at the same time."""
ROW_BYTES = 2048
"""How much the rows of a row group may take on average: far more than any of ours, and little for a batch."""
PLACE_BYTES = 32
_SHORT_BYTES = 256
_VALUE_BYTES = 8
_WIDTHS = {"BOOLEAN": 1, "INT32": 8, "INT64": 8, "INT96": 12, "FLOAT": 8, "DOUBLE": 8}
_PLAIN, _PLAIN_DICTIONARY, _RLE, _DELTA_BINARY, _DELTA_LENGTH, _RLE_DICTIONARY, _SPLIT = 0, 2, 3, 5, 6, 8, 9
_FIXED_ENCODINGS = {_PLAIN, _PLAIN_DICTIONARY, _RLE, _DELTA_BINARY, _RLE_DICTIONARY, _SPLIT}
_CODECS = {
    "SNAPPY": "snappy",
    "GZIP": "gzip",
    "BROTLI": "brotli",
    "ZSTD": "zstd",
    "LZ4": "lz4_raw",
    "LZ4_RAW": "lz4_raw",
}
_PAGES_FREE, _BYTES_PER_PAGE = 10_000, 4096


def bound(file: BinaryIO, options: dict[str, Any]) -> int | None:
    """Bound what a Parquet file unpacks to, in bytes; None when it can't be told from its headers.

    Parameters
    ----------
    file
        The file, open for reading.
    options
        How its footer is read.

    Examples
    --------
    >>> import io, tempfile
    >>> with tempfile.TemporaryFile() as file:
    ...     parquet.write_table(pa.table({"kind": ["transfer"] * 100_000}), file)
    ...     bound(file, {}), file.seek(0, 2) < 2000
    (5200000, True)
    """
    try:
        if not _has_small_footer(file):
            return None
        file.seek(0)
        with parquet.ParquetFile(file, **options) as opened:
            size = file.seek(0, os.SEEK_END)
            return sum(_bounds(file.fileno(), opened.metadata, _PAGES_FREE + size // _BYTES_PER_PAGE))
    except (UnclearError, pa.ArrowException, OSError):
        return None


def _has_small_footer(file: BinaryIO) -> bool:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 8))
    tail = file.read(8)
    return tail[4:] == b"PAR1" and int.from_bytes(tail[:4], "little") <= FOOTER_BYTES


def _bounds(handle: int, metadata: parquet.FileMetaData, most: int) -> Iterator[int]:
    """Bound each row group; a file of more pages than ``most`` would take long to walk through."""
    levels = [metadata.schema.column(place) for place in range(metadata.num_columns)]
    if any(one.max_repetition_level or one.max_definition_level > 1 for one in levels):
        raise UnclearError
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        largest, total = 0, group.num_rows * PLACE_BYTES
        for place, column in enumerate(levels):
            chunk = group.column(place)
            if chunk.num_values != group.num_rows or chunk.file_path:
                raise UnclearError
            found = list(islice(pages(handle, chunk), most + 1))
            most -= len(found)
            if most < 0:
                raise UnclearError
            largest += max((max(page.unpacked, page.packed) for page in found), default=0)
            total += _column(handle, chunk, found, column.length)
        if largest > PAGES_BYTES or total > PAGES_BYTES + ROW_BYTES * group.num_rows:
            raise UnclearError
        yield total


def _column(handle: int, chunk: parquet.ColumnChunkMetaData, found: list[Page], length: int) -> int:
    data = [page for page in found if page.kind != DICTIONARY]
    if sum(page.values for page in data) != chunk.num_values or len(found) - len(data) > 1:
        raise UnclearError
    if chunk.physical_type != "BYTE_ARRAY":
        if not {page.encoding for page in data} <= _FIXED_ENCODINGS:
            raise UnclearError
        return chunk.num_values * (_WIDTHS.get(chunk.physical_type) or max(length, 16))
    total, longest = 0, None
    for page in data:
        total += page.values * _VALUE_BYTES
        if page.encoding in (_PLAIN, _DELTA_LENGTH):
            total += page.unpacked
        elif page.encoding in (_PLAIN_DICTIONARY, _RLE_DICTIONARY):
            if longest is None:
                longest = _longest(handle, chunk.compression, found[0])
            total += page.values * longest
        else:
            raise UnclearError
    return total


def _longest(handle: int, codec: str, page: Page) -> int:
    """Bound the longest text of a dictionary."""
    if page.kind != DICTIONARY or max(page.packed, page.unpacked) > PAGES_BYTES:
        raise UnclearError
    if page.unpacked <= _SHORT_BYTES:
        return page.unpacked
    content = os.pread(handle, page.packed, page.start)
    if codec in _CODECS:
        content = pa.Codec(_CODECS[codec]).decompress(content, page.unpacked, asbytes=True)
    elif codec != "UNCOMPRESSED":
        raise UnclearError
    return longest_of(np.frombuffer(content, np.uint8))


def longest_of(texts: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    r"""Find the longest of texts that each stand behind their length (4 bytes, little endian).

    Where each one begins is guessed by the three zero bytes of a length under 256, and then proved: each must begin
    where the one before ends, the first at 0, and the last must end with all.

    Raises
    ------
    UnclearError
        When the guess is wrong: a text is longer, or has zero bytes.

    Examples
    --------
    >>> longest_of(np.frombuffer(b"\x02\0\0\0ab\x03\0\0\0abc", np.uint8))
    3
    """
    zero = texts == 0
    begins = np.flatnonzero(zero[1:-2] & zero[2:-1] & zero[3:])
    # four zeros are the empty text; the byte before them is not one's beginning
    begins = begins[np.diff(begins, append=len(texts)) > 1]
    length = texts[begins].astype(np.int64)
    following = np.append(begins[1:], len(texts))
    if not len(begins) or begins[0] != 0 or (begins + 4 + length != following).any():
        raise UnclearError
    return int(length.max())
