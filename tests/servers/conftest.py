"""What do the tests of the databases share? One server of each kind for the whole session, wiped before each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.stores.connection import Connection, connect
from graph.stores.embedded import Lease
from graph.stores.schema import prepare
from graph.stores.settings import StoreSettings
from tests.servers.neo4j_server import Neo4jServer, missing

if TYPE_CHECKING:
    from graph.stores.bolt import BoltStore


@pytest.fixture(scope="session")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreSettings]:
    """The embedded server, held by one lease: it ends with the session, and with a session that is killed."""
    settings = StoreSettings(folder=tmp_path_factory.mktemp("embedded") / "db", memory="768MiB")
    lease = Lease(settings).take()
    yield settings
    lease.release()


@pytest.fixture(scope="session")
def neo4j_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    if reason := missing():
        pytest.skip(reason)
    # it counts a list once for every row beside it; wide searches are far smaller in truth, so it shall not count
    server = Neo4jServer(tmp_path_factory.mktemp("neo4j"), "dbms.memory.transaction.total.max=0", heap="1g")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def neo4j_server(neo4j_process: Neo4jServer) -> StoreSettings:
    return neo4j_process.settings


@pytest.fixture(scope="session", params=["embedded", "neo4j"])
def server(request: pytest.FixtureRequest) -> StoreSettings:
    """Each server in turn, with whatever the last test left in it."""
    return request.getfixturevalue(f"{request.param}_server")


@pytest.fixture
def wiped(server: StoreSettings) -> StoreSettings:
    """Each server in turn, without a node; constraints and indexes stay."""
    with connect(server) as connection:
        wipe(connection)
    return server


@pytest.fixture
def bare(wiped: StoreSettings) -> StoreSettings:
    """Each server in turn, without a node, constraint or index."""
    with connect(wiped) as connection:
        drop_schema(connection)
    return wiped


@pytest.fixture
def connection(wiped: StoreSettings) -> Iterator[Connection]:
    with connect(wiped) as opened:
        yield opened


@pytest.fixture
def reader(connection: Connection) -> Iterator[Connection]:
    """A second, reading connection beside ``connection``."""
    with connect(connection.settings, reader=True) as opened:
        yield opened


@pytest.fixture
def store(connection: Connection) -> BoltStore:
    from graph.stores.bolt import BoltStore

    return BoltStore(connection)


@pytest.fixture
def small(wiped: StoreSettings) -> Iterator[Connection]:
    """A prepared database that is written 5 rows at a time."""
    with connect(replace(wiped, batch_rows=5)) as opened:
        prepare(opened)
        yield opened


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[StoreSettings]:
    """An embedded server of the test's own, stopped for sure."""
    from graph.stores.embedded import stop

    settings = StoreSettings(folder=tmp_path / "db", memory="512MiB", retry_seconds=10)
    yield settings
    stop(settings)


def wipe(connection: Connection) -> None:
    """Delete every node, in pieces a small server can hold."""
    delete = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS gone"
    while connection.write(lambda transaction: transaction.run(delete).single(strict=True)["gone"]):
        pass


def drop_schema(connection: Connection) -> None:
    """Drop every constraint, then every index of ours."""
    for kind, shown in (("CONSTRAINT", "SHOW CONSTRAINTS YIELD name"), ("INDEX", "SHOW INDEXES YIELD name, type")):
        for row in connection.read(shown):
            if row.get("type") != "LOOKUP":
                name = row["name"]
                connection.write(lambda tx, kind=kind, name=name: tx.run(f"DROP {kind} `{name}` IF EXISTS").consume())
