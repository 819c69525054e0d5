"""What does the main job cost as a whole process: CSV in, published run out, beside a bare DuckDB group-by?

The floor is what DuckDB alone needs to parse the same CSV file as text and to sum its payments by payer and payee: it
checks nothing, nets nothing and scores nobody. Both run as processes of their own, one after the other in each round.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import RENMAI, process

AS_OF = "2026-01-01T00:00:00+00:00"
GROUP_BY = """
import sys, duckdb
duckdb.sql(f"SELECT from_id, to_id, sum(TRY_CAST(amount AS DECIMAL(18, 2))), count(*) "
           f"FROM read_csv('{sys.argv[1]}', all_varchar = true) GROUP BY ALL").to_arrow_table()
"""


def measure(relations: int = 1_000_000, accounts: int = 100_000, runs: int = 3) -> dict[str, float]:
    """Time simulate, run, explain and help beside the bare group-by; medians over the rounds."""
    folder = Path(tempfile.mkdtemp(prefix="renmai-bench-"))
    try:
        return _measure(folder, relations, accounts, runs)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, relations: int, accounts: int, runs: int) -> dict[str, float]:
    data, log = folder / "data", folder / "log"
    made = process([*RENMAI, "simulate", str(data), "--accounts", str(accounts), "--relations", str(relations)], log)
    _require(made.code, log)
    scored, floor, explained, helped = [], [], [], []
    for number in range(runs):
        place = folder / f"runs-{number}"
        scored.append(process([*RENMAI, "run", str(data), "--as-of", AS_OF, "--runs", str(place)], log))
        _require(scored[-1].code, log)
        floor.append(process([sys.executable, "-c", GROUP_BY, str(data / "relations.csv")], log))
        account = json.loads((data / "truth.json").read_text())["planted"]["newcomer"]["accounts"][0]
        explained.append(process([*RENMAI, "explain", account, "--runs", str(place)], log))
        _require(explained[-1].code, log)
        helped.append(process([*RENMAI, "--help"], log))
    seconds = statistics.median(cost.seconds for cost in scored)
    bare = statistics.median(cost.seconds for cost in floor)
    return {
        "relations": relations,
        "accounts": accounts,
        "simulate_seconds": made.seconds,
        "run_seconds": seconds,
        "run_peak_gb": max(cost.peak_gb for cost in scored),
        "bare_group_by_seconds": bare,
        "run_to_bare_group_by": seconds / bare,
        "explain_seconds": statistics.median(cost.seconds for cost in explained),
        "help_seconds": statistics.median(cost.seconds for cost in helped),
    }


def _require(code: int, log: Path) -> None:
    if code:
        raise SystemExit(f"renmai ended with {code}: {log.read_text()[-2000:]}")
