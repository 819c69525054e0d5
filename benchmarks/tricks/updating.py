"""Tricks of updates: blocks compared instead of files, columns copied, text beside numbers, few asked by all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.trick import Pair, Trick
from loaders.gate.few import codes_among
from scoring.runs.blocks import BLOCK, BlockFile, Checked, blocks_of
from scoring.runs.columns import write_table
from scoring.runs.early import Early
from scoring.runs.patching import Patch, Revised

FEW = 200
"""Rows that an update changes in a table."""


def _copied(asked: Asked) -> Pair:
    made, place = inputs.run(asked), inputs.scratch(asked)
    table = made.table("scores")
    rows = np.linspace(0, len(table) - 1, FEW).astype(np.int64)
    patch = Patch(rows, {"connections": pa.array(np.linspace(0, 1, FEW))})
    path = place / "scores.parquet"

    def written(work: Any) -> Any:
        path.unlink(missing_ok=True)
        return work()

    return (
        lambda: written(lambda: Revised(made, "scores", (patch,)).write(path)),
        lambda: written(lambda: write_table(path, patch.applied(made.table("scores")))),
    )


def _beside(asked: Asked) -> Pair:
    table, place = inputs.run(asked).table("ties").combine_chunks(), inputs.scratch(asked)
    path = place / "ties.parquet"

    def work(threads: int) -> Any:
        path.unlink(missing_ok=True)
        with ThreadPoolExecutor(threads) as pool:
            return Early(table, pool).write(path)

    return lambda: work(asked.threads), lambda: work(1)


def _blocks(asked: Asked) -> Pair:
    place = inputs.scratch(asked)
    path = place / "log.arrow"
    log = inputs.tables(asked).relations
    with BlockFile(path) as file, pa.ipc.new_file(file, log.schema) as writer:
        writer.write_table(log)
    listed = file.listed
    part = blocks_of(0, listed["bytes"] * 3 // 5)  # parties and money are three fifths of a log

    def work(some: Any) -> Any:
        return Checked(path, listed).damage(some)

    return lambda: work(part), lambda: work(range(-(-listed["bytes"] // BLOCK)))


def _few(asked: Asked) -> Pair:
    ids = inputs.tables(asked).accounts["account_id"].combine_chunks()
    named = ids.take(pa.array(np.linspace(0, len(ids) - 1, 10_000).astype(np.int64)))

    def plain() -> Any:
        return [pc.index_in(named, value_set=ids).to_numpy()]

    return lambda: codes_among(ids, [named]), plain


TRICKS = (
    Trick("columns copied", "scoring/runs/splicing.py", "only the columns that changed are encoded", _copied),
    Trick("text beside numbers", "scoring/runs/early.py", "encoding text takes half of the time", _beside),
    Trick("blocks that are read", "scoring/runs/mapped.py", "what is not read is not hashed", _blocks),
    Trick("few asked by all", "loaders/gate/few.py", "a small table stays in the processor's cache", _few),
)
