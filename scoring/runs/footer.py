"""What does the end of a Parquet file say, and how is it written? Thrift's compact protocol, there and back.

A footer is read into plain lists and written again byte for byte: a field is ``[id, type, value]``, a struct a list of
fields, a list ``[type, values]``. Nothing of it need be understood to be kept.
"""

from __future__ import annotations

from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
_WHOLE = (I16, I32, I64)
Struct = list[list[Any]]


def read_struct(data: bytes) -> Struct:
    """Read a struct from its beginning.

    Examples
    --------
    >>> read_struct(bytes([0x15, 0x04, 0x18, 0x02, 0x61, 0x62, 0x00]))
    [[1, 5, 2], [2, 8, b'ab']]
    """
    return _Reader(data).struct()


def write_struct(fields: Struct) -> bytes:
    """Write a struct.

    Examples
    --------
    >>> write_struct([[1, I32, 2], [2, BINARY, b"ab"]]).hex()
    '15041802616200'
    """
    out = bytearray()
    _struct(out, fields)
    return bytes(out)


def value_of(fields: Struct, number: int) -> Any:
    """Give the value of a field; None when it is not there."""
    return next((value for found, _, value in fields if found == number), None)


def set_value(fields: Struct, number: int, value: Any) -> None:
    """Give a field that is there another value."""
    for field in fields:
        if field[0] == number:
            field[2] = value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def struct(self) -> Struct:
        fields: Struct = []
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            fields.append([number, head & 15, self._value(head & 15)])
        return fields

    def _value(self, kind: int) -> Any:
        if kind in (TRUE, FALSE):
            return kind == TRUE
        if kind in _WHOLE:
            return self._zigzag()
        if kind == STRUCT:
            return self.struct()
        if kind in (LIST, SET):
            return self._list()
        if kind not in (BYTE, DOUBLE, BINARY):
            raise ValueError(f"type {kind} is not expected in a footer of Parquet")
        size = {BYTE: 1, DOUBLE: 8}.get(kind) or (self._varint() if kind == BINARY else 0)
        self.at += size
        return self.data[self.at - size : self.at]

    def _list(self) -> list[Any]:
        head = self._byte()
        size, kind = head >> 4, head & 15
        size = self._varint() if size == 15 else size
        if kind in (TRUE, FALSE):
            return [kind, [self._byte() for _ in range(size)]]
        return [kind, [self._value(kind) for _ in range(size)]]

    def _byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._byte()
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7

    def _zigzag(self) -> int:
        found = self._varint()
        return (found >> 1) ^ -(found & 1)


def _struct(out: bytearray, fields: Struct) -> None:
    last = 0
    for number, kind, value in fields:
        if kind in (TRUE, FALSE):
            kind = TRUE if value else FALSE
        if 0 < number - last < 16:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            _varint(out, number << 1)
        last = number
        _value(out, kind, value)
    out.append(0)


def _value(out: bytearray, kind: int, value: Any) -> None:
    if kind in _WHOLE:
        _varint(out, (value << 1) if value >= 0 else ((-value << 1) - 1))
    elif kind == STRUCT:
        _struct(out, value)
    elif kind in (LIST, SET):
        _list(out, *value)
    elif kind == BINARY:
        _varint(out, len(value))
        out += value
    elif kind in (BYTE, DOUBLE):
        out += value


def _list(out: bytearray, kind: int, values: list[Any]) -> None:
    size = len(values)
    out.append(min(size, 15) << 4 | kind)
    if size >= 15:
        _varint(out, size)
    for value in values:
        if kind in (TRUE, FALSE):
            out.append(value)
        else:
            _value(out, kind, value)


def _varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
