"""What does one hub with millions of counterparties cost, beside an even portfolio of equal size?"""

from __future__ import annotations

from typing import Any

from benchmarks import hub
from benchmarks.asked import Asked
from benchmarks.measure import ratios
from benchmarks.page import Goal, at_most, number, prose, rows, seconds, times
from benchmarks.tables.portfolio import in_turns, told

TITLE = "One hub beside an even portfolio"
SHAPES: dict[hub.Shape, str] = {"hub": "a hub with everybody else", "even": "each with the next"}


def measure(asked: Asked) -> dict[str, Any]:
    """Run both in every round."""
    scored = in_turns(asked, {shape: hub.portfolio(asked, asked.hub, shape) for shape in SHAPES})
    star, ring = scored["hub"], scored["even"]
    return {
        "counterparties": asked.hub,
        **{shape: told(runs) for shape, runs in scored.items()},
        "time_ratio": ratios([one.cost.seconds for one in star], [one.cost.seconds for one in ring]),
        "memory_ratio": ratios([one.cost.peak_gb for one in star], [one.cost.peak_gb for one in ring]),
    }


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    n = found["counterparties"]
    words = prose(
        f"""{n + 1:,} accounts with profiles and {n:,} payments, from `benchmarks/hub.py`: the same amounts at the same
        moments, in one between one account and every other, in one between each and the next; every second payment goes
        the other way. Whole runs."""
    )
    body = [
        ("time", *(seconds(found[shape]["seconds"]) for shape in SHAPES), times(found["time_ratio"])),
        ("processor time", *(seconds(found[shape]["cpu_seconds"]) for shape in SHAPES), ""),
        *(
            (f"of it, stage “{stage}”", *(seconds(found[shape]["stages"][stage]) for shape in SHAPES), "")
            for stage in found["hub"]["stages"]
        ),
        ("peak memory", *(f"{number(found[shape]['peak_gb'])} GB" for shape in SHAPES), times(found["memory_ratio"])),
    ]
    return f"{words}\n\n{rows(('what', *SHAPES.values(), 'ratio'), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """At most 3 times the time and twice the memory."""
    named = f"a hub with {found['counterparties']:,} counterparties ÷ an even portfolio"
    return [at_most(f"{named}: time", 3, found["time_ratio"]), at_most(f"{named}: memory", 2, found["memory_ratio"])]
