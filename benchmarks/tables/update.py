"""What does an update cost that brings one relation in a thousand, and is it what a full run gives?

The last relations by time are held out of a portfolio. A run of the rest is the base; then ``renmai update`` with what
was held out and a full run of everything, with the base's constants, take turns.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.asked import Asked
from benchmarks.measure import ratios, say, spread, warm_up
from benchmarks.page import Goal, at_most, number, prose, rows, seconds, times
from benchmarks.portfolios import Scored, command, files, portfolio, score
from scoring.batch.engine import Engine
from scoring.updating.job import update

TITLE = "Update beside a full run"
PART = 0.001
TABLES = ("scores", "standing", "ties", "contributions")


def measure(asked: Asked) -> dict[str, Any]:
    """Measure ten million relations, or the largest size below that was asked for."""
    relations = asked.middling
    whole = portfolio(asked, relations)
    rest, fresh = split(whole, asked.data / f"split-{relations}", round(relations * PART))
    base = asked.data / "runs-base"
    shutil.rmtree(base, ignore_errors=True)
    threads = ("--threads", str(asked.threads))
    first = score(rest, base, *threads)
    policy = asked.data / "constants.toml"
    policy.write_text(f'constants = "{first.run_id}"\n', encoding="utf-8")
    warm_up(whole, fresh)
    updates: list[Scored] = []
    fulls: list[Scored] = []
    inside: list[float] = []
    warm(fresh, copied(base, asked.data / "runs-inside"), asked)  # libraries are loaded once
    same: dict[str, bool] = dict.fromkeys(TABLES, True)
    for turn in range(asked.rounds):
        updates.append(
            command("update", ["--relations", str(fresh), *threads], copied(base, asked.data / "runs-update"))
        )
        again = copied(base, asked.data / "runs-full")
        fulls.append(score(whole, again, *threads, "--config", str(policy), "--force"))
        inside.append(warm(fresh, copied(base, asked.data / "runs-inside"), asked))
        made = [sums(one.runs / one.run_id) for one in (updates[-1], fulls[-1])]
        same = {name: same[name] and made[0][name] == made[1][name] for name in TABLES}
        say(
            f"round {turn + 1} of {asked.rounds}: update {updates[-1].cost.seconds:.2f} s, full run "
            f"{fulls[-1].cost.seconds:.2f} s, equal: {', '.join(name for name in TABLES if same[name]) or 'nothing'}"
        )
    for name in ("runs-base", "runs-update", "runs-full", "runs-inside"):
        shutil.rmtree(asked.data / name, ignore_errors=True)
    return {
        "relations": relations,
        "new": round(relations * PART),
        "seconds": spread(one.cost.seconds for one in updates),
        "inside": spread(inside),
        "cpu": spread(one.cost.cpu_seconds for one in updates),
        "full_cpu": spread(one.cost.cpu_seconds for one in fulls),
        "peak_gb": max(one.cost.peak_gb for one in updates),
        "stages": {name: spread(one.stages[name] for one in updates) for name in updates[0].stages},
        "full_seconds": spread(one.cost.seconds for one in fulls),
        "base_seconds": first.cost.seconds,
        "ratio": ratios([one.cost.seconds for one in updates], [one.cost.seconds for one in fulls]),
        "equal": same,
        "full": updates[-1].printed.get("full"),
        "touched": updates[-1].printed.get("touched"),
    }


def warm(fresh: Path, runs: Path, asked: Asked) -> float:
    """Seconds of an update in this process, whose libraries are loaded."""
    began = time.perf_counter()
    update({"relations": [fresh]}, runs=runs, engine=Engine(asked.threads))
    return time.perf_counter() - began


def split(whole: Path, place: Path, count: int) -> tuple[Path, Path]:
    """Hold out the last relations by time: a folder without them (other tables as they are), and a file of them.

    Parameters
    ----------
    whole
        A portfolio in Parquet.
    place
        Where both go; made on first use.
    count
        How many relations are held out.
    """
    import duckdb

    rest, fresh = place / "rest", place / "new.parquet"
    if fresh.exists():
        return rest, fresh
    shutil.rmtree(place, ignore_errors=True)
    rest.mkdir(parents=True)
    for path in whole.iterdir():
        if path.suffix == ".parquet" and path.stem != "relations":
            shutil.copy2(path, rest / path.name)  # a link that leads out of the folder is refused
    names = "[" + ", ".join(f"'{path}'" for path in files(whole, "relations")) + "]"
    with duckdb.connect(config={"temp_directory": str(place / "spill")}) as database:
        database.execute(f"CREATE VIEW whole AS FROM read_parquet({names})")
        database.execute(
            f'CREATE TEMP TABLE late AS FROM whole ORDER BY "at" DESC, relation_id DESC LIMIT {int(count)}'
        )
        kept, held = "FROM whole ANTI JOIN late USING (relation_id)", 'FROM late ORDER BY "at", relation_id'
        database.execute(f"COPY ({kept}) TO '{rest / 'relations.parquet'}' (FORMAT parquet)")
        database.execute(f"COPY ({held}) TO '{place / 'fresh.parquet'}' (FORMAT parquet)")
    (place / "fresh.parquet").rename(fresh)
    return rest, fresh


def copied(runs: Path, place: Path) -> Path:
    """A copy of a folder of runs: tables and state as hard links, what is written again as files of its own."""

    def copy(source: str, target: str) -> None:
        if source.endswith((".parquet", ".arrow")):
            os.link(source, target)
        else:
            shutil.copy2(source, target)

    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(runs, place, copy_function=copy)
    return place


def sums(run: Path) -> dict[str, str]:
    """SHA-256 of each result table."""
    return {name: hashlib.sha256((run / f"{name}.parquet").read_bytes()).hexdigest() for name in TABLES}


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    words = prose(
        f"""The last {found["new"]:,} of {found["relations"]:,} relations by time are held out; a run of the rest is the
        base. `renmai update` of the base with them, and `renmai run` of everything with the base's constants, each as a
        whole process into a copy of the base's folder of runs."""
    )
    body = [
        (f"`renmai update` with {found['new']:,} new relations", seconds(found["seconds"])),
        *((f"of it, stage “{name}”", seconds(taken)) for name, taken in found["stages"].items()),
        ("its peak memory", f"{number(found['peak_gb'])} GB"),
        ("`renmai run` of everything, same constants", seconds(found["full_seconds"])),
        ("update ÷ full run", times(found["ratio"])),
        *_beside(found),
        *((f"`{name}.parquet` equal to the byte", "yes" if same else "no") for name, same in found["equal"].items()),
    ]
    said = f"It was computed fully: {found['full']}." if found["full"] else f"Touched: {_listed(found['touched'])}."
    return f"{words}\n\n{rows(('what', 'figure'), body)}\n\n{said}"


def _beside(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What stands beside the two commands that the goal compares; figures of an earlier day have none of it."""
    if "inside" not in found:
        return []
    spent = f"{seconds(found['cpu'])}, {seconds(found['full_cpu'])}"
    return [
        ("not compared: processor time of the update, of the full run", spent),
        ("not compared: the update alone, from Python with all libraries loaded", seconds(found["inside"])),
    ]


def _listed(touched: dict[str, int] | None) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in (touched or {}).items()) or "not told"


def goals(found: dict[str, Any]) -> list[Goal]:
    """At most 5 % of a full run, equal to the byte."""
    part = {name: 100 * value for name, value in found["ratio"].items() if name != "rounds"}
    named = f"`renmai update` with {found['new']:,} of {found['relations']:,} relations ÷ full run"
    same = found["equal"]["scores"]
    return [
        at_most(named, 5, part, "%"),
        Goal("its `scores.parquet` and the full run's", "equal to the byte", "equal" if same else "different", same),
    ]
