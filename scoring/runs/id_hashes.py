"""Which short number stands for a text, so that a few ids are found among many millions without reading their text?

Candidates only: whoever looks an id up compares the texts afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

MANY = 1 << 18
"""From how many texts on the compiled kernel hashes them; it takes longer to load than fewer take without it."""
_P1, _P2, _P3 = np.uint64(0x9E3779B185EBCA87), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_P4, _P5 = np.uint64(0x85EBCA77C2B2AE63), np.uint64(0x27D4EB2F165667C5)
_PIECE = 65_536
"""Rows hashed at once, so that what lies in between stays in the processor's cache."""
_TAILS = np.array([2 ** (8 * n) - 1 for n in range(9)], np.uint64)


def hash_texts(texts: pa.Array | pa.ChunkedArray) -> NDArray[np.uint32]:
    """Hash texts, eight bytes at a time: the upper half of :func:`loaders.quick.hash_ids`, the same on every machine.

    Parameters
    ----------
    texts : pyarrow array of string
        Without nulls.

    Returns
    -------
    uint32[n]

    Examples
    --------
    >>> found = hash_texts(pa.array(["r1", "r2", "r1"]))
    >>> bool(found[0] == found[2]), bool(found[0] == found[1])
    (True, False)
    """
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    if len(texts) >= MANY:
        from loaders.quick import hash_ids

        return np.concatenate([(hash_ids(chunk) >> np.uint64(32)).astype(np.uint32) for chunk in chunks])
    pieces = [_hashed(chunk.slice(start, _PIECE)) for chunk in chunks for start in range(0, len(chunk), _PIECE)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.uint32)


def _hashed(texts: pa.Array) -> NDArray[np.uint32]:
    plain = texts.cast(pa.large_string())
    _, offsets, data = plain.buffers()
    places = np.frombuffer(offsets, "<i8")[plain.offset : plain.offset + len(plain) + 1]
    first, last = int(places[0]), int(places[-1])
    content = np.zeros(last - first + 8, np.uint8)
    if data is not None:
        content[: last - first] = np.frombuffer(data, np.uint8)[first:last]
    # every eight bytes that begin at any place, as one number
    words: NDArray[np.uint64] = np.ndarray((last - first + 1,), "<u8", content, strides=(1,))
    start, length = places[:-1] - first, np.diff(places)
    mixed: Any = length.astype(np.uint64) + _P5
    for done in range(0, int(length.max(initial=0)), 8):
        more = np.flatnonzero(length > done)
        word = words[start[more] + done] & _TAILS[np.minimum(length[more] - done, 8)]
        mixed[more] = _turned(mixed[more] ^ (_turned(word * _P2, 31) * _P1), 27) * _P1 + _P4
    mixed = (mixed ^ (mixed >> np.uint64(33))) * _P2
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _P3
    return ((mixed ^ (mixed >> np.uint64(32))) >> np.uint64(32)).astype(np.uint32)


def _turned(word: Any, by: int) -> Any:
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))
