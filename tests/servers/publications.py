"""What do the tests publish? Runs of the town at several moments, and a portfolio with many batches."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import loaders
from graph.stores.connection import Connection
from graph.stores.publication import Publication, lines, moment
from loaders.tables import Tables
from scoring.publishing import publication_of
from scoring.runs.run import Run
from tests.portfolios import AS_OF
from tests.scoring.batch_runs import go
from tests.scoring.town_runs import town_run

HELD_SCORES = "MATCH (h:Holder)-[:SCORED]->(s:Score) RETURN h.id AS id, properties(s) AS facts"
HELD_TIES = "MATCH (a:Holder)-[t:TIE]->(b:Holder) RETURN a.id AS from_id, b.id AS to_id, properties(t) AS facts"


@cache
def portfolio() -> Tables:
    """Two hundred simulated accounts, as they are loaded."""
    folder = Path(mkdtemp())
    from loaders.simulate import simulate

    simulate(folder, accounts=200, relations=3000, seed=5)
    return loaders.read(folder)


@cache
def portfolio_run(runs: Path) -> Run:
    return go(runs, portfolio(), AS_OF)


@cache
def town_publication(months: int = 0) -> Publication:
    """The town's run of some months ago; made once per process."""
    return publication_of(town_run(Path(mkdtemp()) / "runs", months=months))


@cache
def portfolio_publication() -> Publication:
    return publication_of(portfolio_run(Path(mkdtemp()) / "runs"))


def held(connection: Connection) -> dict[str, list[str]]:
    """All scores and ties that the database holds, by run, as sorted text: what is there twice shows twice."""
    found: dict[str, list[str]] = {}
    for row in connection.read(HELD_SCORES):
        facts = row["facts"]
        found.setdefault(facts["run_id"], []).append(_line({**facts, "node": row["id"]}))
    for row in connection.read(HELD_TIES):
        facts = row["facts"]
        found.setdefault(facts["run_id"], []).append(_line({**row, **facts}))
    return {run: sorted(rows) for run, rows in found.items()}


def expected(*publications: Publication) -> dict[str, list[str]]:
    """What the database must hold after these publications, in the form of ``held``."""
    wanted: dict[str, list[str]] = {}
    for publication in publications:
        scores = [{**row, "node": row["holder_id"]} for row in publication.scores.to_pylist()]
        rows = [_line({**row, "run_id": publication.id}) for row in (*scores, *publication.ties.to_pylist())]
        wanted[publication.id] = sorted(rows)
    return wanted


def _line(row: dict[str, Any]) -> str:
    """Write a row without its empty cells."""
    kept = {key: value for key, value in sorted(row.items()) if value is not None and key != "facts"}
    for key in ("first_at", "last_at"):
        if key in kept:
            kept[key] = moment(kept[key]).isoformat()
    return f"{[*kept]} {lines([kept], [*kept])[0]}"
