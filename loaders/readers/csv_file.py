"""What does a CSV file hold: which well-formed records, and which lines fell out for which reason?"""

from __future__ import annotations

import gzip
import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import BinaryIO

from loaders.contract import RECORD_BYTES, TABLES
from loaders.errors import ContractError, RenmaiError
from loaders.raw import BATCH_ROWS, FOUND_CHARS, Batch, FileFacts, RawFile, Refusal
from loaders.readers import physical
from loaders.readers.csv_block import Fallen, Layout, Records, parsed, records
from loaders.readers.header import contract_columns
from loaders.readers.plain_text import Text, decode, unpacked, unpacked_head
from loaders.readers.source import Source
from loaders.settings import LoadSettings

_WORKERS = 2
_AHEAD = 3


class CsvFile(RawFile):
    """One CSV file, packed or not; its header is read when it is opened, its records when they are asked for."""

    def __init__(self, source: Source, number: int, settings: LoadSettings) -> None:
        with source.open() as file:
            text = Text(unpacked_head(file, source.name) if source.format == "csv.gz" else file, source.name)
        theirs = _header_names(text.header, source.name)
        # a page of text without line end is no table; a line with a name of ours on it was one
        if text.cut and not {*TABLES[source.table].names, *settings.columns.get(source.table, {})}.isdisjoint(theirs):
            text.refuse_cut()
        ours = contract_columns(source.table, theirs, settings, name=source.name)
        super().__init__(number, source.table, source.name, source.format, dict(zip(ours, theirs, strict=True)))
        self._source = source
        self._header = text.header
        self._layout = Layout(tuple(theirs), physical.CRLF if text.crlf else physical.LF)
        self._workers = min(_WORKERS, settings.duckdb_threads)
        self._facts: FileFacts | None = None
        self._digests: set[str] = set()

    def batches(self, part: int | None = None) -> Iterator[Batch]:  # noqa: ARG002 (it has one part)
        """Read the file from front to back: hashed here, judged and parsed by other threads, in order."""
        with ExitStack() as stack:
            file = stack.enter_context(self._source.open())
            stream: BinaryIO = file
            packed = ""
            if self.format == "csv.gz":
                packed = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
                file.seek(0)
                stream = stack.enter_context(unpacked(file, self.name, size))
            text = Text(stream, self.name)
            if text.header != self._header:
                raise ContractError("unreadable", f"{self.name} changed while it was read", file=self.name)
            lines = blank = 0
            refusals: list[Refusal] = []
            for offset, found in _in_order(text.blocks(), self._judge, self._workers):
                yield from _batches(found, self.columns, lines + 2, offset)
                refusals += [self._refusal(fallen, lines + 2, offset) for fallen in found.fallen]
                lines += found.lines
                blank += found.blank
            digest = text.finish()
            self._digests = {digest, packed}
            self._facts = FileFacts(packed or digest, text.bytes, lines, blank, tuple(refusals))

    def facts(self) -> FileFacts:
        """Tell what was read."""
        if self._facts is None:
            raise RenmaiError(f"{self.name} was not read to its end")
        _compare_with_sidecar(self._source, self._facts, self._digests)
        return self._facts

    def originals(self, places: Sequence[tuple[int, int | None]]) -> list[str]:
        """Read lines back by their byte offsets, so that none need be kept."""
        with self._source.open() as file:
            packed = self.format == "csv.gz"
            stream: BinaryIO = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
            found = []
            for _, offset in places:
                stream.seek(offset or 0)
                line = stream.readline(RECORD_BYTES + 2).removesuffix(b"\n").split(b"\r", 1)[0]
                found.append(line[:RECORD_BYTES].decode("utf-8", "replace"))
        return found

    def _judge(self, offset: int, block: bytes) -> Records:
        decode(block, self.name, offset)
        try:
            return records(block, self._layout)
        except RenmaiError as error:
            raise RenmaiError(f"{self.name}: {error}") from error

    def _refusal(self, fallen: Fallen, first: int, offset: int) -> Refusal:
        too_long = fallen.verdict == physical.TOO_LONG
        note = f"longer than {RECORD_BYTES} bytes; its beginning is shown" if too_long else ""
        line, place, reason = first + fallen.index, offset + fallen.start, physical.REASONS[fallen.verdict]
        shown = fallen.text[:FOUND_CHARS]
        return Refusal(self.table, self.number, line, place, "", reason, shown, fallen.text, note)


def read_csv_file(source: Source, number: int, settings: LoadSettings) -> CsvFile:
    """Open one CSV file.

    Parameters
    ----------
    source
        The file.
    number
        Its number among all files of the load.
    settings
        Column names of the input, threads.

    Returns
    -------
    CsvFile

    Raises
    ------
    ContractError
        ``empty_file``, ``encoding``, ``not_plain_csv``, ``header`` or ``truncated``; and while it is read
        ``encoding``, ``truncated``, ``too_large``, ``corrupt`` or ``unreadable``.
    """
    return CsvFile(source, number, settings)


def _in_order(
    blocks: Iterator[tuple[int, bytes]], judge: Callable[[int, bytes], Records], workers: int
) -> Iterator[tuple[int, Records]]:
    """Judge blocks in other threads while the next ones are read; results and errors come in the blocks' order."""
    if workers == 1:
        for offset, block in blocks:
            yield offset, judge(offset, block)
        return
    waiting: deque[tuple[int, Future[Records]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for offset, block in blocks:
                waiting.append((offset, pool.submit(judge, offset, block)))
                if len(waiting) == _AHEAD:
                    place, found = waiting.popleft()
                    yield place, found.result()
        except ContractError:
            # what is wrong with the text further on is told only if nothing before it is wrong
            for _, found in waiting:
                found.result()
            raise
        while waiting:
            place, found = waiting.popleft()
            yield place, found.result()


def _batches(found: Records, columns: Sequence[str], first: int, offset: int) -> Iterator[Batch]:
    for values, index, starts in found.pieces:
        for at in range(0, len(index), BATCH_ROWS):
            end = at + BATCH_ROWS
            texts = [column.chunk(0) for column in values.slice(at, BATCH_ROWS).combine_chunks().columns]
            yield Batch(dict(zip(columns, texts, strict=True)), index[at:end] + first, starts[at:end] + offset)


def _header_names(header: bytes, name: str) -> list[str]:
    verdict = physical.lines(header + b"\n", columns=header.count(b",") + 1, header=b"\n", terminator=physical.LF)
    if not header or verdict.verdict[0] not in (physical.PLAIN, physical.QUOTED, physical.FIELD_COUNT):
        raise ContractError("header", f"{name}: its first line is not a line of column names", file=name)
    names = [f"f{number}" for number in range(header.count(b",") + 1)]
    if verdict.verdict[0] != physical.PLAIN:
        names = names[: _fields(header)]
    values = parsed(header + b"\n", names, quoted=True)
    return [str(column[0]) for column in values.columns]


def _fields(header: bytes) -> int:
    """How many fields a well-formed line with quotes has: its commas outside quotes, and one."""
    return sum(part.count(b",") for part in header.split(b'"')[::2]) + 1


def _compare_with_sidecar(source: Source, facts: FileFacts, digests: set[str]) -> None:
    said = source.sidecar
    if said is None:
        return
    if said.rows not in (facts.records, facts.records - facts.blank):
        detail = f"{source.name} has {facts.records} records; its sidecar says {said.rows}"
        raise ContractError("truncated", detail, file=source.name)
    if said.sha256 not in digests:
        detail = f"{source.name} has another SHA-256 than its sidecar says ({said.sha256})"
        raise ContractError("truncated", detail, file=source.name)
