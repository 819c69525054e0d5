"""What does `renmai publish` do when the database can't take a run? One sentence, its code, and nothing has changed."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from graph.stores.connection import connect
from graph.stores.embedded import Lease, status, stop
from graph.stores.embedded.engine import free_port
from graph.stores.published import published
from graph.stores.publishing import publish
from graph.stores.schema import prepare
from graph.stores.settings import StoreSettings
from scoring.cli import execute
from tests.scoring.small_runs import content
from tests.scoring.town_runs import town_run
from tests.servers.acts import SERVERS, addressed
from tests.servers.commands import use
from tests.servers.neo4j_server import Neo4jServer, missing
from tests.servers.publications import expected, held, town_publication

WRONG = "not the word"
SMALL = 4096
"""Bytes after which no file of the cramped server can grow."""


class Desk:
    """A folder with a run to publish, and a database that shows the run of a month ago."""

    def __init__(self, place: Path, settings: StoreSettings, told: pytest.CaptureFixture[str]) -> None:
        self.runs, self.settings, self.told = place / "runs", settings, told
        town_run(self.runs)
        with connect(settings) as connection:
            prepare(connection)
            publish(connection, town_publication(1))

    def files(self) -> dict[str, bytes]:
        return {name: bytes_ for name, bytes_ in content(self.runs).items() if name != ".lock"}

    def refused(self, code: int = 6) -> str:
        """Publish and give the sentence it ends with; files and publication must be as they were."""
        before = self.files()
        assert execute(["publish", "--runs", str(self.runs)]) == code
        said = self.told.readouterr()
        assert said.out == ""
        (sentence,) = said.err.splitlines()
        assert self.files() == before
        return sentence

    def stands(self) -> None:
        """The publication is what it was before."""
        with connect(self.settings) as connection:
            shown = [run["id"] for run in published(connection) if run["current"]]
            assert shown == [town_publication(1).id]
            assert held(connection)[shown[0]] == expected(town_publication(1))[shown[0]]


@pytest.fixture
def desk(wiped: StoreSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, wiped, capsys)


def test_an_unknown_user_is_turned_away(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name or password is told with where it comes from; no password is in the sentence."""
    use(replace(addressed(desk.settings), username="nobody", password=WRONG), monkeypatch, tmp_path)
    sentence = desk.refused()
    assert "refused user 'nobody' or the password" in sentence
    assert WRONG not in sentence
    desk.stands()


def test_a_server_that_is_not_there_is_told(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at the address."""
    uri = f"bolt://127.0.0.1:{free_port()}"
    use(replace(addressed(desk.settings), uri=uri), monkeypatch, tmp_path)
    assert desk.refused() == f"renmai: {uri} cannot be reached; is the server running and the address right?"
    desk.stands()


def test_a_key_that_stands_with_something_else_stops_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Score that somebody made by hand under the run's own key is a constraint violation; the pointer stays."""
    taken = {"run": town_publication().id, "holder": town_publication().scores["holder_id"][0].as_py()}
    with connect(desk.settings) as connection:
        connection.write(lambda tx: tx.run("CREATE (:Score {run_id: $run, holder_id: $holder})", taken).consume())
    use(desk.settings, monkeypatch, tmp_path)
    assert "already holds something else under the same key" in desk.refused()
    desk.stands()


@pytest.mark.parametrize("server", ["embedded"], indirect=True)
def test_the_embedded_reader_may_publish_nothing(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded server itself enforces that its second user only reads."""
    reader = Path(desk.settings.folder) / "reader.password"
    use(replace(addressed(desk.settings), username="reader", password=reader.read_text()), monkeypatch, tmp_path)
    assert "does not allow this to user 'reader'" in desk.refused()
    desk.stands()


class Cramped(NamedTuple):
    """A server of the test's own whose files can be kept from growing, and what starts it again."""

    settings: StoreSettings
    pid: int
    restart: Callable[[], object]


@pytest.fixture(params=SERVERS)
def cramped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cramped]:
    if request.param == "neo4j":
        server: Neo4jServer = request.getfixturevalue("own_neo4j")
        yield Cramped(replace(server.settings, retry_seconds=5), server.pid, partial(again, server))
        return
    settings = StoreSettings(folder=tmp_path / "db", memory="512MiB", retry_seconds=5)
    lease = Lease(settings).take()
    yield Cramped(settings, status(settings).pid, partial(end, settings))
    lease.release()
    stop(settings)


@pytest.fixture
def own_neo4j(tmp_path: Path) -> Iterator[Neo4jServer]:
    if reason := missing():
        pytest.skip(reason)
    server = Neo4jServer(tmp_path / "neo4j")
    server.start()
    yield server
    server.kill()


def again(server: Neo4jServer, *lines: str) -> None:
    """Kill a Neo4j and start it with these lines in its configuration."""
    server.kill()
    server.lines = lines
    server.start()


def end(settings: StoreSettings) -> None:
    """Kill the embedded server and wait until it has gone; the next use starts it."""
    os.kill(status(settings).pid, signal.SIGKILL)
    while status(settings).running:
        time.sleep(0.02)


def test_a_full_disk_of_the_server_is_told(
    cramped: Cramped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the server's files can't grow, publishing ends with a sentence; with room again it goes through."""
    desk = Desk(tmp_path, cramped.settings, capsys)
    use(cramped.settings, monkeypatch, tmp_path)
    resource.prlimit(cramped.pid, resource.RLIMIT_FSIZE, (SMALL, resource.RLIM_INFINITY))
    sentence = desk.refused()
    if cramped.settings.uri is None:
        assert sentence == (
            f"renmai: {cramped.settings.place} gave up a transaction by itself, as with a full disk; nothing of this"
            " batch was kept"
        )
    cramped.restart()
    desk.stands()
    assert execute(["publish", "--runs", str(desk.runs)]) == 0
    with connect(cramped.settings) as connection:
        assert held(connection) == expected(town_publication(1), town_publication())


def test_a_neo4j_set_read_only_is_told(
    own_neo4j: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database that its operator set read-only shows what it showed, and says that it takes nothing."""
    desk = Desk(tmp_path, own_neo4j.settings, capsys)
    again(own_neo4j, "server.databases.read_only=neo4j")
    use(desk.settings, monkeypatch, tmp_path)
    assert "holds 'neo4j' read-only, so nothing was written" in desk.refused()
    desk.stands()
