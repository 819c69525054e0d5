"""What is each trick worth? The same work with it and without it, in turn.

A trick is a line of code that a plain reader would not write. It stays if it saves at least a tenth; ``TRICKS`` of
:mod:`benchmarks.switches` says for each where it is, why it helps, and how the work goes without it.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import in_turn, ratios, say, spread
from benchmarks.page import Goal, prose, rows, seconds, times
from benchmarks.switches import TRICKS
from benchmarks.trick import Trick, same

TITLE = "What each trick is worth"
LEAST = 1.1
"""A trick that saves less than this goes."""
QUICK = 0.05
"""A work that takes less is done several times on one reading of the clock."""


def measure(asked: Asked) -> dict[str, Any]:
    """Time every trick on and off; first see that both give the same."""
    told = [_measured(trick, asked) for trick in TRICKS]
    return {"scale": asked.scales[0], "relations": asked.middling, "tricks": told}


def _measured(trick: Trick, asked: Asked) -> dict[str, Any]:
    about = {"name": trick.name, "file": trick.file, "why": trick.why}
    try:
        on, off = trick.pair(asked)
        start = time.perf_counter()
        agree = same(on(), off())
        times_each = max(1, round(QUICK / (time.perf_counter() - start)))
    except (AttributeError, ImportError, LookupError) as error:  # what it switches off is gone or another by now
        say(f"{trick.name} could not be measured: {error}")
        return about | {"failed": f"{type(error).__name__}: {error}"}
    if not agree:
        raise SystemExit(f"{trick.name}: the work gives something else without it")
    works = {f"{trick.name}: on": _repeated(on, times_each), f"{trick.name}: off": _repeated(off, times_each)}
    taken = in_turn(works, asked.rounds, warm=False)
    with_it, without = ([second / times_each for second in each] for each in taken.values())
    return about | {"on": spread(with_it), "off": spread(without), "ratio": ratios(without, with_it)}


def _repeated(work: Any, count: int) -> Any:
    def done() -> None:
        for _ in range(count):
            work()

    return done


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    words = f"""The same work with the trick and without it, taking turns in one process, on a portfolio of
        {found["relations"]:,} relations or as much of it as shows the trick; propagation on the R-MAT graph of scale
        {found["scale"]}. That both works give the same to the bit is looked at first. The work is the function that
        the trick is in, so a ratio says what that function would lose. A trick worth less than a tenth goes."""
    body = [(one["name"], f"`{one['file']}`", one["why"], *_figures(one)) for one in found["tricks"]]
    return f"{prose(words)}\n\n{rows(('trick', 'in', 'why', 'with', 'without', 'without ÷ with'), body)}"


def _figures(one: dict[str, Any]) -> tuple[str, str, str]:
    if "failed" in one:
        return "", "", f"not measured: {one['failed']}"
    return seconds(one["on"]), seconds(one["off"]), times(one["ratio"])


def goals(found: dict[str, Any]) -> list[Goal]:
    """Every trick is worth a tenth."""
    idle = [one["name"] for one in found["tricks"] if "failed" in one or one["ratio"]["median"] < LEAST]
    reached = f"all {len(found['tricks'])} are" if not idle else f"not: {', '.join(idle)}"
    return [Goal("tricks worth at least a tenth", "all", reached, not idle)]
