"""Which files and columns has a run, and how are they written so that the same rows are the same bytes?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.errors import RenmaiError
from scoring.runs import disk

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

DIMENSIONS = ("credit_history", "ability", "behaviour", "identity", "connections")
RESULTS = ("scores", "standing", "ties", "contributions")
"""The four tables that are the same to the byte for the same work."""

_TIME = pa.timestamp("us", tz="UTC")
SCHEMAS = {
    "scores": pa.schema(
        [
            ("account_id", pa.string()),
            ("holder_id", pa.string()),
            ("score", pa.int32()),
            ("band", pa.string()),
            *((name, pa.float64()) for name in DIMENSIONS),
            *((f"points_{name}", pa.int32()) for name in DIMENSIONS),
            ("tabular", pa.float64()),
            ("thin", pa.bool_()),
            ("history_months", pa.float64()),
        ]
    ),
    "standing": pa.schema(
        [
            ("holder_id", pa.string()),
            *((name, pa.float64()) for name in ("evidence", "standing", "lift", "distress", "credibility")),
        ]
    ),
    "ties": pa.schema(
        [
            ("from_id", pa.string()),
            ("to_id", pa.string()),
            ("v", pa.float64()),
            ("g", pa.float64()),
            ("money", pa.int64()),
            ("count", pa.int32()),
            ("months", pa.int32()),
            ("first_at", _TIME),
            ("last_at", _TIME),
        ]
    ),
    "contributions": pa.schema(
        [("holder_id", pa.string()), ("supporter_id", pa.string()), ("contribution", pa.float64())]
    ),
    # only of a run with a trained model
    "probabilities": pa.schema(
        [
            ("holder_id", pa.string()),
            *((name, pa.float64()) for name in ("pd", "pd_low", "pd_high")),
            ("band", pa.string()),
        ]
    ),
}
ROW_GROUP = 65_536
_LOOKED_AT, _AT_LEAST_ALIKE = 4096, 8


def write_table(path: Path, table: pa.Table) -> tuple[str, int]:
    """Write a table as Parquet, the same bytes for the same rows; return SHA-256 (hex) and size.

    How a column is encoded depends on its type and its first rows alone, never on chunks or threads.

    Parameters
    ----------
    path : Path
        A file that does not exist yet.
    table : pyarrow.Table
        Rows in their final order; a table of ``SCHEMAS`` must have exactly its columns and types.

    Raises
    ------
    RenmaiError
        When the columns are not the contract's: a fault of ours, never written.
    """
    wanted = SCHEMAS.get(path.stem)
    table = table.replace_schema_metadata(None).combine_chunks()
    if wanted is not None and not table.schema.equals(wanted):
        raise RenmaiError(f"{path.stem} has columns {table.schema.to_string()!r}; it must have {wanted.to_string()!r}")
    options = encodings(table.schema, repeating(table))
    with disk.NewFile(path) as file, pq.ParquetWriter(file, table.schema, **options) as writer:
        writer.write_table(table, row_group_size=ROW_GROUP)
    return file.sha256, file.size


def repeating(table: pa.Table) -> set[str]:
    """Name the columns that repeat themselves, by their first rows."""
    return {name for name in table.column_names if _repeats(table[name])}


def encodings(schema: pa.Schema, few: Collection[str]) -> dict[str, Any]:
    """Choose the cheapest encoding of each column that every reader of Parquet knows.

    A dictionary of distinct values costs more than it saves, so only columns that repeat themselves get one; ids are
    compressed, as sorted ones are alike; small integers are kept as differences; other numbers are left as they are.
    """
    few = [name for name in schema.names if name in few]
    rest = [entry for entry in schema if entry.name not in few]
    texts = [entry.name for entry in rest if pa.types.is_string(entry.type)]
    small = [entry.name for entry in rest if pa.types.is_integer(entry.type) and entry.type.bit_width <= 32]
    return {
        "version": "2.6",
        "write_statistics": True,
        "use_dictionary": few or False,
        "compression": {name: "zstd" if name in texts else "none" for name in schema.names},
        "compression_level": dict.fromkeys(texts, 1) or None,
        "column_encoding": dict.fromkeys(small, "DELTA_BINARY_PACKED") or None,
    }


def _repeats(column: pa.ChunkedArray) -> bool:
    """Say whether a column of text or fractions has few different values, by its first rows."""
    if not (pa.types.is_string(column.type) or pa.types.is_floating(column.type)):
        return False
    first = column.slice(0, _LOOKED_AT)
    return len(first.unique()) * _AT_LEAST_ALIKE <= len(first)
