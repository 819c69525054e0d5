"""What does a Parquet file hold, read by its own types?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from loaders.contract import RECORD_BYTES, TABLES
from loaders.errors import ContractError
from loaders.raw import BATCH_ROWS, Batch, FileFacts, RawFile
from loaders.readers.frames import as_json
from loaders.readers.header import contract_columns
from loaders.readers.parquet_safety import OPTIONS, corrupt
from loaders.readers.probe import BATCH_ROWS as PROBED_ROWS
from loaders.readers.source import Source
from loaders.settings import LoadSettings

_READ_BYTES = 1024 * 1024
PART_ROWS = 2 * BATCH_ROWS
"""Row groups are put together to units of at least this many rows."""


class ParquetFile(RawFile):
    """One Parquet file; `loaders.readers.parquet_safety` has let it through."""

    def __init__(self, source: Source, number: int, settings: LoadSettings) -> None:
        with source.open() as file, _opened(source, file) as opened:
            self._metadata = opened.metadata
            theirs = opened.schema_arrow.names
            flat = [field.name for field in opened.schema_arrow if pa.types.is_string(field.type)]
        ours = contract_columns(source.table, theirs, settings, name=source.name, reason="schema")
        super().__init__(number, source.table, source.name, "parquet", dict(zip(ours, theirs, strict=True)))
        self._source = source
        # few words many times: as a dictionary they are neither written out nor judged again and again
        words = [our for our in ours if TABLES[source.table].column(our).type in ("kind", "currency", "flag")]
        whole = _without_deltas(self._metadata)
        self._words = [self.names[our] for our in words if self.names[our] in flat and self.names[our] in whole]
        self._units = list(_units(self._metadata))
        self.parts = len(self._units)
        self._records = [0] * self.parts
        self._rows = BATCH_ROWS if source.even else PROBED_ROWS
        self._digest, self._bytes = "", 0

    def batches(self, part: int | None = None) -> Iterator[Batch]:
        """Read the row groups of one part, or of all; the file is summed up with the first part."""
        for one in range(self.parts) if part is None else (part,):
            yield from self._part(one)

    def facts(self) -> FileFacts:
        """Tell what was read."""
        records, said = sum(self._records), self._source.sidecar
        if said is not None and said.rows != records:
            detail = f"{self.name} has {records} records; its sidecar says {said.rows}"
            raise ContractError("truncated", detail, file=self.name)
        return FileFacts(self._digest, self._bytes, records, 0)

    def originals(self, places: Sequence[tuple[int, int | None]]) -> list[str]:
        """Read single rows again, and tell them as JSON, every value as text."""
        lines = np.array([line for line, _ in places], np.int64)
        found: list[str] = []
        for groups, first, rows in self._units:
            wanted = lines[(lines >= first) & (lines < first + rows)]
            if len(wanted):
                for batch in self._read(groups, first):
                    found += as_json(self, self.text(batch, np.isin(batch.line, wanted)))
        return found

    def _part(self, part: int) -> Iterator[Batch]:
        if part == 0:
            with self._source.open() as file:
                self._digest = hashlib.file_digest(file, "sha256").hexdigest()
                self._bytes = file.tell()
        groups, first, rows = self._units[part]
        for batch in self._read(groups, first):
            self._records[part] += len(batch)
            yield batch
        if self._records[part] != rows:
            raise corrupt(self._source, f"its row groups {groups[0]} to {groups[-1]} do not have {rows} rows")

    def _read(self, groups: Sequence[int], first: int) -> Iterator[Batch]:
        options: dict[str, Any] = {"metadata": self._metadata, "read_dictionary": self._words}
        # piece by piece: a row group may be the whole of a large file
        options |= {"pre_buffer": False, "buffer_size": _READ_BYTES}
        try:
            with self._source.open() as file, _opened(self._source, file, **options) as opened:
                # the gate reads several parts at the same time, so that each of them needs one thread only
                for piece in opened.iter_batches(batch_size=self._rows, row_groups=groups, use_threads=False):
                    columns = dict(zip(self.columns, piece.columns, strict=True))
                    self._refuse_long(columns)
                    yield Batch(columns, range(first, first + piece.num_rows))
                    first += piece.num_rows
        except (pa.ArrowException, OSError) as error:
            raise corrupt(self._source, str(error)) from error

    def _refuse_long(self, columns: dict[str, pa.Array]) -> None:
        for our, values in columns.items():
            texts = values.dictionary if pa.types.is_dictionary(values.type) else values
            if pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type):
                longest = pc.max(pc.binary_length(texts)).as_py() or 0
                if longest > RECORD_BYTES:
                    detail = f"{self.name}: column '{self.names[our][:60]}' has a value of {longest} bytes"
                    raise ContractError("too_large", f"{detail}; allowed are {RECORD_BYTES}", file=self.name)


def read_parquet_file(source: Source, number: int, settings: LoadSettings) -> ParquetFile:
    """Open one Parquet file; `loaders.readers.parquet_safety` has let it through.

    Parameters
    ----------
    source
        The file.
    number
        Its number among all files of the load.
    settings
        Column names of the input, integer ids.

    Returns
    -------
    ParquetFile
    """
    return ParquetFile(source, number, settings)


def _opened(source: Source, file: Any, **options: Any) -> parquet.ParquetFile:
    try:
        return parquet.ParquetFile(file, **OPTIONS, **options)
    except (pa.ArrowException, OSError) as error:
        raise corrupt(source, str(error)) from error


def _without_deltas(metadata: parquet.FileMetaData) -> set[str]:
    """Which columns may be read as dictionaries: those without delta encodings, from which Arrow makes none."""
    found = {metadata.schema.column(place).name for place in range(metadata.num_columns)}
    for group in range(metadata.num_row_groups):
        for place in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(place)
            if any(encoding.startswith("DELTA") for encoding in chunk.encodings):
                found.discard(chunk.path_in_schema)
    return found


def _units(metadata: parquet.FileMetaData) -> Iterator[tuple[list[int], int, int]]:
    """Cut a file into units: row groups, number of the first row, how many rows."""
    groups: list[int] = []
    first, rows = 1, 0
    for group in range(metadata.num_row_groups):
        groups.append(group)
        rows += metadata.row_group(group).num_rows
        if rows >= PART_ROWS or group == metadata.num_row_groups - 1:
            yield groups, first, rows
            first, rows, groups = first + rows, 0, []
    if not metadata.num_row_groups:
        yield [], 1, 0
