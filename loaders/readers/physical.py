"""Where does each record of a block of CSV text begin and end, and is it well formed (RFC 4180)?

One record is one physical line: a quoted field may not cross lines. A lone carriage return ends a record too, an odd
one. Lines without quotes are judged by counting commas; lines with quotes by a regular expression in linear time.
Whatever passes can only be read in one way, so the parser behind it has nothing left to guess.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import RECORD_BYTES

LF, CRLF, CR = 0, 1, 2
PLAIN, QUOTED, BLANK, TOO_LONG, NOT_RFC4180, FIELD_COUNT, REPEATED_HEADER = range(7)
REASONS = {
    TOO_LONG: "record_too_long",
    NOT_RFC4180: "not_rfc4180",
    FIELD_COUNT: "field_count",
    REPEATED_HEADER: "repeated_header",
}

_COMMA, _QUOTE, _LF, _CR = 44, 34, 10, 13
_FIELD = r'(?:"(?:[^"]|"")*"|[^",]*)'
_RECORD = rf"^{_FIELD}(?:,{_FIELD})*$"


@dataclass(frozen=True, slots=True)
class Lines:
    """The physical lines of a block: content is ``data[starts:ends]``, ``verdict`` one of the codes of this module."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    verdict: NDArray[np.int8]

    def text(self, index: int, limit: int = RECORD_BYTES) -> str:
        """The content of one line, cut at ``limit`` bytes."""
        start, end = int(self.starts[index]), int(self.ends[index])
        return self.data[start : min(end, start + limit)].tobytes().decode("utf-8", "replace")

    def joined(self, chosen: NDArray[np.bool_]) -> bytes:
        """The chosen lines, each ended by a line feed."""
        if chosen.all() and len(chosen) and self.data[-1] == _LF:
            return self.data.tobytes()
        view = self.data.data
        first = np.flatnonzero(chosen & ~np.concatenate(([False], chosen[:-1])))
        last = np.flatnonzero(chosen & ~np.concatenate((chosen[1:], [False])))
        pieces: list[bytes | memoryview] = []
        for one, other in zip(first.tolist(), last.tolist(), strict=True):
            pieces += (view[self.starts[one] : self.ends[other]], b"\n")
        return b"".join(pieces)


def lines(block: bytes, *, columns: int, header: bytes, terminator: int) -> Lines:
    """Cut a block into physical lines and judge each.

    Parameters
    ----------
    block
        Whole lines of UTF-8 text; it ends with a line feed.
    columns
        How many fields a record must have.
    header
        The header line without quotes, to find where it is repeated.
    terminator
        How the file's first line ends, ``LF`` or ``CRLF``; a record ended otherwise is odd.

    Returns
    -------
    Lines
    """
    data = np.frombuffer(block, np.uint8)
    starts, ends, ending = _cut(data)
    length = ends - starts
    verdict = np.full(len(starts), PLAIN, np.int8)
    commas = _count(data, _COMMA, starts, ends)
    verdict[commas != columns - 1] = FIELD_COUNT
    verdict[_headers(data, starts, length, header)] = REPEATED_HEADER
    quoted = np.flatnonzero(_count(data, _QUOTE, starts, ends) > 0)
    quoted = quoted[length[quoted] <= RECORD_BYTES]
    verdict[quoted] = _judge_quoted(data, starts[quoted], ends[quoted], columns)
    verdict[ending != terminator] = NOT_RFC4180
    verdict[length > RECORD_BYTES] = TOO_LONG
    verdict[length == 0] = BLANK
    return Lines(data, starts, ends, verdict)


def even_lines(block: bytes, *, header: bytes, terminator: int) -> NDArray[np.int64] | None:
    """Where do the lines of a block begin, if nothing in it is odd but perhaps how many fields a line has?

    Parameters
    ----------
    block, header, terminator
        As for :func:`lines`.

    Returns
    -------
    int64[n] or None
        None when the block must be judged line by line: for quotes, other line ends, blank or overlong lines, or where
        the header is repeated.
    """
    if b'"' in block or (b"\r" in block) != (terminator == CRLF):
        return None
    data = np.frombuffer(block, np.uint8)
    feeds = np.flatnonzero(data == _LF)
    ends = feeds
    if terminator == CRLF:
        ends = feeds - 1
        if block.count(b"\r") != len(feeds) or not (data[ends] == _CR).all():
            return None
    starts = np.empty_like(feeds)
    starts[0] = 0
    np.add(feeds[:-1], 1, out=starts[1:])
    length = ends - starts
    if length.min() <= 0 or length.max() > RECORD_BYTES or len(_headers(data, starts, length, header)):
        return None
    return starts


def _cut(data: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    feeds = np.flatnonzero(data == _LF)
    returns = np.flatnonzero(data == _CR)
    lone = returns[data[np.minimum(returns + 1, len(data) - 1)] != _LF] if len(returns) else returns
    stops = np.sort(np.concatenate((feeds, lone))) if len(lone) else feeds
    starts = np.concatenate(([0], stops[:-1] + 1)).astype(np.int64)
    before = data[np.maximum(stops - 1, 0)] == _CR
    crlf = (data[stops] == _LF) & before & (stops > starts)
    ending = np.where(data[stops] == _CR, CR, np.where(crlf, CRLF, LF)).astype(np.int8)
    return starts, stops - crlf, ending


def _count(data: NDArray[np.uint8], byte: int, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    places = np.flatnonzero(data == byte)
    if not len(places):
        return np.zeros(len(starts), np.int64)
    return np.searchsorted(places, ends) - np.searchsorted(places, starts)


def _headers(
    data: NDArray[np.uint8], starts: NDArray[np.int64], length: NDArray[np.int64], header: bytes
) -> NDArray[np.int64]:
    size = len(header)
    near = np.flatnonzero(length == size)
    near = near[(data[starts[near]] == header[0]) & (data[starts[near] + size - 1] == header[-1])]
    same = [index for index in near.tolist() if data[starts[index] : starts[index] + size].tobytes() == header]
    return np.array(same, np.int64)


def _judge_quoted(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], columns: int
) -> NDArray[np.int8]:
    if not len(starts):
        return np.zeros(0, np.int8)
    text = pa.array([data[a:b].tobytes() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)], pa.binary())
    text = text.cast(pa.string())
    grammar = pc.match_substring_regex(text, _RECORD).to_numpy(zero_copy_only=False)
    counted = rf"^{_FIELD}(?:,{_FIELD}){{{columns - 1}}}$"
    fields = pc.match_substring_regex(text, counted).to_numpy(zero_copy_only=False)
    return np.where(~grammar, NOT_RFC4180, np.where(~fields, FIELD_COUNT, QUOTED)).astype(np.int8)
