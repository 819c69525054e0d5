"""What does a CSV file hold: which well-formed records, and which lines fell out for which reason?

The text is judged before it is parsed; the parser (pyarrow) sees only lines that can be read in one way, every column
as text, nothing as null.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from loaders.contract import RECORD_BYTES, TABLES
from loaders.errors import ContractError, RenmaiError
from loaders.raw import FILE, FOUND_CHARS, LINE, MINOR, OFFSET, PLACE_FIELDS, RawFile, Refusal
from loaders.readers import physical
from loaders.readers.header import contract_columns
from loaders.readers.plain_text import Text, unpacked
from loaders.readers.source import Source
from loaders.settings import LoadSettings

_OVERLONG_CHARS = 1000


def read_csv_file(source: Source, number: int, settings: LoadSettings) -> RawFile:
    """Read one CSV file as text.

    Parameters
    ----------
    source
        The file.
    number
        Its number among all files of the load.
    settings
        Column names of the input.

    Returns
    -------
    RawFile

    Raises
    ------
    ContractError
        ``empty_file``, ``encoding``, ``not_plain_csv``, ``header``, ``truncated``, ``too_large``, ``corrupt``
        or ``unreadable``.
    """
    with source.open() as file:
        packed = ""
        stream: BinaryIO = file
        if source.format == "csv.gz":
            packed = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            stream = unpacked(file, source.name, size)
        with stream:
            text = Text(stream, source.name)
            reader = _Reader(source, number, settings, text)
            for offset, block in text.blocks():
                reader.add(offset, block)
        digest = text.finish()
    _compare_with_sidecar(source, reader.records, reader.blank, {digest, packed})
    return RawFile(
        number=number,
        table=source.table,
        name=source.name,
        sha256=packed or digest,
        bytes=text.bytes,
        format=source.format,
        rows=reader.rows(),
        records=reader.records,
        blank=reader.blank,
        names=reader.names,
        refusals=reader.refusals,
    )


class _Reader:
    """Collects the records of one file, block by block."""

    def __init__(self, source: Source, number: int, settings: LoadSettings, text: Text) -> None:
        self.source = source
        self.number = number
        self.terminator = physical.CRLF if text.crlf else physical.LF
        theirs = _header_names(text.header, source.name)
        # a page of text without line end is no table; a line with a name of ours on it was one
        if text.cut and not {*TABLES[source.table].names, *settings.columns.get(source.table, {})}.isdisjoint(theirs):
            text.refuse_cut()
        self.ours = contract_columns(source.table, theirs, settings, name=source.name)
        self.names = dict(zip(self.ours, theirs, strict=True))
        self.theirs = theirs
        self.plain_header = ",".join(theirs).encode()
        self.records = self.blank = 0
        self.refusals: list[Refusal] = []
        self.tables: list[pa.Table] = []

    def add(self, offset: int, block: bytes) -> None:
        """Read one block that begins at a byte offset."""
        found = physical.lines(block, columns=len(self.ours), header=self.plain_header, terminator=self.terminator)
        first_line = self.records + 2
        self.records += len(found.starts)
        self.blank += int((found.verdict == physical.BLANK).sum())
        for verdict in (physical.PLAIN, physical.QUOTED):
            chosen = found.verdict == verdict
            if chosen.any():
                self._parse(found, chosen, first_line, offset, quoted=verdict == physical.QUOTED)
        for index in np.flatnonzero(found.verdict > physical.BLANK).tolist():
            self._refuse(found, index, int(found.verdict[index]), first_line + index, offset)

    def rows(self) -> pa.Table:
        """All well-formed records: place fields, then the columns of the contract."""
        schema = pa.schema([*PLACE_FIELDS, *((name, pa.string()) for name in self.ours)])
        return pa.concat_tables([schema.empty_table(), *self.tables])

    def _parse(
        self, found: physical.Lines, chosen: NDArray[np.bool_], first_line: int, offset: int, *, quoted: bool
    ) -> None:
        values = _parsed(found.joined(chosen), self.ours, quoted=quoted)
        index = np.flatnonzero(chosen)
        if values.num_rows != len(index):
            raise RenmaiError(f"{self.source.name}: {len(index)} records were parsed as {values.num_rows}")
        if quoted:
            header = _equal_to(values, self.theirs)
            for row in np.flatnonzero(header).tolist():
                line = int(index[row])
                self._refuse(found, line, physical.REPEATED_HEADER, first_line + line, offset)
            values, index = values.filter(pa.array(~header)), index[~header]
        places = {
            FILE: pa.array(np.full(len(index), self.number, np.int32)),
            LINE: pa.array(index + first_line),
            OFFSET: pa.array(found.starts[index] + offset),
            MINOR: pa.array(np.full(len(index), "amount_minor" in self.ours)),
        }
        self.tables.append(pa.table({**places, **{name: values[name] for name in self.ours}}))

    def _refuse(self, found: physical.Lines, index: int, verdict: int, line: int, offset: int) -> None:
        too_long = verdict == physical.TOO_LONG
        original = found.text(index, _OVERLONG_CHARS if too_long else RECORD_BYTES)
        note = f"longer than {RECORD_BYTES} bytes; its beginning is shown" if too_long else ""
        place = offset + int(found.starts[index])
        shown = original[:FOUND_CHARS]
        reason = physical.REASONS[verdict]
        self.refusals.append(Refusal(self.source.table, self.number, line, place, "", reason, shown, original, note))


def _header_names(header: bytes, name: str) -> list[str]:
    verdict = physical.lines(header + b"\n", columns=header.count(b",") + 1, header=b"\n", terminator=physical.LF)
    if not header or verdict.verdict[0] not in (physical.PLAIN, physical.QUOTED, physical.FIELD_COUNT):
        raise ContractError("header", f"{name}: its first line is not a line of column names", file=name)
    names = [f"f{number}" for number in range(header.count(b",") + 1)]
    if verdict.verdict[0] != physical.PLAIN:
        names = names[: _fields(header)]
    parsed = _parsed(header + b"\n", names, quoted=True)
    return [str(column[0]) for column in parsed.columns]


def _fields(header: bytes) -> int:
    """How many fields a well-formed line with quotes has: its commas outside quotes, and one."""
    return sum(part.count(b",") for part in header.split(b'"')[::2]) + 1


def _parse_options(*, quoted: bool) -> csv.ParseOptions:
    quote: str | bool = '"' if quoted else False
    return csv.ParseOptions(quote_char=quote, double_quote=quoted, escape_char=False, ignore_empty_lines=False)


def _parsed(text: bytes, columns: list[str], *, quoted: bool) -> pa.Table:
    types = {name: pa.string() for name in columns}
    convert = csv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[], check_utf8=False)
    read = csv.ReadOptions(column_names=columns, block_size=4 * 1024 * 1024)
    try:
        return csv.read_csv(pa.BufferReader(text), read, _parse_options(quoted=quoted), convert)
    except pa.ArrowInvalid:
        # its text quotes the record, so it is not passed on
        raise RenmaiError("well-formed records were not understood by the parser") from None


def _equal_to(values: pa.Table, names: list[str]) -> NDArray[np.bool_]:
    same = np.ones(values.num_rows, np.bool_)
    for column, name in zip(values.columns, names, strict=True):
        same &= pc.equal(column, name).to_numpy()
    return same


def _compare_with_sidecar(source: Source, records: int, blank: int, digests: set[str]) -> None:
    said = source.sidecar
    if said is None:
        return
    if said.rows not in (records, records - blank):
        detail = f"{source.name} has {records} records; its sidecar says {said.rows}"
        raise ContractError("truncated", detail, file=source.name)
    if said.sha256 not in digests:
        detail = f"{source.name} has another SHA-256 than its sidecar says ({said.sha256})"
        raise ContractError("truncated", detail, file=source.name)


def original_lines(source: Source, offsets: list[int]) -> list[str]:
    """Read lines of a CSV file back, by their ascending byte offsets in its text, so that none need be kept."""
    with source.open() as file:
        stream: BinaryIO = gzip.GzipFile(fileobj=file) if source.format == "csv.gz" else file  # type: ignore[assignment]
        found = []
        for offset in offsets:
            stream.seek(offset)
            line = stream.readline(RECORD_BYTES + 2).removesuffix(b"\n").split(b"\r", 1)[0]
            found.append(line[:RECORD_BYTES].decode("utf-8", "replace"))
    return found
