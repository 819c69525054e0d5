"""Which runs does the database show, and how does it show an earlier one again?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.stores.batches import commit
from graph.stores.clearing import execute
from graph.stores.publication import moment
from graph.stores.statements import statement
from loaders.errors import UsageError

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection
    from graph.stores.publication import Row


def published(connection: Connection) -> list[Row]:
    """List the runs that are published whole, newest first; ``current`` marks the one readers see.

    Returns
    -------
    list of dict
        ``id``, ``number``, ``as_of``, ``rule``, ``certificate``, ``scores``, ``ties``, ``checksum``, ``current``, …
    """
    found = connection.read(statement("published_runs"))
    return [{**_facts(row["facts"]), "current": row["current"]} for row in found]


def roll_back(connection: Connection, run_id: str | None = None) -> Row:
    """Make the run published before the current one current again, or the one named; give its facts.

    Raises
    ------
    UsageError
        When there is no such run.
    """
    # chosen once, so that a second try after a lost answer does not go back twice
    target = run_id or str(earlier(connection)["id"])

    def point(transaction: ManagedTransaction, _again: bool) -> Row:
        runs = [row["facts"] for row in execute(transaction, "published_runs")]
        found = _named(runs, target, connection)
        execute(transaction, "publish_point", run_id=target)
        return {**_facts(found), "current": True}

    return commit(connection, point)


def earlier(connection: Connection) -> Row:
    """Give the facts of the run that was published before the current one.

    Raises
    ------
    UsageError
        When there is none.
    """
    runs = published(connection)
    number = next((run["number"] for run in runs if run["current"]), None)
    if number is None:
        raise UsageError(f"{connection.settings.place} holds no published run; `renmai publish` makes the first")
    before = next((run for run in runs if run["number"] < number), None)
    if before is None:
        raise UsageError(f"{connection.settings.place} holds no run published before the current one")
    return before


def _named(runs: list[Row], run_id: str, connection: Connection) -> Row:
    found = next((run for run in runs if run["id"] == run_id), None)
    if found is None:
        listed = ", ".join(str(run["id"]) for run in runs) or "none"
        raise UsageError(f"{connection.settings.place} holds no published run {run_id!r}; it has {listed}")
    return found


def _facts(facts: Row) -> Row:
    return {**facts, "as_of": moment(facts["as_of"])} if facts.get("as_of") is not None else dict(facts)
