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

from benchmarks.asked import Asked
from benchmarks.measure import RENMAI, process, require
from benchmarks.page import Goal, at_most, number, prose, rows
from benchmarks.questions import credit_questions, money_questions
from graph import BoltStore, StoreSettings, open_store
from tests.servers.neo4j_server import PASSWORD, USER, Neo4jServer, missing

TITLE = "Graph database"
EARLIER, AS_OF = "2025-11-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"
HUB_SIDE = 3_000
HEAP = "2GiB"


def measure(asked: Asked) -> dict[str, Any]:
    """Time load and publish once per server, and each question in turn; a server that is not there is left out."""
    relations, accounts = asked.servers_relations, asked.servers_accounts
    folder = Path(tempfile.mkdtemp(prefix="renmai-bench-"))
    try:
        with ExitStack() as stack:
            figures = _measure(folder, relations, accounts, asked.rounds, stack)
    finally:
        shutil.rmtree(folder)
    return {"relations": relations, "accounts": accounts, "hub": HUB_SIDE, "heap": HEAP, "figures": figures}


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
    return require(cost, log, f"renmai {arguments[0]}").seconds


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


def show(found: dict[str, Any]) -> str:
    """Write load, publish and every question per server."""
    figures = found["figures"]
    servers = [name for name in ("embedded", "neo4j") if f"{name} load seconds" in figures]
    words = prose(
        f"""The embedded server and a Neo4j 5.26 community side by side, each with {found["heap"]} of heap; Neo4j is
        measured when Java 17 and `make neo4j` are there. {found["relations"]:,} relations of
        {found["accounts"]:,} accounts from `renmai simulate`, and a hub that {found["hub"]:,} accounts pay
        and that pays {found["hub"]:,} others; two runs are published. Load and publish are whole processes,
        reading and judging the CSV files included; publishing reads everything back and compares it.
        Questions are warm, medians in milliseconds over the driver; a second figure, beside the hub, starts
        at an account that pays the hub (for ties: at another)."""
    )
    words_of = {"load": "db load", "publish": "publish"}
    body = [
        (f"`renmai {words_of[name]}`", *(f"{number(figures[f'{server} {name} seconds'])} s" for server in servers))
        for name in words_of
    ]
    labels = [
        name.removeprefix(f"{servers[0]} ").removesuffix(" ms") for name in figures if name.startswith(servers[0])
    ]
    asked = [label for label in labels if not label.endswith("seconds")]
    body += [(f"`{label}`", *(f"{figures[f'{server} {label} ms']:.0f} ms" for server in servers)) for label in asked]
    return f"{words}\n\n{rows(('what', *servers), body)}"


def goals(found: dict[str, Any]) -> list[Goal]:
    """60 s to load, 1 s for a question."""
    figures = found["figures"]
    slowest = max(value for name, value in figures.items() if name.startswith("embedded ") and name.endswith(" ms"))
    return [
        at_most(
            f"embedded: `renmai db load` of {found['relations']:,} relations", 60, figures["embedded load seconds"], "s"
        ),
        at_most("embedded: slowest question, warm", 1000, slowest, "ms"),
    ]
