"""What ends a query that runs away: its time, its rows, the server's memory?"""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

import graph
from graph.inquiry import ask as asking
from graph.inquiry.ask import ask
from graph.stores.connection import Connection, connect
from graph.stores.settings import StoreSettings
from loaders.errors import RefusedQueryError, UnavailableError, UsageError

RUNAWAYS = {
    "a product that gives one row": "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a WHERE a % 7 = 0 "
    "RETURN count(a) AS n",
    "a product without a row": "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 "
    "RETURN a",
    "a product that sorts": "UNWIND range(1, 5000) AS a UNWIND range(1, 5000) AS b UNWIND range(1, 5000) AS c "
    "RETURN a % 7 AS k, max(b * c) AS most ORDER BY k",
}
MANY = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN a, b"
SWELLING = "RETURN size(reduce(s = 'x', i IN range(1, 40) | s + s)) AS n"


def marks(connection: Connection) -> list[str]:
    """Queries of ours that a server still works on."""
    texts = [row["currentQuery"] for row in connection.read("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery")]
    return [text for text in texts if "UNWIND range" in text]


@pytest.mark.parametrize("text", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_query_that_runs_away_is_stopped_and_said_so(connection: Connection, reader: Connection, text: str) -> None:
    """After its seconds the caller has a sentence with the limit, and the server works on nothing any more."""
    with pytest.raises(RefusedQueryError, match=r"^query stopped after 2 s; narrow it") as refused:
        ask(reader, text, seconds=2)
    assert (refused.value.exit_code, marks(connection)) == (7, [])
    assert ask(reader, "RETURN 1 AS one").rows == [(1,)]


def test_the_watch_stops_a_query_that_its_server_gave_more_time(
    connection: Connection, reader: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when the server knows of no limit, the transaction is terminated from outside."""
    from neo4j import Session

    begin = Session.begin_transaction
    monkeypatch.setattr("neo4j.Session.begin_transaction", lambda self, metadata, **_: begin(self, metadata=metadata))
    with pytest.raises(RefusedQueryError, match="query stopped after 1 s"):
        ask(reader, RUNAWAYS["a product without a row"], seconds=1)
    assert marks(connection) == []


def test_the_row_behind_the_last_stops_a_query(connection: Connection, reader: Connection) -> None:
    """As many rows as allowed pass; one more is a sentence, and the server computes no further."""
    assert len(ask(reader, "UNWIND range(1, 2500) AS a RETURN a", rows=2500).rows) == 2500
    with pytest.raises(RefusedQueryError, match="query stopped at row 2,501; an answer has at most 2,500 rows"):
        ask(reader, MANY, rows=2500)
    assert marks(connection) == []


def test_the_limits_come_from_the_settings(wiped: StoreSettings) -> None:
    """Without an argument a query gets the seconds and rows of its connection's settings: 30 and 100,000 at first."""
    assert (StoreSettings().query_seconds, StoreSettings().query_rows) == (30.0, 100_000)
    with (
        connect(replace(wiped, query_seconds=1, query_rows=10), reader=True) as reader,
        pytest.raises(RefusedQueryError, match="at most 10 rows"),
    ):
        ask(reader, MANY)


def test_a_query_that_takes_all_memory_ends_with_a_sentence_and_the_next_one_works(own_folder: StoreSettings) -> None:
    """The embedded server ends at its memory's end instead of hanging, and is there again for the next query."""
    with connect(own_folder, reader=True) as reader:
        with pytest.raises((UnavailableError, RefusedQueryError), match=r"memory|query stopped after 30 s"):
            ask(reader, SWELLING)
        assert ask(reader, "RETURN 1 AS one").rows == [(1,)]


def test_a_server_that_stops_nothing_keeps_nobody_waiting(
    neo4j_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When even terminating does not help, the caller gets a sentence after the grace."""
    monkeypatch.setattr("graph.inquiry.watchdog.GRACE_SECONDS", 0.2)
    monkeypatch.setattr(asking, "terminate", lambda *_: None)
    monkeypatch.setattr("graph.inquiry.ask._fetch", lambda *_: threading.Event().wait(3))
    with (
        connect(neo4j_server, reader=True) as reader,
        pytest.raises(UnavailableError, match=r"did not stop a query after 0\.1 s"),
    ):
        asking.ask(reader, "RETURN 1 AS one", seconds=0.1)


def test_a_connection_that_can_write_is_not_asked(connection: Connection) -> None:
    """Questions go only through connections that can write nothing."""
    with pytest.raises(UsageError, match="open it with reader=True to ask"):
        ask(connection, "RETURN 1 AS one")


def test_an_answer_becomes_a_frame(connection: Connection, reader: Connection) -> None:
    """``graph.query`` takes an open connection, settings or a statement, and gives times in UTC."""
    frame = graph.query("RETURN $at AS at, $id AS id, 2 AS n", reader, at="2026-01-01", id="a")
    assert frame.to_dict("records") == [{"at": "2026-01-01", "id": "a", "n": 2}]
    again = graph.query("RETURN datetime('2026-01-01T08:00:00+08:00') AS at", connection.settings)
    assert str(again["at"].iloc[0]) == "2026-01-01 00:00:00+00:00"
    nobody = graph.query("who-lifts", reader, id="nobody")
    assert (list(nobody.columns)[:2], len(nobody)) == (["supporter_id", "standing"], 0)
