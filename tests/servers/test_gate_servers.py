"""What if somebody were past the gate? Behind it stand READ sessions and a user who may only read."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.inquiry.ask import ask
from graph.stores.connection import Connection, connect
from graph.stores.settings import StoreSettings
from tests.servers.bypasses import attempts

SECRET = "canary-7f3a91"  # noqa: S105 (what a file holds that nobody may read)


class Listener:
    """A port on this machine that counts who knocks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.knocks: list[Any] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, address = self.socket.accept()
                self.knocks.append(address)
                caller.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


def state(connection: Connection) -> dict[str, Any]:
    """Everything an attempt could change: the graph itself, its schema, the users."""
    graph = {
        "nodes": "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties",
        "relationships": "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, properties(r) AS properties, b.id AS b",
        "constraints": "SHOW CONSTRAINTS YIELD name RETURN name",
        "indexes": "SHOW INDEXES YIELD name RETURN name",
    }
    found: dict[str, Any] = {
        name: sorted(repr(sorted(row.items())) for row in connection.read(text)) for name, text in graph.items()
    }
    if connection.lease is None:
        with connection.driver.session(database="system") as session:
            found["users"] = [row.data() for row in session.run("SHOW USERS")]
            found["databases"] = sorted(row["name"] for row in session.run("SHOW DATABASES"))
            settings = session.run("SHOW SETTINGS YIELD name, value WHERE name CONTAINS 'read_only' RETURN name, value")
            found["settings"] = [row.data() for row in settings]
    else:
        root = connection.lease.folder.root
        found["users"] = (root / "config/server-users.jsonl").read_bytes()
        found["groups"] = (root / "config/server-groups.json").read_bytes()
        found["databases"] = sorted(path.name for path in (root / "databases").iterdir())
    return found


def tried(reader: Connection, text: str, *, explicit: bool) -> str:
    """Send a text past the gate; give what came back as text."""
    from neo4j import Query
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        with reader.session(default_access_mode="READ") as session:
            if not explicit:
                return str(session.run(Query(text, timeout=5)).data())
            with session.begin_transaction(timeout=5) as transaction:
                rows = str(transaction.run(text).data())
                transaction.commit()
            return rows
    except (DriverError, Neo4jError) as error:
        return str(error)


def small_graph(connection: Connection) -> None:
    create = (
        "CREATE (a:Account {id: 'a1', kind: 'person'})-[:TRANSFER {id: 't1', amount_minor: 5}]->(b:Account {id: 'a2'}) "
        "CREATE (a)-[:HELD_BY]->(:Holder {id: 'h1'})"
    )
    connection.write(lambda transaction: transaction.run(create).consume())


def test_behind_the_gate_nothing_can_be_changed_read_or_reached(
    bare: StoreSettings, listener: Listener, tmp_path: Path
) -> None:
    """Every attempt, past the gate, in both kinds of transaction: same graph, schema, users; no file, no network."""
    canary = tmp_path / "canary.csv"
    canary.write_text(SECRET + "\n")
    with connect(bare) as connection, connect(bare, reader=True) as reader:
        small_graph(connection)
        before = state(connection)
        told = [
            tried(reader, text, explicit=explicit)
            for text in attempts(str(canary), listener.port)
            for explicit in (False, True)
        ]
        assert state(connection) == before
    assert (listener.knocks, [text for text in told if SECRET in text]) == ([], [])


def test_a_change_would_be_seen(connection: Connection) -> None:
    """The comparison is no blind one: one property written by somebody who may is a difference."""
    small_graph(connection)
    before = state(connection)
    connection.write(lambda transaction: transaction.run("MATCH (a:Account {id: 'a1'}) SET a.kind = 'x'").consume())
    assert state(connection) != before


def test_a_knock_would_be_heard(listener: Listener) -> None:
    """The listener is no deaf one."""
    with socket.create_connection(("127.0.0.1", listener.port)) as caller:
        caller.recv(1)
    assert len(listener.knocks) == 1


def test_what_the_gate_lets_pass_can_be_asked(connection: Connection, reader: Connection) -> None:
    """Texts that only look dangerous give their rows, the same on both servers."""
    small_graph(connection)
    asked = (
        "MATCH (start:Account)-[r:TRANSFER]->(stop:Account) RETURN start.id AS `create`, 'DELETE // ' AS b, r.set AS c;"
    )
    answer = ask(reader, asked)
    assert (answer.columns, answer.rows) == (("create", "b", "c"), [("a1", "DELETE // ", None)])
