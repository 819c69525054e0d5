"""Where do the bytes of a text column lie? One layout for the kernels, whatever Arrow calls the column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_NOTHING = np.zeros(0, np.uint8)
_NOTHING.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Texts:
    """Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``; where ``valid`` (None: everywhere) is false there is none."""

    offsets: NDArray[np.int32]
    data: NDArray[np.uint8]
    valid: NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.offsets) - 1


def is_text(kind: pa.DataType) -> bool:
    """Is this one of Arrow's types of text?"""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def as_string(values: pa.Array) -> pa.StringArray:
    """The same texts as Arrow's plain ``string``; dictionaries are laid out.

    Raises
    ------
    pyarrow.ArrowInvalid
        When they have more than 2 GiB.
    """
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    return values if pa.types.is_string(values.type) else values.cast(pa.string())


def texts(values: pa.StringArray) -> Texts:
    """Look at the buffers of a text column; nothing is copied.

    Examples
    --------
    >>> import pyarrow as pa
    >>> found = texts(pa.array(["one", None, "three"])[1:])
    >>> found.offsets.tolist(), found.valid.tolist()
    ([3, 3, 8], [False, True])
    """
    _, offsets, data = values.buffers()
    places = np.zeros(1, np.int32) if offsets is None else np.frombuffer(offsets, np.int32)
    found = places[values.offset : values.offset + len(values) + 1]
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else _NOTHING
    return Texts(_locked(found), _locked(raw), valid(values))


def _locked(array: NDArray[Any]) -> NDArray[Any]:
    """Arrow's buffers are writable or not as they came; a kernel compiled for one kind only compiles once."""
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def valid(values: pa.Array) -> NDArray[np.bool_] | None:
    """Where is a column not null? None where nothing is.

    Examples
    --------
    >>> import pyarrow as pa
    >>> valid(pa.array([1, None, 3, None])[1:]).tolist()
    [False, True, False]
    """
    if not values.null_count:
        return None
    bits = values.buffers()[0]
    if bits is None:
        return np.zeros(len(values), np.bool_)
    first, last = values.offset // 8, (values.offset + len(values) + 7) // 8
    flags = np.unpackbits(np.frombuffer(bits, np.uint8)[first:last], bitorder="little")
    return flags[values.offset - first * 8 :][: len(values)].view(np.bool_)


def places(values: pa.DictionaryArray) -> NDArray[np.int32]:
    """Where in its dictionary is each value? Behind its end where there is none.

    Examples
    --------
    >>> import pyarrow as pa
    >>> places(pa.array(["b", None, "a", "b"]).dictionary_encode()).tolist()
    [0, 2, 1, 0]
    """
    return values.indices.cast(pa.int32()).fill_null(len(values.dictionary)).to_numpy()


def without(values: pa.StringArray, blank: NDArray[np.bool_]) -> pa.StringArray:
    """The same texts, null where they are blank; only the bits that say so are new."""
    if not blank.any():
        return values
    _, offsets, data = values.buffers()
    bits = pa.py_buffer(np.packbits(~blank, bitorder="little"))
    if values.offset:
        start = values.offset * 4
        offsets = offsets.slice(start, (len(values) + 1) * 4)
    return pa.StringArray.from_buffers(len(values), offsets, data, bits, int(blank.sum()))


def nullable(values: NDArray[Any], kind: pa.DataType, blank: NDArray[np.bool_]) -> pa.Array:
    """Numbers as a column of a type, null where they are blank; only the bits that say so are new.

    Examples
    --------
    >>> import numpy as np
    >>> import pyarrow as pa
    >>> nullable(np.array([1, 2]), pa.int64(), np.array([False, True])).to_pylist()
    [1, None]
    """
    if not blank.any():
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)], 0)
    bits = pa.py_buffer(np.packbits(~blank, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)])
