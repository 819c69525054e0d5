"""What is each trick worth? The same work with it and without it, in turn.

A trick is a line of code that a plain reader would not write. It stays if it saves at least a tenth; ``TRICKS`` of
:mod:`benchmarks.switches` says for each where it is, why it helps, and how the work goes without it.
"""

from __future__ import annotations

from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import in_turn, ratios, spread
from benchmarks.page import Goal, prose, rows, seconds, times
from benchmarks.switches import TRICKS

TITLE = "What each trick is worth"
LEAST = 1.1
"""A trick that saves less than this goes."""


def measure(asked: Asked) -> dict[str, Any]:
    """Time every trick on and off."""
    told = []
    for trick in TRICKS:
        on, off = trick.pair(asked)
        taken = in_turn({f"{trick.name}: on": on, f"{trick.name}: off": off}, asked.rounds)
        with_it, without = taken.values()
        told.append(
            {
                "name": trick.name,
                "file": trick.file,
                "why": trick.why,
                "on": spread(with_it),
                "off": spread(without),
                "ratio": ratios(without, with_it),
            }
        )
    return {"scale": asked.scales[0], "relations": asked.middling, "tricks": told}


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    words = f"""The same work with the trick and without it, taking turns in one process; propagation on the R-MAT
        graph of scale {found["scale"]}, payments and ties of {found["relations"]:,} relations. A trick worth less
        than a tenth goes."""
    body = [
        (one["name"], f"`{one['file']}`", one["why"], seconds(one["on"]), seconds(one["off"]), times(one["ratio"]))
        for one in found["tricks"]
    ]
    return f"{prose(words)}\n\n{rows(('trick', 'in', 'why', 'with', 'without', 'without ÷ with'), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """Every trick is worth a tenth."""
    idle = [one["name"] for one in found["tricks"] if one["ratio"]["median"] < LEAST]
    reached = "all are" if not idle else f"not: {', '.join(idle)}"
    return [Goal("tricks worth at least a tenth", "all", reached, not idle)]
