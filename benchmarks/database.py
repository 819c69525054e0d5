"""What do load, publish and each investigation cost on the embedded server and on a Neo4j, side by side?

One simulated portfolio gets a hub that 3,000 persons pay and that pays 3,000 others; then it is loaded, published and
asked on both servers. Load and publish are whole processes. Each question is asked once to warm up, then on both
servers in turn; medians are told in milliseconds. Both servers have the same heap.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.measure import RENMAI, process
from benchmarks.questions import credit_questions, money_questions
from graph import BoltStore, StoreSettings, open_store
from tests.servers.neo4j_server import PASSWORD, USER, Neo4jServer, missing

EARLIER, AS_OF = "2025-11-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"
HUB_SIDE = 3_000
HEAP = "2GiB"


def measure(relations: int = 1_000_000, accounts: int = 100_000, runs: int = 3) -> dict[str, float]:
    """Time load and publish once per server, and each question ``runs`` times; a server that is not there is left out.

    Parameters
    ----------
    relations, accounts
        Size of the simulated portfolio; the hub comes on top.
    runs
        How often each question is asked after the first time.
    """
    folder = Path(tempfile.mkdtemp(prefix="renmai-bench-"))
    try:
        with ExitStack() as stack:
            return _measure(folder, relations, accounts, runs, stack)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, relations: int, accounts: int, runs: int, stack: ExitStack) -> dict[str, float]:
    data = folder / "data"
    _renmai(["simulate", str(data), "--accounts", str(accounts), "--relations", str(relations)], folder)
    add_hub(data)
    for as_of in (EARLIER, AS_OF):
        _renmai(["run", str(data), "--as-of", as_of, "--runs", str(folder / "runs"), "--force"], folder)
    figures: dict[str, float] = {}
    stores: dict[str, BoltStore] = {}
    for name, settings in _servers(folder, stack):
        environment = _environment(settings)
        figures[f"{name} load seconds"] = _renmai(["db", "load", str(data)], folder, environment)
        for run in sorted(path.name for path in (folder / "runs").iterdir() if path.name.startswith("20")):
            seconds = _renmai(["publish", run, "--runs", str(folder / "runs")], folder, environment)
        figures[f"{name} publish seconds"] = seconds
        stores[name] = stack.enter_context(open_store(settings, reader=True))
    for label, name, parameters in _questions(data, folder / "runs"):
        for server, milliseconds in _ask(stores, name, parameters, runs).items():
            figures[f"{server} {label} ms"] = milliseconds
    return figures


def add_hub(data: Path) -> str:
    """Let one account be paid by 3,000 others and pay 3,000 more within two months; give its id."""
    ids = sorted(pd.read_csv(data / "accounts.csv", dtype=str).account_id)
    hub, others = ids[0], ids[1 :: max(1, len(ids) // (2 * HUB_SIDE + 1))][: 2 * HUB_SIDE]
    start = datetime(2025, 11, 1, tzinfo=UTC)
    with (data / "relations.csv").open("a", encoding="utf-8") as file:
        for place, other in enumerate(others):
            at = start + timedelta(minutes=place * 7919 % 80_000)
            ends = f"{other},{hub}" if place % 2 else f"{hub},{other}"
            file.write(f"hub{place:06d},transfer,{ends},{100 + place * 31 % 9000}.00,CNY,{at:%Y-%m-%dT%H:%M:%SZ},\n")
    return hub


def _servers(folder: Path, stack: ExitStack) -> list[tuple[str, StoreSettings]]:
    found = [("embedded", StoreSettings(folder=folder / ".renmai/db", memory=HEAP))]
    (folder / "renmai.toml").write_text(f'[database]\nmemory = "{HEAP}"\n', encoding="utf-8")
    if not missing():
        neo4j = Neo4jServer(folder / "neo4j", heap="2g")
        neo4j.start()
        stack.callback(neo4j.stop)
        found.append(("neo4j", replace(neo4j.settings, query_seconds=120)))
    return found


def _environment(settings: StoreSettings) -> dict[str, str]:
    if settings.uri is None:
        return {}
    return {"NEO4J_URI": settings.uri, "NEO4J_USERNAME": USER, "NEO4J_PASSWORD": PASSWORD}


def _renmai(arguments: list[str], folder: Path, environment: dict[str, str] | None = None) -> float:
    """Run a command in the folder, give its seconds; one that fails ends the benchmark with what it said."""
    log = folder / "log"
    before = Path.cwd()
    os.chdir(folder)
    os.environ.update(environment or {})
    try:
        cost = process([*RENMAI, *arguments], log)
    finally:
        os.chdir(before)
        for name in environment or {}:
            del os.environ[name]
    if cost.code:
        raise SystemExit(f"renmai {arguments[0]} ended with {cost.code}: {log.read_text()[-2000:]}")
    return cost.seconds


def _questions(data: Path, runs: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Give every question with a label that is its own: a second one of the same name starts at a payer of the hub."""
    relations = pd.read_csv(data / "relations.csv", dtype=str, usecols=["kind", "from_id", "to_id"])
    labelled, seen = [], set()
    for name, parameters in [*money_questions(relations), *credit_questions(runs)]:
        label = f"{name} beside the hub" if name in seen else name
        seen.add(name)
        labelled.append((label, name, parameters))
    return labelled


def _ask(stores: dict[str, BoltStore], name: str, parameters: dict[str, Any], runs: int) -> dict[str, float]:
    times: dict[str, list[float]] = {server: [] for server in stores}
    for turn in range(runs + 1):
        for server, store in stores.items():
            start = time.perf_counter()
            store.query(name, **parameters)
            if turn:
                times[server].append(1000 * (time.perf_counter() - start))
    return {server: statistics.median(taken) for server, taken in times.items()}
