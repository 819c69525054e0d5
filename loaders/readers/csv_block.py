"""Which records does a block of CSV text hold, and which of its lines fell out for which reason?

The text is judged before it is parsed; the parser (pyarrow) sees only lines that can be read in one way, every column
as text, nothing as null.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from loaders.contract import RECORD_BYTES
from loaders.errors import RenmaiError
from loaders.readers import physical

_OVERLONG_CHARS = 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """What all blocks of a file share: its column names as they stand in it, and how its lines end."""

    names: tuple[str, ...]
    terminator: int

    @property
    def header(self) -> bytes:
        """The header line without quotes."""
        return ",".join(self.names).encode()


@dataclass(frozen=True, slots=True)
class Fallen:
    """A line that is no record: its index and byte in the block, one of the verdicts of `physical`, its text."""

    index: int
    start: int
    verdict: int
    text: str


@dataclass(slots=True)
class Records:
    """What a block holds.

    Attributes
    ----------
    lines, blank
        How many physical lines it has, and how many of them are blank.
    pieces
        The records: their columns as text, the index of each one's line, the byte where it begins in the block.
    fallen
        The lines that are no records.
    """

    lines: int
    blank: int = 0
    pieces: list[tuple[pa.Table, NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=list)
    fallen: list[Fallen] = field(default_factory=list)


def records(block: bytes, layout: Layout) -> Records:
    r"""Read one block of whole lines.

    Parameters
    ----------
    block
        UTF-8 text that ends with a line feed.
    layout
        The columns and line ends of its file.

    Examples
    --------
    >>> found = records(b"CNY,1\n\nUSD\n", Layout(("currency", "rate"), physical.LF))
    >>> found.lines, found.blank, found.pieces[0][0].to_pylist(), found.fallen[0].text
    (3, 1, [{'currency': 'CNY', 'rate': '1'}], 'USD')
    """
    starts = physical.even_lines(block, header=layout.header, terminator=layout.terminator)
    if starts is not None:
        # nearly every block: the parser itself finds a line with another number of fields
        values = _understood(block, layout.names)
        if values is not None and values.num_rows == len(starts):
            return Records(len(starts), pieces=[(values, np.arange(len(starts)), starts)])
    return _judged(block, layout)


def _judged(block: bytes, layout: Layout) -> Records:
    """Read a block line by line: something in it is odd."""
    cut = physical.lines(block, columns=len(layout.names), header=layout.header, terminator=layout.terminator)
    found = Records(len(cut.starts), int((cut.verdict == physical.BLANK).sum()))
    for verdict in (physical.PLAIN, physical.QUOTED):
        chosen = cut.verdict == verdict
        if chosen.any():
            _parse(found, cut, chosen, layout, quoted=verdict == physical.QUOTED)
    for index in np.flatnonzero(cut.verdict > physical.BLANK).tolist():
        found.fallen.append(_fallen(cut, index, int(cut.verdict[index])))
    return found


def _parse(found: Records, cut: physical.Lines, chosen: NDArray[np.bool_], layout: Layout, *, quoted: bool) -> None:
    values = parsed(cut.joined(chosen), layout.names, quoted=quoted)
    index = np.flatnonzero(chosen)
    if values.num_rows != len(index):
        raise RenmaiError(f"{len(index)} records were parsed as {values.num_rows}")
    if quoted:
        header = _equal_to(values, layout.names)
        found.fallen += [_fallen(cut, index, physical.REPEATED_HEADER) for index in index[header].tolist()]
        values, index = values.filter(pa.array(~header)), index[~header]
    found.pieces.append((values, index, cut.starts[index]))


def _fallen(cut: physical.Lines, index: int, verdict: int) -> Fallen:
    limit = _OVERLONG_CHARS if verdict == physical.TOO_LONG else RECORD_BYTES
    return Fallen(index, int(cut.starts[index]), verdict, cut.text(index, limit))


def parsed(text: bytes, columns: Sequence[str], *, quoted: bool) -> pa.Table:
    """Parse lines that are well formed, every column as text.

    Raises
    ------
    RenmaiError
        When the parser sees them otherwise.
    """
    values = _understood(text, columns, quoted=quoted)
    if values is None:
        # the parser's own words quote the record, so they are not passed on
        raise RenmaiError("well-formed records were not understood by the parser")
    return values


def _understood(text: bytes, columns: Sequence[str], *, quoted: bool = False) -> pa.Table | None:
    types = {name: pa.string() for name in columns}
    convert = csv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[], check_utf8=False)
    read = csv.ReadOptions(column_names=list(columns), block_size=len(text) + 1, use_threads=False)
    quote: str | bool = '"' if quoted else False
    options = csv.ParseOptions(quote_char=quote, double_quote=quoted, escape_char=False, ignore_empty_lines=False)
    try:
        return csv.read_csv(pa.BufferReader(text), read, options, convert)
    except pa.ArrowInvalid:
        return None


def _equal_to(values: pa.Table, names: Sequence[str]) -> NDArray[np.bool_]:
    same = np.ones(values.num_rows, np.bool_)
    for column, name in zip(values.columns, names, strict=True):
        same &= pc.equal(column, name).to_numpy()
    return same
