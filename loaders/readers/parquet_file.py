"""What does a Parquet file hold, read by its own types?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyarrow as pa
from pyarrow import parquet

from loaders.errors import ContractError
from loaders.raw import RawFile, placed
from loaders.readers.arrow_text import as_text
from loaders.readers.header import contract_columns
from loaders.readers.parquet_safety import OPTIONS, corrupt
from loaders.readers.source import Source
from loaders.settings import LoadSettings

BATCH_ROWS = 65_536


def read_parquet_file(source: Source, number: int, settings: LoadSettings) -> RawFile:
    """Read one Parquet file as text; `loaders.readers.parquet_safety` has let it through.

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
    RawFile
    """
    with source.open() as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        try:
            with parquet.ParquetFile(file, **OPTIONS) as opened:
                theirs = opened.schema_arrow.names
                ours = contract_columns(source.table, theirs, settings, name=source.name, reason="schema")
                parts = list(_parts(opened, source, ours, number, settings))
        except (pa.ArrowException, OSError) as error:
            raise corrupt(source, str(error)) from error
    if not parts:
        empty = {our: pa.array([], pa.string()) for our in ours}
        parts = [placed(empty, number, first=1, minor="amount_minor" in ours)]
    rows = pa.concat_tables(parts)
    if source.sidecar is not None and source.sidecar.rows != rows.num_rows:
        detail = f"{source.name} has {rows.num_rows} records; its sidecar says {source.sidecar.rows}"
        raise ContractError("truncated", detail, file=source.name)
    return RawFile(
        number=number,
        table=source.table,
        name=source.name,
        sha256=digest,
        bytes=size,
        format="parquet",
        rows=rows,
        records=rows.num_rows,
        blank=0,
        names=dict(zip(ours, theirs, strict=True)),
    )


def _parts(
    opened: parquet.ParquetFile, source: Source, ours: list[str], number: int, settings: LoadSettings
) -> Iterator[pa.Table]:
    first = 1
    for batch in opened.iter_batches(batch_size=BATCH_ROWS):
        texts = {
            our: as_text(source.table, our, column, settings, name=source.name)
            for our, column in zip(ours, batch.columns, strict=True)
        }
        yield placed(texts, number, first=first, minor="amount_minor" in ours)
        first += batch.num_rows
