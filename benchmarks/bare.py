"""How fast is DuckDB alone on the same files? A group-by that judges nothing, nets nothing and scores nobody.

Run as a process of its own (``python -m benchmarks.bare``), so that it starts as cold inside as the product does. The
query runs twice and the faster time counts, which leans its way; opening the database and imports are not counted.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from benchmarks.asked import Asked
from benchmarks.measure import process, require

What = Literal["sums", "all"]
TYPES = {
    "relation_id": "VARCHAR",
    "kind": "VARCHAR",
    "from_id": "VARCHAR",
    "to_id": "VARCHAR",
    "amount": "DECIMAL(18, 2)",
    "currency": "VARCHAR",
    "at": "TIMESTAMPTZ",
    "reverses": "VARCHAR",
}
"""The columns of a simulated relations.csv with the types DuckDB is told."""


def source(paths: Sequence[Path]) -> tuple[str, str, list[str]]:
    """How does DuckDB read these files; in which column is the money; which other columns are there?"""
    names = "[" + ", ".join(f"'{path}'" for path in paths) + "]"
    if paths[0].suffix == ".parquet":
        return (
            f"read_parquet({names})",
            "amount_minor",
            ["relation_id", "kind", "amount_minor", "currency", "at", "reverses"],
        )
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    told = f"read_csv({names}, header = true, columns = {{{columns}}})"
    return told, "amount", [name for name in TYPES if name not in ("from_id", "to_id")]


def query(paths: Sequence[Path], what: What) -> str:
    """Write the group-by: of ``sums`` and counts, or with an aggregate over ``all`` other columns.

    Examples
    --------
    >>> query([Path("a.parquet")], "sums")
    "SELECT from_id, to_id, sum(amount_minor), count(*) FROM read_parquet(['a.parquet']) GROUP BY from_id, to_id"
    """
    table, money, others = source(paths)
    chosen = f"sum({money}), count(*)" if what == "sums" else ", ".join(f'max("{name}")' for name in others)
    return f"SELECT from_id, to_id, {chosen} FROM {table} GROUP BY from_id, to_id"


def seconds(asked: Asked, paths: Sequence[Path], what: What) -> dict[str, Any]:
    """Time the query in a fresh process: ``seconds`` (the faster of two), ``groups``, ``peak_gb``."""
    spill, log = asked.data / "bare-temp", asked.data / "bare.log"
    told = {"query": query(paths, what), "threads": asked.threads, "memory": asked.memory, "spill": str(spill)}
    cost = require(process([sys.executable, "-m", "benchmarks.bare", json.dumps(told)], log), log, "bare DuckDB")
    shutil.rmtree(spill, ignore_errors=True)
    found: dict[str, Any] = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    return found | {"peak_gb": cost.peak_gb}


def main() -> None:
    """Do what the first argument asks for, as JSON."""
    import duckdb

    told = json.loads(sys.argv[1])
    settings = {"threads": told["threads"], "memory_limit": told["memory"], "temp_directory": told["spill"]}
    times, groups = [], 0
    with duckdb.connect(config=settings) as database:
        for _ in range(2):
            start = time.perf_counter()
            database.execute(f"CREATE OR REPLACE TEMP TABLE pairs AS {told['query']}")
            times.append(time.perf_counter() - start)
            groups = database.execute("SELECT count(*) FROM pairs").fetchone()[0]
            database.execute("DROP TABLE pairs")
    print(json.dumps({"seconds": min(times), "both": times, "groups": groups}))


if __name__ == "__main__":
    main()
