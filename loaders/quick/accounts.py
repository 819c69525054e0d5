"""Which account is this text? Built once over all accounts, asked hundreds of millions of times."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.quick.texts import as_string, is_text, places, texts

UNKNOWN = -1
_WORDS = 8  # ids of the default pattern have at most 64 bytes; longer ones are never found


class AccountIndex:
    """Find the rows of ids in a list of ids; packed into words, they are compared as whole numbers.

    Parameters
    ----------
    ids
        All of them, without nulls; each once.

    Notes
    -----
    A table of 32-bit slots (open addressing, at most half full) and the ids packed into words: 13 to 77 bytes per id.
    Reading it is safe from any number of threads. Texts of more than 64 bytes or with a zero byte at the end are not
    found.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.quick import AccountIndex
    >>> AccountIndex(pa.array(["a1", "a2", "b1"])).codes(pa.array(["b1", None, "c9", "a1"])).tolist()
    [2, -1, -1, 0]
    """

    __slots__ = ("_row_bits", "_slots", "_width", "_words", "ids")

    def __init__(self, ids: pa.StringArray) -> None:
        from loaders.quick.lookup import fill

        self.ids = as_string(ids)
        column = texts(self.ids)
        longest = int(np.diff(column.offsets).max(initial=1))
        self._width = min(max(-(-longest // 8), 1), _WORDS)
        self._row_bits = len(column).bit_length()
        self._words = np.zeros(max(len(column), 1) * self._width, np.uint64)
        self._slots = np.zeros(max(1 << (2 * len(column) - 1).bit_length(), 2), np.uint32)
        fill(column.offsets, column.data, self._width, self._row_bits, self._words, self._slots)

    def __len__(self) -> int:
        return len(self.ids)

    def codes(self, values: pa.Array) -> NDArray[np.int32]:
        """Find the row of each text.

        Parameters
        ----------
        values
            Text of any of Arrow's types, or a dictionary of it; of a dictionary only the words are looked up.

        Returns
        -------
        numpy.ndarray of int32
            Rows of ``ids``; -1 where there is no text or no such id.
        """
        if pa.types.is_dictionary(values.type):
            return self._dictionary_codes(values)
        if not is_text(values.type):
            return np.full(len(values), UNKNOWN, np.int32)
        from loaders.quick.lookup import find

        column = texts(as_string(values))
        out = np.empty(len(column), np.int32)
        find(column.offsets, column.data, self._width, self._row_bits, self._words, self._slots, out)
        if column.valid is not None:
            out[~column.valid] = UNKNOWN
        return out

    def _dictionary_codes(self, values: pa.DictionaryArray) -> NDArray[np.int32]:
        if _same_memory(values.dictionary, self.ids):
            return values.indices.cast(pa.int32()).fill_null(UNKNOWN).to_numpy()
        if len(values.dictionary) > len(values):
            return self.codes(as_string(values))
        return np.append(self.codes(values.dictionary), np.int32(UNKNOWN)).take(places(values))


def _same_memory(one: pa.Array, other: pa.Array) -> bool:
    """Are these the same buffers? Codes into the list of all accounts need no search."""
    if one.type != other.type or len(one) != len(other) or one.offset != other.offset or one.null_count:
        return False
    pairs = zip(one.buffers()[1:], other.buffers()[1:], strict=True)
    return all(a is not None and b is not None and a.address == b.address for a, b in pairs)
