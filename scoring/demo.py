"""What can a newcomer see in a minute? A made-up portfolio, scored, with two accounts worth looking at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.simulate import simulate
from loaders.simulate.portfolio import DEFAULT_AS_OF
from scoring.batch.job import run
from scoring.batch.progress import Reporter
from scoring.runs.run import Run

SEED = 7


@dataclass(frozen=True, slots=True)
class Demo:
    """A demonstration: the run, the honestly supported newcomer, and one of a ring that sends money in circles.

    ``ring`` counts the ring's accounts; ``ring_money`` is what they sent each other, in minor units.
    """

    run: Run
    newcomer: str
    ring_member: str
    ring: int
    ring_money: int


def make_up(data: Path, *, accounts: int = 5000, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Simulate a portfolio into ``data`` and tell what was planted in it.

    Parameters
    ----------
    data
        Folder of the tables; those of an earlier simulation are replaced, those of others never.
    accounts
        How many accounts, at least 100.
    progress
        Called with relations simulated and relations in all.
    """
    planted: dict[str, Any] = simulate(data, accounts=accounts, seed=SEED, progress=progress)["planted"]
    return planted


def score_and_pick(
    data: Path, runs: Path, planted: dict[str, Any], *, force: bool = False, reporter: Reporter | None = None
) -> Demo:
    """Score the portfolio and pick two accounts by what was planted; doing it again gives the same run.

    Parameters
    ----------
    data
        Folder of the tables.
    runs
        Folder of the runs.
    planted
        What ``make_up`` told.
    force
        Make the run current even if it differs much from the last one there.
    reporter
        Is told how the batch goes.
    """
    result = run(data, as_of=DEFAULT_AS_OF, runs=runs, force=force, progress=reporter)
    ring = planted["wash_ring_fresh"]
    ties = result.rows("ties", "from_id", ring["holders"]).to_pylist()
    inside = [tie["money"] for tie in ties if tie["to_id"] in set(ring["holders"])]
    return Demo(result, planted["newcomer"]["accounts"][0], ring["accounts"][0], len(ring["accounts"]), sum(inside))
