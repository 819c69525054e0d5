"""Which files and columns has a run, and how are they written so that the same rows are the same bytes?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.errors import RenmaiError
from scoring.runs import disk

if TYPE_CHECKING:
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


def write_table(path: Path, table: pa.Table) -> tuple[str, int]:
    """Write a table as Parquet, the same bytes for the same rows; return SHA-256 (hex) and size.

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
    with (
        disk.NewFile(path) as file,
        pq.ParquetWriter(
            file, table.schema, compression="zstd", compression_level=3, version="2.6", write_statistics=True
        ) as writer,
    ):
        writer.write_table(table, row_group_size=ROW_GROUP)
    return file.sha256, file.size
