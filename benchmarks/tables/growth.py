"""Does a relation cost the same, however many there are? Time and memory per relation over three sizes, in turn."""

from __future__ import annotations

from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import ratios
from benchmarks.page import Goal, at_most, number, rows, seconds, times
from benchmarks.portfolios import Scored, portfolio
from benchmarks.tables.portfolio import in_turns, told

TITLE = "Growth"


def measure(asked: Asked) -> dict[str, Any]:
    """Run every size in every round; costs per relation beside those of the next smaller size."""
    folders = {size: portfolio(asked, size) for size in asked.relations}
    scored = in_turns(asked, folders, "{:,} relations".format)
    sizes = [{"relations": size, **told(runs), **_beside(scored, size)} for size, runs in scored.items()]
    return {"accounts_per": asked.share, "sizes": sizes}


def _beside(scored: dict[int, list[Scored]], size: int) -> dict[str, Any]:
    """Costs per relation as ratios to those of the next smaller size; None for the smallest."""
    smaller = max((other for other in scored if other < size), default=None)
    if smaller is None:
        return {"time_ratio": None, "memory_ratio": None}
    here, there = scored[size], scored[smaller]
    return {
        "time_ratio": ratios([one.cost.seconds / size for one in here], [one.cost.seconds / smaller for one in there]),
        "memory_ratio": ratios(
            [one.cost.peak_gb / size for one in here], [one.cost.peak_gb / smaller for one in there]
        ),
    }


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    body = [
        (
            f"{one['relations']:,}",
            seconds(one["seconds"]),
            number(1e6 * one["seconds"]["median"] / one["relations"]),
            times(one["time_ratio"]) if one["time_ratio"] else "",
            f"{number(one['peak_gb'])} GB",
            number(1e9 * one["peak_gb"] / one["relations"]),
            times(one["memory_ratio"]) if one["memory_ratio"] else "",
        )
        for one in found["sizes"]
    ]
    heads = (
        "relations",
        "time",
        "µs per relation",
        "÷ smaller size",
        "peak memory",
        "bytes per relation",
        "÷ smaller size",
    )
    words = (
        f"Whole runs as above, {found['accounts_per']} relations per account at every size; all sizes in every round."
    )
    return f"{words}\n\n{rows(heads, body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """Per relation never more than 1.3 times what the smaller size costs."""
    told: list[Goal] = []
    for smaller, one in zip(found["sizes"], found["sizes"][1:], strict=False):
        step = f"{smaller['relations']:,} → {one['relations']:,} relations"
        told.append(at_most(f"{step}: time per relation", 1.3, one["time_ratio"]))
        told.append(at_most(f"{step}: memory per relation", 1.3, one["memory_ratio"]))
    return told
