"""How long does it take to get going? Imports, help, and what compiling the kernels adds to a first run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import RENMAI, process, require, say, spread
from benchmarks.page import Goal, at_most, rows, seconds
from benchmarks.portfolios import portfolio, score

TITLE = "Start"
RELATIONS, ACCOUNTS = 150_000, 5_000
SOURCES = {
    "python": "pass",
    "import graph": "import graph",
    "everything of graph": "import graph\nfor name in graph.__all__: getattr(graph, name)",
}


def measure(asked: Asked) -> dict[str, Any]:
    """Time processes that import, ask for help, and run with an empty and with a filled cache of kernels."""
    log = asked.data / "start.log"
    data = portfolio(asked, RELATIONS, ACCOUNTS)
    commands = {name: [sys.executable, "-c", source] for name, source in SOURCES.items()}
    commands["renmai --help"] = [*RENMAI, "--help"]
    taken: dict[str, list[float]] = {name: [] for name in (*commands, "first run", "second run")}
    for command in commands.values():
        process(command, log)
    for turn in range(asked.rounds):
        for name, command in commands.items():
            taken[name].append(require(process(command, log), log, name).seconds)
        _run_twice(asked, data, taken)
        say(
            f"round {turn + 1} of {asked.rounds}: "
            + ", ".join(f"{name} {all_[-1]:.2f} s" for name, all_ in taken.items())
        )
    compiling = [first - second for first, second in zip(taken["first run"], taken["second run"], strict=True)]
    return {
        "relations": RELATIONS,
        "seconds": {name: spread(values) for name, values in taken.items()},
        "compiling_seconds": spread(compiling),
    }


def _run_twice(asked: Asked, data: Path, taken: dict[str, list[float]]) -> None:
    cache = asked.data / "kernels"
    shutil.rmtree(cache, ignore_errors=True)
    for name in ("first run", "second run"):
        runs = asked.data / "runs-start"
        shutil.rmtree(runs, ignore_errors=True)
        made = score(data, runs, environment={"NUMBA_CACHE_DIR": str(cache)})
        taken[name].append(made.cost.seconds)
        shutil.rmtree(runs, ignore_errors=True)
    shutil.rmtree(cache, ignore_errors=True)


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    named = {
        "python": "an interpreter that does nothing",
        "import graph": "`import graph`, interpreter included",
        "everything of graph": "every name of `graph`, interpreter included",
        "renmai --help": "`renmai --help`",
        "first run": f"`renmai run` of {found['relations']:,} relations, no kernel compiled yet",
        "second run": "the same with compiled kernels in the cache",
    }
    body = [(what, seconds(found["seconds"][name])) for name, what in named.items()]
    body.append(("compiling all kernels of a run: the difference", seconds(found["compiling_seconds"])))
    return f"Processes, the disk warm.\n\n{rows(('what', 'time'), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """1 s to import, 10 s to compile."""
    return [
        at_most("`import graph`, warm disk, interpreter included", 1, found["seconds"]["import graph"], "s"),
        at_most("compiling all kernels in a first run", 10, found["compiling_seconds"], "s"),
    ]
