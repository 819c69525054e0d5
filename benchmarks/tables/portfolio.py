"""What does a whole run cost, beside a bare DuckDB group-by of the same files; its peak memory, its temporary disk?

Runs and group-bys are processes of their own and take turns. Up to ten million relations DuckDB aggregates every other
column; beyond, sums and counts. The floor below both is copying the files' bytes in memory once.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import bare
from benchmarks.asked import Asked
from benchmarks.measure import ratios, say, spread, warm_up
from benchmarks.page import Goal, at_most, number, prose, rows, seconds, times
from benchmarks.portfolios import Scored, files, portfolio, score
from benchmarks.tables.floor import copy_rate

TITLE = "Whole run beside a bare group-by"
ALL_COLUMNS_UP_TO = 10_000_000
WORDS = {"all": "`max` of every other column", "sums": "`sum` and `count`"}


def measure(asked: Asked) -> dict[str, Any]:
    """Measure every size from ten million relations on, or the largest that was asked for."""
    sizes = [size for size in asked.relations if size >= ALL_COLUMNS_UP_TO] or [asked.relations[-1]]
    return {"sizes": [_measure(asked, size) for size in sizes]}


def _measure(asked: Asked, relations: int) -> dict[str, Any]:
    data = portfolio(asked, relations)
    what: bare.What = "all" if relations <= ALL_COLUMNS_UP_TO else "sums"
    read, paths = warm_up(data), files(data, "relations")
    scored: list[Scored] = []
    bares: list[dict[str, Any]] = []
    for turn in range(asked.rounds):
        bares.append(bare.seconds(asked, paths, what))
        scored.append(once(asked, data, turn))
        taken = scored[-1].cost
        say(
            f"round {turn + 1} of {asked.rounds}: run {taken.seconds:.2f} s, {taken.peak_gb:.2f} GB, temporary and "
            f"published {taken.disk_gb:.2f} GB; bare group-by {bares[-1]['seconds']:.2f} s"
        )
    return {
        "relations": relations,
        "bytes": read,
        "what": what,
        "query": bare.query([Path(paths[0].name)], what),
        **told(scored),
        "bare_seconds": spread(one["seconds"] for one in bares),
        "bare_peak_gb": max(one["peak_gb"] for one in bares),
        "pairs": bares[0]["groups"],
        "ratio": ratios([one.cost.seconds for one in scored], [one["seconds"] for one in bares]),
        "copy_seconds": read / 1e9 / copy_rate(asked.threads)["median"],
    }


def once(asked: Asked, data: Path, turn: int, *more: str) -> Scored:
    """Score into a fresh folder of runs, which is removed again."""
    runs = asked.data / f"runs-{turn}"
    shutil.rmtree(runs, ignore_errors=True)
    try:
        return score(data, runs, "--threads", str(asked.threads), *more)
    finally:
        shutil.rmtree(runs, ignore_errors=True)


def in_turns(asked: Asked, folders: Mapping[Any, Path], what: Callable[[Any], str] = str) -> dict[Any, list[Scored]]:
    """Score every portfolio in every round, one after the other; ``what`` names each for the reader."""
    for folder in folders.values():
        warm_up(folder)
    scored: dict[Any, list[Scored]] = {key: [] for key in folders}
    for turn in range(asked.rounds):
        for key, folder in folders.items():
            scored[key].append(once(asked, folder, turn))
            taken = scored[key][-1].cost
            say(f"round {turn + 1} of {asked.rounds}: {what(key)} {taken.seconds:.2f} s, {taken.peak_gb:.2f} GB")
    return scored


def told(scored: list[Scored]) -> dict[str, Any]:
    """What some runs of one portfolio cost, for JSON."""
    stages = {name: spread(one.stages[name] for one in scored) for name in scored[0].stages}
    return {
        "seconds": spread(one.cost.seconds for one in scored),
        "cpu_seconds": spread(one.cost.cpu_seconds for one in scored),
        "peak_gb": max(one.cost.peak_gb for one in scored),
        "disk_gb": max(one.cost.disk_gb for one in scored),
        "published_gb": max(one.published_gb for one in scored),
        "stages": stages,
    }


def show(found: dict[str, Any]) -> str:
    """Write one table per size, with the stages."""
    words = """`renmai simulate` made the portfolio (Parquet, text ids; accounts, profiles, consents, outcomes and rates
        come with it). A whole process reads, judges, nets, ties, propagates, scores and publishes; the clock runs from
        its start to its end. DuckDB groups the same relations files in a process of its own, into a temporary table;
        the faster of two queries counts, without its start. All files are in the disk cache. Temporary disk is the most
        that lay in the temporary folder and the folder of runs together, looked at five times a second."""
    parts = [prose(words)]
    for one in found["sizes"]:
        body = [
            ("`renmai run`, files in, published run out", seconds(one["seconds"])),
            ("its processor time", seconds(one["cpu_seconds"])),
            *((f"of it, stage “{name}”", seconds(taken)) for name, taken in one["stages"].items()),
            ("its peak memory", f"{number(one['peak_gb'])} GB"),
            ("disk at most, temporary and published together", f"{number(one['disk_gb'])} GB"),
            ("published run", f"{number(one['published_gb'])} GB"),
            (f"bare DuckDB, {WORDS[one['what']]}, {one['pairs']:,} pairs", seconds(one["bare_seconds"])),
            ("its peak memory", f"{number(one['bare_peak_gb'])} GB"),
            ("run ÷ bare DuckDB", times(one["ratio"])),
            (
                f"copying the {number(one['bytes'] / 1e9)} GB of files in memory once",
                f"{number(one['copy_seconds'])} s",
            ),
        ]
        parts += ["", f"### {one['relations']:,} relations", "", f"DuckDB: `{one['query']}`", ""]
        parts.append(rows(("what", "cost"), body))
    return "\n".join(parts)


def goals(found: dict[str, Any]) -> list[Goal]:
    """Within 5 times the group-by; at most 16 GB."""
    told: list[Goal] = []
    for one in found["sizes"]:
        named = f"whole run of {one['relations']:,} relations"
        told.append(at_most(f"{named} ÷ bare DuckDB ({WORDS[one['what']]})", 5, one["ratio"]))
        if one["relations"] > ALL_COLUMNS_UP_TO:
            told.append(at_most(f"{named}: peak memory", 16, one["peak_gb"], "GB"))
            disk = f"{number(one['disk_gb'])} GB, of which {number(one['published_gb'])} GB are the run"
            told.append(Goal(f"{named}: temporary disk", "stated", disk, True))
    return told
