"""What do the tests of faults interrupt? Loading and publishing in many small batches, begun again until it is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph.stores.connection import Connection, connect
from graph.stores.embedded import status
from graph.stores.loading import load
from graph.stores.publication import moment
from graph.stores.published import published
from graph.stores.publishing import publish
from graph.stores.schema import prepare
from graph.stores.settings import StoreSettings
from loaders.errors import UnavailableError
from loaders.tables import Tables
from tests.servers.publications import expected, held, portfolio, portfolio_publication, town_publication

FULL = bool(os.environ.get("RENMAI_FULL_FAULTS"))
"""Whether every point is tried ten times and on both servers, as `make test-servers` does."""
SERVERS = ["embedded", "neo4j"] if FULL else ["embedded"]
BATCH = 100
TRIES = 6
Progress = Callable[[int, int], None]

HELD_ACCOUNTS = """\
MATCH (a:Account)-[:HELD_BY]->(h:Holder)
RETURN a.id AS id, a.kind AS kind, toString(a.opened_on) AS opened_on, h.id AS holder_id
"""
HELD_RELATIONS = """\
MATCH (a:Account)-[r]->(b:Account)
RETURN r.id AS id, toLower(type(r)) AS kind, a.id AS from_id, b.id AS to_id, r.amount_minor AS amount_minor,
  r.currency AS currency, r.at AS at, r.reverses AS reverses
"""
HELD_OUTCOMES = "MATCH (h:Holder)-[:HAD]->(o:Outcome) RETURN o.account_id AS id, o.kind AS kind, o.severity AS severity"


@dataclass(frozen=True)
class Act:
    """Something that a fault interrupts: how it is prepared, done, and what must be there in the end."""

    name: str
    begin: Callable[[Connection], Any]
    do: Callable[[Connection, Progress], Any]
    found: Callable[[Connection], Any]
    wanted: Callable[[], Any]

    def persist(
        self,
        settings: StoreSettings,
        progress: Progress = lambda _done, _of: None,
        before_again: Callable[[], None] = lambda: None,
    ) -> int:
        """Do it, and again when it ends with a sentence; give the number of tries."""
        for number in range(1, TRIES + 1):
            try:
                with connect(settings) as connection:
                    self.do(connection, progress)
                return number
            except UnavailableError:
                if number == TRIES:
                    raise
                before_again()
        return TRIES


def _loaded(connection: Connection) -> dict[str, Any]:
    relations = [{**row, "at": moment(row["at"])} for row in connection.read(HELD_RELATIONS)]
    nodes = connection.read("MATCH (n) RETURN count(n) AS nodes")[0]["nodes"]
    return {
        "accounts": _sorted(connection.read(HELD_ACCOUNTS)),
        "relations": _sorted(relations),
        "outcomes": _sorted(connection.read(HELD_OUTCOMES)),
        "nodes": nodes,
    }


def _source() -> dict[str, Any]:
    tables: Tables = portfolio()
    accounts = tables.accounts.to_pylist()
    same = ("kind", "from_id", "to_id", "amount_minor", "currency", "reverses")
    relations = [
        {"id": row["relation_id"], "at": moment(row["at"]), **{key: row[key] for key in same}}
        for row in tables.relations.to_pylist()
    ]
    outcomes = [
        {"id": row["account_id"], "kind": row["kind"], "severity": row["severity"]}
        for row in tables.outcomes.to_pylist()
    ]
    opened = [
        {"id": row["account_id"], "kind": row["kind"], "holder_id": row["holder_id"],
         "opened_on": None if row["opened_on"] is None else row["opened_on"].isoformat()}
        for row in accounts
    ]  # fmt: skip
    return {
        "accounts": _sorted(opened),
        "relations": _sorted(relations),
        "outcomes": _sorted(outcomes),
        "nodes": len(accounts) + len({row["holder_id"] for row in accounts}) + len(outcomes),
    }


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def _shown(connection: Connection) -> dict[str, Any]:
    runs = {str(run["id"]): run["current"] for run in published(connection)}
    left = connection.read("MATCH (run:Run) RETURN count(run) AS count")[0]["count"]
    return {"rows": held(connection), "runs": runs, "nodes": left}


def _shown_wanted() -> dict[str, Any]:
    before, after = town_publication(), portfolio_publication()
    return {"rows": expected(before, after), "runs": {before.id: False, after.id: True}, "nodes": 2}


LOAD = Act("load", prepare, lambda connection, progress: load(connection, portfolio(), progress), _loaded, _source)
PUBLISH = Act(
    "publish",
    lambda connection: (prepare(connection), publish(connection, town_publication())),
    lambda connection, progress: publish(connection, portfolio_publication(), progress=progress),
    _shown,
    _shown_wanted,
)
ACTS = [LOAD, PUBLISH]


def addressed(settings: StoreSettings, port: int = 0) -> StoreSettings:
    """Give the settings that reach the same server by its address, or by the one of a proxy before it."""
    if settings.uri is None:
        found = status(settings)
        known = {"username": found.user, "password": found.password_file.read_text(), "database": settings.database}
        uri = found.uri
    else:
        uri, known = settings.uri, {"username": settings.username, "password": settings.password}
    if port:
        uri = f"bolt://127.0.0.1:{port}"
    return StoreSettings(uri, **known, batch_rows=BATCH, retry_seconds=10)
