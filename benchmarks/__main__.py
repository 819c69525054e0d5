"""Measure everything once and print a table; JSON goes to benchmarks/results.json.

Sizes by flag, so that a quick look is possible: ``python -m benchmarks --relations 100000 --accounts 10000 --scale 16
--ties 1000000 --runs 1``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import database, kernel, main_job, scorecard
from benchmarks.measure import machine


def main() -> None:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", choices=["main_job", "kernel", "database", "scorecard"], help="measure one part alone"
    )
    parser.add_argument("--relations", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--scale", type=int, default=20, help="the kernel's graph has 2**scale nodes")
    parser.add_argument("--ties", type=int, default=16_000_000)
    parser.add_argument("--runs", type=int, default=3, help="rounds; medians are told")
    parser.add_argument("--peer", type=Path, default=scorecard.PEER, help="Python of OptBinning's environment")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results.json"))
    asked = parser.parse_args()
    results: dict[str, dict[str, object]] = {"machine": machine()}
    if asked.only in (None, "main_job"):
        results["main_job"] = dict(main_job.measure(asked.relations, asked.accounts, asked.runs))
    if asked.only in (None, "kernel"):
        results["kernel"] = dict(kernel.measure(asked.scale, asked.ties, asked.runs))
    if asked.only in (None, "database"):
        results["database"] = dict(database.measure(asked.relations, asked.accounts, asked.runs))
    if asked.only in (None, "scorecard"):
        results["scorecard"] = dict(scorecard.measure(asked.runs, asked.peer))
    asked.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    table = Table("part", "figure", "value", title=f"medians of {asked.runs}")
    for part, figures in results.items():
        for name, value in figures.items():
            shown = f"{value:,}" if isinstance(value, int) else f"{value:.3g}" if isinstance(value, float) else value
            table.add_row(part, name, str(shown))
    Console().print(table)


if __name__ == "__main__":
    main()
