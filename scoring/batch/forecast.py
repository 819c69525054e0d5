"""What will a run take? Rows, memory, disk and time, from the sizes of the files and the speed of this machine.

Nothing is read but footers of Parquet files and the beginnings of CSV files. The costs per row were fitted to the
portfolios of ``docs/benchmarks.md``; what a forecast is worth is printed there beside what the runs took.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.readers.source import Source, sources
from scoring.batch.calibration import slowness
from scoring.batch.durations import told_seconds

if TYPE_CHECKING:
    from loaders.tables import Tables

SAMPLE = 1 << 18
"""Bytes of a CSV file that are looked at."""


@dataclass(frozen=True)
class Cost:
    """What one row costs: microseconds on the machine of reference, bytes of memory and of disk."""

    micros: float
    memory: float
    disk: float


FIXED = Cost(micros=1_100_000, memory=420e6, disk=100_000)
"""Python, its libraries and whatever else a run of nothing takes."""
PARQUET: Mapping[str, Cost] = {
    "accounts": Cost(2.5, 1_000, 420),
    "relations": Cost(0.5, 60, 55),
    "profiles": Cost(1.0, 500, 260),
    "consents": Cost(0.35, 80, 40),
    "outcomes": Cost(0.5, 80, 30),
    "rates": Cost(1.0, 80, 30),
}
TEXT = Cost(0.12, 0, 0)
"""What a row of CSV costs on top."""
ALONE = 1.5
"""How much longer it takes with one thread than with two."""


@dataclass(frozen=True)
class Forecast:
    """What a run will probably take.

    Attributes
    ----------
    rows : dict
        Records per table; exact for Parquet, from the length of the first lines for CSV.
    input_bytes : int
        Bytes of all files.
    memory_bytes : int
        Peak of the process.
    disk_bytes : int
        What the runs folder grows by, the state kept for updates included; while it runs no more than that.
    seconds : float
        Wall time with ``threads`` threads.
    threads : int
        For how many threads it is told.
    slowness : float
        Time of a fixed piece of work here over that on the machine of reference.
    """

    rows: dict[str, int]
    input_bytes: int
    memory_bytes: int
    disk_bytes: int
    seconds: float
    threads: int
    slowness: float

    @property
    def sentence(self) -> str:
        """Tell it to people."""
        rows = ", ".join(f"{name} {count:,}" for name, count in self.rows.items() if count)
        return (
            f"expected: {told_seconds(self.seconds)} with {self.threads} threads, {self.memory_bytes / 1e9:.1f} GB of "
            f"memory, {self.disk_bytes / 1e9:.2f} GB of disk, for {rows} (within a factor of 2)"
        )


def forecast(data: Path | Tables, threads: int) -> Forecast:
    """Tell what a run of these tables will probably take.

    Parameters
    ----------
    data
        A data folder, or tables that were read (then reading them costs nothing more).
    threads
        How many threads it may use.

    Raises
    ------
    ContractError, UsageError
        As :func:`loaders.read`, where the names in the folder alone are wrong.

    Examples
    --------
    >>> import tempfile
    >>> from loaders.town import town
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for table, rows in town().items():
    ...         rows.to_csv(Path(name, f"{table}.csv"), index=False)
    ...     forecast(Path(name), threads=2).rows["relations"]
    291
    """
    if not isinstance(data, Path):
        counted = {name: counts.accepted for name, counts in data.counts.items()}
        return _summed(counted, dict.fromkeys(counted, 0), 0, threads)
    rows: dict[str, int] = {}
    as_text: dict[str, int] = {}
    size = 0
    for source in sources(data)[0]:
        count = _records(source)
        rows[source.table] = rows.get(source.table, 0) + count
        as_text[source.table] = as_text.get(source.table, 0) + (0 if source.format == "parquet" else count)
        size += source.path.stat().st_size
    return _summed(rows, as_text, size, threads)


def _summed(rows: dict[str, int], as_text: dict[str, int], size: int, threads: int) -> Forecast:
    slow = slowness()
    micros, memory, disk = FIXED.micros, FIXED.memory, FIXED.disk
    for name, count in rows.items():
        cost = PARQUET[name]
        alone = ALONE if threads == 1 else 1.0
        micros += alone * (cost.micros * count + TEXT.micros * as_text[name])
        memory += cost.memory * count
        disk += cost.disk * count
    return Forecast(rows, size, round(memory), round(disk), micros * slow / 1e6, threads, round(slow, 3))


def _records(source: Source) -> int:
    """Count the records by a footer or a sidecar, or judge those of a CSV file by its first lines."""
    if source.format == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return int(pq.read_metadata(source.path).num_rows)
        except (pa.ArrowException, OSError):
            return 0  # reading it will say what is wrong with it
    if source.sidecar is not None:
        return source.sidecar.rows
    with source.open() as file:
        sample = file.read(SAMPLE)
    lines, size = sample.count(b"\n"), source.path.stat().st_size
    return max(round(lines * max(size / max(len(sample), 1), 1.0)) - 1, 0)
