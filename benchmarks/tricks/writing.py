"""Tricks of bringing a run to the disk: how its bytes are encoded, hashed and written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.inputs import fresh
from benchmarks.measure import process, require
from benchmarks.portfolios import portfolio
from benchmarks.trick import Pair, Trick, altered, without
from scoring.batch import storing
from scoring.runs import columns, disk, resume
from scoring.runs.draft import Draft
from scoring.runs.lock import Lock
from scoring.runs.run import open_run

ROWS = 3_000_000


def scores(asked: Asked) -> pa.Table:
    """The scores of a run, again and again until there are as many as the middling portfolio has."""
    made = inputs.run(asked).table("scores")
    return pa.concat_tables([made] * (1 + len(inputs.assessment(asked).holders) // len(made)))


def _encodings(asked: Asked) -> Pair:
    table = scores(asked)

    def write(place: Path) -> Any:
        columns.write_table(place / "scores.parquet", table)
        return pq.ParquetFile(place / "scores.parquet").metadata.num_rows

    work, alike = fresh(asked, write), {"compression": "zstd", "compression_level": 3}
    return work, without(work, "scoring.runs.columns.encodings", lambda *_: alike)


def _two_files(asked: Asked) -> Pair:
    table = scores(asked)
    tables = {"scores": table, "again": table}

    def write(place: Path, threads: int) -> Any:
        with Lock(place / "runs") as lock, Draft(lock, "trick") as draft:
            draft.add_all(tables, threads=threads)
            return draft._outputs

    return fresh(asked, lambda place: write(place, 2)), fresh(asked, lambda place: write(place, 1))


def _beside(asked: Asked) -> Pair:
    """Whole runs, each in a process of its own."""
    data = portfolio(asked, asked.middling)

    def write(place: Path, how: str) -> Any:
        log = place / "log"
        require(process([sys.executable, "-m", "benchmarks.laying", how, str(data), str(place / "runs")], log), log)
        return open_run(place / "runs").table("scores")

    return fresh(asked, lambda place: write(place, "beside")), fresh(asked, lambda place: write(place, "at-once"))


def _flat(asked: Asked) -> Pair:
    log = inputs.tables(asked).relations.slice(0, ROWS)
    opened = "pa.ipc.new_file(file, table.schema)"
    packed = 'pa.ipc.new_file(file, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))'
    plain = altered(resume._write, (opened, packed))

    def write(place: Path, writer: Any) -> Any:
        writer(place / "log.arrow", log, lambda: False)
        return pa.ipc.open_file(pa.memory_map(str(place / "log.arrow"))).read_all()

    return fresh(asked, lambda place: write(place, resume._write)), fresh(asked, lambda place: write(place, plain))


def _no_copy(asked: Asked) -> Pair:
    """Without the wait for the disk, which is the same for both."""
    block = np.random.default_rng(3).bytes(1 << 25)

    def write(place: Path) -> Any:
        with patch("scoring.runs.disk.os.fsync", lambda _: None), disk.NewFile(place / "file") as file:
            for _ in range(4):
                file.write(block)
        return file.sha256

    work = fresh(asked, write)
    return work, without(work, "scoring.runs.disk._PIECE", 1 << 62)


def _contents(asked: Asked) -> Pair:
    data = portfolio(asked, asked.middling)
    plain = altered(storing.content, ("max_workers=2", "max_workers=1"))
    return lambda: storing.content(data), lambda: plain(data)


TRICKS = (
    Trick("encodings by column", "scoring/runs/columns.py", "a dictionary costs where nothing repeats", _encodings),
    Trick("two files at a time", "scoring/runs/draft.py", "one is encoded while the other's bytes go home", _two_files),
    Trick("stages laid beside", "scoring/batch/laying.py", "the disk writes where stages leave a gap", _beside),
    Trick("stages not packed", "scoring/runs/resume.py", "a core packs more slowly than the disk writes", _flat),
    Trick("large pieces not copied", "scoring/runs/disk.py", "what is large enough goes out as it is", _no_copy),
    Trick("files hashed side by side", "scoring/batch/storing.py", "hashing lets go of the interpreter", _contents),
)
