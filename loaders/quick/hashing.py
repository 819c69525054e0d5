"""Which ids may be the same? Equal texts have equal hashes; unequal ones almost never."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.quick.texts import as_string, places, texts


def hash_ids(values: pa.Array) -> NDArray[np.uint64]:
    """Hash each text of a column to 64 bits, the same on every machine and whatever the column's layout.

    Parameters
    ----------
    values
        ``string``, ``large_string``, ``string_view`` or a dictionary of one of them.

    Returns
    -------
    numpy.ndarray of uint64
        0 where there is no text.

    Notes
    -----
    Rounds and finish of XXH64 (Yann Collet) over words of eight bytes. Equal hashes make candidates; whether two ids
    are the same their texts say.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.quick import hash_ids
    >>> one, other = pa.array(["a1", "a2", None]), pa.array(["a2", "a1"]).dictionary_encode()
    >>> hash_ids(one)[:2].tolist() == hash_ids(other)[::-1].tolist(), int(hash_ids(one)[2])
    (True, 0)
    """
    if pa.types.is_dictionary(values.type) and len(values.dictionary) <= len(values):
        return np.append(hash_ids(values.dictionary), np.uint64(0)).take(places(values))
    from loaders.quick.lookup import hashes

    column = texts(as_string(values))
    out = np.empty(len(column), np.uint64)
    hashes(column.offsets, column.data, out)
    if column.valid is not None:
        out[~column.valid] = 0
    return out
