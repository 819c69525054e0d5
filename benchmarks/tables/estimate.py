"""Does ``--dry-run`` foretell what a run takes? Its time, memory and temporary disk beside what then happened."""

from __future__ import annotations

import shutil
from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import RENMAI, process, require, say, warm_up
from benchmarks.page import Goal, number, prose, rows
from benchmarks.portfolios import AS_OF, portfolio, printed
from benchmarks.tables.portfolio import once

TITLE = "Estimates beside what happened"
FIGURES = {"seconds": "s", "memory_bytes": "GB", "disk_bytes": "GB"}
"""Keys of ``expected`` in what ``renmai run --dry-run --format json`` prints, and the units they are shown in."""


def measure(asked: Asked) -> dict[str, Any]:
    """Ask for an estimate of every size, then run it once."""
    sizes = []
    for relations in asked.relations:
        data = portfolio(asked, relations)
        warm_up(data)
        runs, log = asked.data / "runs-estimate", asked.data / "estimate.log"
        shutil.rmtree(runs, ignore_errors=True)
        command = [*RENMAI, "run", str(data), "--as-of", AS_OF, "--runs", str(runs), "--threads", str(asked.threads)]
        cost = require(process([*command, "--dry-run", "--format", "json"], log), log)
        foretold = read(printed(log.read_text(encoding="utf-8")))
        cost_of_run = once(asked, data, 0).cost
        happened = {
            "seconds": cost_of_run.seconds,
            "memory_bytes": cost_of_run.peak_gb,
            "disk_bytes": cost_of_run.disk_gb,
        }
        say(f"{relations:,} relations: estimated {foretold}, happened {happened}")
        sizes.append(
            {"relations": relations, "dry_run_seconds": cost.seconds, "estimated": foretold, "happened": happened}
        )
    return {"sizes": sizes}


def read(told: dict[str, Any]) -> dict[str, float]:
    """The estimate in what a dry run printed, bytes as GB; empty when there is none.

    Examples
    --------
    >>> read({"expected": {"seconds": 3, "memory_bytes": 1500000000, "rows": 10}})
    {'seconds': 3.0, 'memory_bytes': 1.5}
    """
    expected = told.get("expected") or {}
    factors = {name: 1e-9 if unit == "GB" else 1.0 for name, unit in FIGURES.items()}
    return {name: expected[name] * factor for name, factor in factors.items() if expected.get(name) is not None}


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    body = [
        (
            f"{one['relations']:,}",
            name.partition("_")[0],
            f"{number(one['estimated'][name])} {unit}" if name in one["estimated"] else "not told",
            f"{number(one['happened'][name])} {unit}",
            f"{one['estimated'][name] / one['happened'][name]:.2f}" if name in one["estimated"] else "",
            f"{number(one['dry_run_seconds'])} s",
        )
        for one in found["sizes"]
        for name, unit in FIGURES.items()
    ]
    words = prose(
        """`renmai run --dry-run`, from statistics of the files and a calibration of this machine; then the run itself,
        once."""
    )
    heads = ("relations", "what", "estimated", "happened", "estimated ÷ happened", "the dry run took")
    return f"{words}\n\n{rows(heads, body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """Every estimate within a factor of 2."""
    off = [
        one["estimated"][name] / one["happened"][name] if name in one["estimated"] else None
        for one in found["sizes"]
        for name in FIGURES
    ]
    known = [ratio for ratio in off if ratio is not None]
    holds = len(known) == len(off) and all(0.5 <= ratio <= 2 for ratio in known)
    reached = f"{number(min(known))} to {number(max(known))}" if known else "not told"
    return [Goal("estimates ÷ what happened, over all sizes", "0.5 to 2", reached, holds)]
