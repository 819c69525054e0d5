"""Which row of a list of ids is each of these texts, and what is its hash? Compiled loops over Arrow's buffers.

Text ``i`` of a column is ``data[offsets[i]:offsets[i + 1]]``. Ids are packed into words of eight bytes, zeros behind
their ends. A slot of the table holds a piece of the hash above the row's number from 1, 0 is free; the next slot is
tried where one is taken (linear probing).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic

Array = np.ndarray[Any, Any]

UNKNOWN = -1
_BLOCK = 512
_SLOT_BITS = 32
_NO_TEXT = np.uint64(2**64 - 1)  # no UTF-8 has such bytes
_P1 = np.uint64(0x9E3779B185EBCA87)
_P2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P3 = np.uint64(0x165667B19E3779F9)
_P4 = np.uint64(0x85EBCA77C2B2AE63)
_P5 = np.uint64(0x27D4EB2F165667C5)


def _loading(_: Any, data: Any, at: Any) -> Any:  # noqa: ARG001 (numba asks for its name)
    """Eight bytes from any place: one instruction, where joining single bytes takes eight."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]], source_etype=ir.IntType(8))
        return builder.load(place, align=1, typ=ir.IntType(64))

    return types.uint64(data, types.int64), generate


_load: Any = intrinsic(_loading)


@njit(inline="always")
def _word(data: Array, at: int, size: int) -> Any:
    """The next up to eight bytes of a text as one number, zeros behind its end."""
    if at + 8 <= len(data):
        eight = _load(data, at)
        return eight if size >= 8 else eight & ((np.uint64(1) << np.uint64(8 * size)) - np.uint64(1))
    some = np.uint64(0)
    for k in range(min(size, 8)):
        some |= np.uint64(data[at + k]) << np.uint64(8 * k)
    return some


@njit(inline="always")
def _turned(word: Any, by: int) -> Any:
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))


@njit(inline="always")
def _mixed(data: Array, start: int, end: int) -> Any:
    """Mix a text into 64 bits: the rounds and the finish of XXH64 over words of eight bytes, the last one padded."""
    mixed = _P5 + np.uint64(end - start)
    at = start
    while at < end:
        mixed ^= _turned(_word(data, at, end - at) * _P2, 31) * _P1
        mixed = _turned(mixed, 27) * _P1 + _P4
        at += 8
    mixed = (mixed ^ (mixed >> np.uint64(33))) * _P2
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _P3
    return mixed ^ (mixed >> np.uint64(32))


@njit(cache=True, nogil=True)
def hashes(offsets: Array, data: Array, out: Array) -> None:
    """Hash every text."""
    for i in range(len(out)):
        out[i] = _mixed(data, int(offsets[i]), int(offsets[i + 1]))


@njit(inline="always")
def _packed(data: Array, start: int, end: int, width: int, words: Array, place: int) -> Any:
    """Lay a text down as ``width`` words and hash them; what they can't tell apart becomes ``_NO_TEXT``."""
    mixed = np.uint64(0)
    fits = end - start <= 8 * width and (end == start or data[end - 1] != 0)
    at = start
    for k in range(place, place + width):
        words[k] = (_word(data, at, end - at) if at < end else np.uint64(0)) if fits else _NO_TEXT
        mixed = (_turned(mixed, 29) ^ words[k]) * _P1
        at += 8
    return (mixed ^ (mixed >> np.uint64(32))) * _P2


@njit(cache=True, nogil=True)
def fill(offsets: Array, data: Array, width: int, row_bits: int, words: Array, slots: Array) -> None:
    """Pack all ids and give each a slot, in their order."""
    mask = np.uint64(len(slots) - 1)
    shift = np.uint64(64 - _SLOT_BITS + row_bits)
    for i in range(len(offsets) - 1):
        mixed = _packed(data, int(offsets[i]), int(offsets[i + 1]), width, words, i * width)
        if words[i * width] == _NO_TEXT:
            continue
        slot = (mixed >> np.uint64(20)) & mask
        while slots[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = ((mixed >> shift) << np.uint64(row_bits)) | np.uint64(i + 1)


@njit(inline="always")
def _same(words: Array, place: int, others: Array, other: int, width: int) -> bool:
    """Are these the same words?"""
    unlike = np.uint64(0)
    for k in range(width):
        unlike |= words[place + k] ^ others[other + k]
    return unlike == 0


@njit(cache=True, nogil=True)
def find(offsets: Array, data: Array, width: int, row_bits: int, words: Array, slots: Array, out: Array) -> None:
    """Find the row of every text, ``UNKNOWN`` where there is none.

    In steps over small blocks, so that the waits for memory of many texts overlap instead of following each other.
    """
    mask = np.uint64(len(slots) - 1)
    shift = np.uint64(64 - _SLOT_BITS + row_bits)
    rows = np.uint32((1 << row_bits) - 1)
    asked: Array = np.empty(_BLOCK * width, np.uint64)
    mixed: Array = np.empty(_BLOCK, np.uint64)
    taken: Array = np.empty(_BLOCK, np.uint32)
    for begin in range(0, len(out), _BLOCK):
        size = min(_BLOCK, len(out) - begin)
        for i in range(size):
            start, end = int(offsets[begin + i]), int(offsets[begin + i + 1])
            mixed[i] = _packed(data, start, end, width, asked, i * width)
        for i in range(size):
            taken[i] = slots[(mixed[i] >> np.uint64(20)) & mask]
        for i in range(size):
            row = max(int(taken[i] & rows) - 1, 0)
            same = _same(words, row * width, asked, i * width, width)
            out[begin + i] = row if same and taken[i] != 0 else UNKNOWN
        for i in range(size):
            if out[begin + i] != UNKNOWN or taken[i] == 0 or asked[i * width] == _NO_TEXT:
                continue
            slot = (mixed[i] >> np.uint64(20)) & mask
            while slots[slot] != 0:
                row = int(slots[slot] & rows) - 1
                piece = np.uint64(slots[slot] >> np.uint32(row_bits))
                if piece == mixed[i] >> shift and _same(words, row * width, asked, i * width, width):
                    out[begin + i] = row
                    break
                slot = (slot + np.uint64(1)) & mask
