"""Which portfolio is scored? One that ``renmai simulate`` made, kept in a cache folder and used again."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.asked import Asked
from benchmarks.measure import RENMAI, Cost, held, process, require, say

AS_OF = "2026-01-01T00:00:00+00:00"
Form = Literal["csv", "parquet"]


def portfolio(asked: Asked, relations: int, accounts: int | None = None, form: Form = "parquet") -> Path:
    """Give the folder of a simulated portfolio; made on first use, whole or not at all.

    Parameters
    ----------
    asked
        The cache folder, portfolios that stand, and relations per account.
    relations, accounts
        The size; without accounts, relations divided by ``asked.share``.
    form
        csv or parquet.
    """
    if form == "parquet" and accounts is None and relations in asked.portfolios:
        return asked.portfolios[relations]
    accounts = accounts or max(100, relations // asked.share)
    asked.data.mkdir(parents=True, exist_ok=True)
    place = asked.data / f"portfolio-{relations}-{accounts}-{form}"
    if place.is_dir():
        return place
    say(f"simulating {relations:,} relations of {accounts:,} accounts as {form}")
    fresh, log = asked.data / f".fresh-{os.getpid()}", asked.data / "simulate.log"
    size = ["--accounts", str(accounts), "--relations", str(relations)]
    try:
        require(process([*RENMAI, "simulate", str(fresh), *size, "--format", form], log), log)
        fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place


def files(folder: Path, table: str) -> list[Path]:
    """The files of one table of a portfolio, in order."""
    inside = folder / table
    if inside.is_dir():
        return sorted(inside.iterdir())
    return sorted(folder.glob(f"{table}.*"))


@dataclass(frozen=True)
class Scored:
    """One whole run: cost, folder of runs, id, seconds per stage, GB of the published run, and what it printed."""

    cost: Cost
    runs: Path
    run_id: str
    stages: dict[str, float]
    published_gb: float
    printed: dict[str, Any]


def score(data: Path, runs: Path, *more: str, environment: dict[str, str] | None = None) -> Scored:
    """Score a portfolio by ``renmai run`` in a process of its own; temporary files go beside ``runs`` and are watched.

    The folder of runs and the temporary folder are watched together, so what ``disk_gb`` says includes the run.
    """
    return command("run", [str(data), "--as-of", AS_OF, *more], runs, environment)


def command(name: str, arguments: list[str], runs: Path, environment: dict[str, str] | None = None) -> Scored:
    """Run ``renmai run`` or ``renmai update`` to its end and read what it told."""
    spill = runs.with_name(f"{runs.name}-temp")
    for folder in (spill, runs):
        folder.mkdir(parents=True, exist_ok=True)
    log = runs.with_name(f"{runs.name}.log")
    asked = [*RENMAI, name, *arguments, "--runs", str(runs), "--log-format", "json", "--format", "json"]
    cost = require(process(asked, log, {"TMPDIR": str(spill), **(environment or {})}, (spill, runs)), log)
    stages, said = {}, log.read_text(encoding="utf-8")
    for line in said.splitlines():
        if line.startswith('{"') and '"stage_finished"' in line:
            told = json.loads(line)
            stages[told["stage"]] = told["seconds"]
    run_id = (runs / "CURRENT").read_text(encoding="utf-8").split()[0]
    shutil.rmtree(spill, ignore_errors=True)
    return Scored(cost, runs, run_id, stages, held(runs / run_id) / 1e9, printed(said))


def printed(said: str) -> dict[str, Any]:
    r"""What a command printed as JSON, behind its lines of progress.

    Examples
    --------
    >>> printed('{"stage": "read"}\n{\n  "run_id": "x"\n}')
    {'run_id': 'x'}
    """
    found: dict[str, Any] = json.loads(said[said.index("{\n") :])
    return found
