"""Is a database reached, refused and lost in whole sentences, on a Neo4j and on the embedded server alike?"""

from __future__ import annotations

import logging
import socket
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from graph.stores.connection import Connection, connect
from graph.stores.embedded import Lease
from graph.stores.settings import StoreSettings
from loaders.errors import UnavailableError, UsageError

WRONG = "wrong-canary"


def bolt_settings(server: StoreSettings) -> StoreSettings:
    """The same server by an address and a password, as a driver of somebody else would reach it."""
    if server.uri is not None:
        return server
    lease = Lease(server).take()
    user, password = lease.credentials(reader=False)
    uri = lease.uri
    lease.release()
    return StoreSettings(uri, username=user, password=password, database=server.database)


def test_what_is_written_is_read(connection: Connection) -> None:
    """A write transaction's rows are there for the next read, values as they were given."""
    connection.write(lambda tx: tx.run("CREATE (:Account {id: $id, amount_minor: $sum})", id="a1", sum=2**53 + 1))
    expected = [{"id": "a1", "sum": 2**53 + 1}]
    assert connection.read("MATCH (a:Account) RETURN a.id AS id, a.amount_minor AS sum") == expected


def test_a_transaction_that_fails_leaves_nothing(connection: Connection) -> None:
    """What was written before the failure is rolled back; the failure itself passes unchanged."""

    def work(transaction: object) -> None:
        transaction.run("CREATE (:Account {id: 'a1'})").consume()
        raise LookupError("not today")

    with pytest.raises(LookupError, match="not today"):
        connection.write(work)
    assert connection.read("MATCH (a:Account) RETURN count(a) AS n") == [{"n": 0}]


def test_a_reading_connection_writes_nothing(connection: Connection, reader: Connection) -> None:
    """Its write is refused before it is sent, a writing statement by the server."""
    with pytest.raises(UsageError, match="this connection only reads"):
        reader.write(lambda tx: tx.run("CREATE (:Account {id: 'a1'})"))
    with pytest.raises(UnavailableError):
        reader.read("CREATE (a:Account {id: 'a1'}) RETURN a.id AS id")
    assert connection.read("MATCH (a:Account) RETURN count(a) AS n") == [{"n": 0}]


def test_the_dialect_is_the_servers_however_it_is_reached(server: StoreSettings) -> None:
    """An address that leads to the embedded server does not make it a Neo4j."""
    with connect(server) as direct, connect(bolt_settings(server)) as by_address:
        assert by_address.dialect == direct.dialect == ("embedded" if server.uri is None else "neo4j")


def test_a_wrong_password_is_one_sentence_without_it(server: StoreSettings) -> None:
    """The user is named, the password is not; exit code 6."""
    with pytest.raises(UnavailableError) as caught:
        connect(replace(bolt_settings(server), password=WRONG))
    assert "or the password; see NEO4J_USERNAME and NEO4J_PASSWORD" in str(caught.value)
    assert (WRONG in str(caught.value), caught.value.exit_code) == (False, 6)


def test_a_database_that_is_not_there_is_one_sentence(server: StoreSettings) -> None:
    """The name is told, with the setting that changes it."""
    with pytest.raises(UnavailableError, match="has no database 'nowhere'; name another in NEO4J_DATABASE"):
        connect(replace(bolt_settings(server), database="nowhere"))


def test_a_taken_key_is_told_without_the_key(connection: Connection) -> None:
    """The server's own message quotes the row; ours does not, and neither does its chain of errors."""
    connection.write(lambda tx: tx.run("CREATE CONSTRAINT taken IF NOT EXISTS FOR (t:Taken) REQUIRE t.id IS UNIQUE"))
    connection.write(lambda tx: tx.run("CREATE (:Taken {id: 'canary'})").consume())
    with pytest.raises(UnavailableError, match="something else under the same key") as caught:
        connection.write(lambda tx: tx.run("CREATE (:Taken {id: 'canary'})").consume())
    connection.write(lambda tx: tx.run("DROP CONSTRAINT taken").consume())
    assert ("canary" in str(caught.value), caught.value.__suppress_context__) == (False, True)


def test_a_question_about_what_is_not_there_warns_nobody(
    connection: Connection, capfd: pytest.CaptureFixture, caplog: pytest.LogCaptureFixture
) -> None:
    """No notification of the server is printed or logged."""
    with caplog.at_level(logging.INFO):
        assert connection.read("MATCH (n:NoSuchLabel) RETURN n.no_such_key AS x") == []
    assert (caplog.records, capfd.readouterr().err) == ([], "")


def test_nobody_at_the_address_is_one_sentence() -> None:
    """Told at once, not after the time of retries."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = StoreSettings(f"bolt://127.0.0.1:{taken.getsockname()[1]}", password=WRONG)
        with pytest.raises(UnavailableError, match="cannot be reached; is the server running"):
            connect(settings)


@pytest.mark.parametrize("uri", ["bolt://db.example", "neo4j://10.0.0.7:7687", "bolt://localhost.example"])
def test_a_remote_server_without_tls_is_refused_before_a_byte_is_sent(uri: str) -> None:
    """Only on purpose may a password travel in the clear; exit code 2."""
    with pytest.raises(UsageError, match="is remote and not encrypted") as caught:
        connect(StoreSettings(uri, password=WRONG))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("uri", ["bolt+s://db.example", "neo4j+ssc://db.example", "bolt://localhost", "bolt://[::1]:1"])
def test_an_encrypted_or_local_address_needs_no_leave(uri: str) -> None:
    """TLS, or nobody who could listen on the way."""
    settings = StoreSettings(uri)
    assert settings.is_encrypted or settings.is_loopback


def test_a_password_shows_itself_nowhere(tmp_path: Path) -> None:
    """Neither in the settings' print, nor in a comparison, nor in what they are as a dict."""
    settings = StoreSettings("bolt://localhost", password=WRONG)
    (tmp_path / "password").write_text("from a file\n")
    filed = StoreSettings("bolt://localhost", password_file=tmp_path / "password")
    assert WRONG not in f"{settings} {asdict(settings)} {replace(settings, keep=9)}"
    assert settings == replace(settings, password=WRONG[1:])
    assert (settings.credentials(), filed.credentials()) == (("neo4j", WRONG), ("neo4j", "from a file"))
