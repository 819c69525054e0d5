"""In which order do ids come, by their bytes?

Eight bytes at a time as one whole number, so that sorting compares numbers; only ids that begin alike are looked at
again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

WORD = 8
"""Bytes compared at a time."""
KEPT = np.array([((1 << 8 * kept) - 1) << 8 * (WORD - kept) for kept in range(WORD + 1)], dtype=np.uint64)
"""What remains of a word of which only the first bytes belong to the id."""


def by_bytes(ids: pa.StringArray) -> NDArray[np.int64]:
    """Which id comes first, second, …? Equal ids in any order.

    Parameters
    ----------
    ids
        Texts without nulls and without the character NUL.

    Returns
    -------
    int64[n]
        Positions in ``ids``.

    Examples
    --------
    >>> by_bytes(pa.array(["b", "a10", "a1", "account-2", "account-10"])).tolist()
    [2, 1, 4, 3, 0]
    """
    begin, size, words = _laid_out(ids)
    order = np.arange(len(ids))
    # Places whose order is still open, and the run of equal beginnings that each belongs to.
    places, run = order.copy(), np.zeros(len(ids), dtype=np.int64)
    done = 0
    while len(places):
        rows = order[places]
        word = words[np.minimum(begin[rows] + done, len(words) - 1)].astype(np.uint64)
        word &= KEPT[np.clip(size[rows] - done, 0, WORD)]
        if int(word.min()) != int(word.max()):
            inside = np.argsort(word) if run[0] == run[-1] else np.lexsort((word, run))
            order[places], word = rows[inside], word[inside]
        done += WORD
        new = np.append(True, (word[1:] != word[:-1]) | (run[1:] != run[:-1]))
        again = (np.append(~new[1:], False) | ~new) & (size[order[places]] > done).any()
        run, places = np.cumsum(new)[again], places[again]
    return order


def _laid_out(ids: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    """Where each id begins, how long it is, and the eight bytes from any place on."""
    kind = np.int64 if pa.types.is_large_string(ids.type) else np.int32
    if not len(ids):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(1, ">u8")
    _, ends, data = ids.buffers()
    offsets = np.frombuffer(ends, kind)[ids.offset : ids.offset + len(ids) + 1].astype(np.int64)
    text = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]] if data else np.zeros(0, np.uint8)
    padded = np.append(text, np.zeros(WORD, np.uint8))
    words: NDArray[Any] = np.ndarray((len(padded) - WORD + 1,), ">u8", padded, strides=(1,))
    return offsets[:-1] - offsets[0], np.diff(offsets), words
