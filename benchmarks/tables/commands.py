"""How long do an analyst's commands take, on a small portfolio and on a larger one?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import RENMAI, process, require, say, spread
from benchmarks.page import Goal, rows, seconds
from benchmarks.portfolios import AS_OF, portfolio, score

TITLE = "Analyst's commands"
SMALL = (150_000, 5_000)
ON_ALL = ("explain", "what-if", "ego", "report", "evaluate")
"""Commands that are measured on the larger portfolio too."""


def measure(asked: Asked) -> dict[str, Any]:
    """Run every command in every round, on both portfolios."""
    sizes = [SMALL, (asked.servers_relations, asked.servers_accounts)]
    return {"sizes": [_measure(asked, *size, every=size == SMALL) for size in sizes]}


def _measure(asked: Asked, relations: int, accounts: int, every: bool) -> dict[str, Any]:
    data = portfolio(asked, relations, accounts, form="csv")
    runs, out, log = (asked.data / name for name in ("runs-commands", "out-commands", "commands.log"))
    for folder in (runs, out):
        shutil.rmtree(folder, ignore_errors=True)
    out.mkdir()
    score(data, runs)
    taken: dict[str, list[float]] = {}
    for turn in range(asked.rounds):
        for name, words in commands(data, runs, out).items():
            if every or name in ON_ALL:
                cost = require(process([*RENMAI, *words], log), log, name)
                taken.setdefault(name, []).append(cost.seconds)
        say(
            f"round {turn + 1} of {asked.rounds}: "
            + ", ".join(f"{name} {all_[-1]:.2f} s" for name, all_ in taken.items())
        )
    for folder in (runs, out):
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "relations": relations,
        "accounts": accounts,
        "seconds": {name: spread(all_) for name, all_ in taken.items()},
    }


def commands(data: Path, runs: Path, out: Path) -> dict[str, list[str]]:
    """The words of each command, on an account that the simulation planted."""
    account = json.loads((data / "truth.json").read_text(encoding="utf-8"))["planted"]["newcomer"]["accounts"][0]
    at, models = ["--runs", str(runs)], ["--models", str(out / "models")]
    train = ["train", str(data), "--as-of", AS_OF, *models]
    return {
        "explain": ["explain", account, *at],
        "what-if": ["what-if", account, "--set", "on_time_rate=0.99", *at],
        "ego": ["ego", account, "--out", str(out / "ego.html"), *at],
        "report": ["report", "--out", str(out / "report.html"), *at],
        "evaluate": ["evaluate", "--outcomes", str(data / "outcomes.csv"), *at],
        "attack": ["attack", "--out", str(out / "attacks.html"), *at],
        "train logistic": [*train, "--model", "logistic"],
        "train forest": [*train, "--model", "forest"],
    }


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    small, large = found["sizes"]
    body = [
        (f"`renmai {name}`", seconds(taken), seconds(large["seconds"][name]) if name in large["seconds"] else "")
        for name, taken in small["seconds"].items()
    ]
    heads = ("command", f"{small['accounts']:,} accounts", f"{large['accounts']:,} accounts")
    words = "Whole processes; the account is a newcomer that the simulation planted. Attacks: 20 under 5 rules."
    return f"{words}\n\n{rows(heads, body)}"


def goals(found: dict[str, Any]) -> list[Goal]:  # noqa: ARG001 (one seam for all)
    """None."""
    return []
