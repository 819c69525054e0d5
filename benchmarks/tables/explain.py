"""How long does an explanation take, from Python on an opened run, and by a cold command?"""

from __future__ import annotations

import random
import shutil
import statistics
import time
from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import RENMAI, cool_down, process, require, say, spread
from benchmarks.page import Goal, at_most, number, prose, rows, seconds
from benchmarks.portfolios import portfolio, score

TITLE = "Explanations"
RELATIONS_PER_ACCOUNT = 10
QUESTIONS = 2_000


def measure(asked: Asked) -> dict[str, Any]:
    """Open a run, explain accounts drawn at random, each once; then the command, with the run out of the disk cache."""
    import scoring

    data = portfolio(asked, asked.accounts * RELATIONS_PER_ACCOUNT, asked.accounts)
    runs, log = asked.data / f"runs-explain-{asked.accounts}", asked.data / "explain.log"
    shutil.rmtree(runs, ignore_errors=True)
    score(data, runs, "--threads", str(asked.threads))
    opener = scoring.open  # imports what it needs
    start = time.perf_counter()
    run = opener(runs)
    opening = time.perf_counter() - start
    known = sorted(run.scores.account_id)
    chosen = random.Random(17).sample(known, min(QUESTIONS, len(known)))
    start = time.perf_counter()
    run.explain(chosen[0])
    first = time.perf_counter() - start
    rounds, taken = [], []
    for turn in range(asked.rounds):
        taken = []
        for account in chosen[1:]:
            start = time.perf_counter()
            run.explain(account)
            taken.append(time.perf_counter() - start)
        cuts = statistics.quantiles(taken, n=100)
        rounds.append({"p50": cuts[49], "p99": cuts[98], "most": max(taken)})
        say(f"round {turn + 1} of {asked.rounds}: p50 {1000 * cuts[49]:.2f} ms, p99 {1000 * cuts[98]:.2f} ms")
    commands: dict[str, list[float]] = {"cold": [], "warm": []}
    for account in chosen[: asked.rounds]:
        for name, spent in commands.items():
            if name == "cold":
                cool_down(runs)
            command = [*RENMAI, "explain", account, "--runs", str(runs)]
            spent.append(require(process(command, log), log).seconds)
    shutil.rmtree(runs, ignore_errors=True)
    return {
        "accounts": asked.accounts,
        "questions": len(chosen) - 1,
        "opening_seconds": opening,
        "first_seconds": first,
        **{name: spread(one[name] for one in rounds) for name in ("p50", "p99", "most")},
        **{name: spread(spent) for name, spent in commands.items()},
    }


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    words = prose(
        f"""A run of {found["accounts"]:,} accounts. From Python: `scoring.open(runs)`, one explanation to warm up, then
        `run.explain(account)` of {found["questions"]:,} accounts drawn at random. The command is a process of its own;
        cold: the files of the run are out of the disk cache."""
    )
    body = [
        ("`scoring.open`", f"{number(1000 * found['opening_seconds'])} ms"),
        ("first explanation after it", f"{number(1000 * found['first_seconds'])} ms"),
        *((f"`run.explain`, {name}", f"{number(1000 * found[name]['median'])} ms") for name in ("p50", "p99", "most")),
        ("`renmai explain ACCOUNT`, cold", seconds(found["cold"])),
        ("`renmai explain ACCOUNT`, warm", seconds(found["warm"])),
    ]
    return f"{words}\n\n{rows(('what', 'time'), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """2 ms and 20 ms from Python, 0.8 s by the command."""
    named = f"explanation on an opened run of {found['accounts']:,} accounts"
    return [
        at_most(f"{named}: p50", 2, _thousandfold(found["p50"]), "ms"),
        at_most(f"{named}: p99", 20, _thousandfold(found["p99"]), "ms"),
        at_most("`renmai explain`, cold", 0.8, found["cold"], "s"),
    ]


def _thousandfold(found: dict[str, float]) -> dict[str, float]:
    return {name: 1000 * value for name, value in found.items() if name != "rounds"}
