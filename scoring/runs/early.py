"""How is a large table encoded while other work goes on? Its columns in two tasks, put together when it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from scoring.runs import disk
from scoring.runs.columns import ROW_GROUP, encodings, repeating, write_table
from scoring.runs.splicing import Encoded, encoded, splice

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path


class Early:
    """A table that is being encoded.

    Parameters
    ----------
    table : pyarrow.Table
        Rows in their final order.
    pool : ThreadPoolExecutor
        Encodes text beside numbers: text takes half of the time.
    """

    def __init__(self, table: pa.Table, pool: ThreadPoolExecutor) -> None:
        self.num_rows, self.nbytes = table.num_rows, table.nbytes
        text = [field.name for field in table.schema if pa.types.is_string(field.type)]
        parts = [text, [name for name in table.column_names if name not in text]]
        self._parts = [pool.submit(_encoded, table.select(names)) for names in parts if names]
        self._nothing = table.slice(0, 0)

    def write(self, path: Path) -> tuple[str, int]:
        """Write it as :func:`scoring.runs.columns.write_table` does; give SHA-256 (hex) and size."""
        if not self.num_rows:
            return write_table(path, self._nothing)
        parts = [part.result() for part in self._parts]
        groups = [[(part, number) for part in parts] for number in range(len(parts[0].groups))]
        with disk.NewFile(path) as file:
            splice(file, _encoded(self._nothing), groups)
        return file.sha256, file.size


def _encoded(table: pa.Table) -> Encoded:
    table = table.replace_schema_metadata(None).combine_chunks()
    return encoded(table, ROW_GROUP, **encodings(table.schema, repeating(table)))
