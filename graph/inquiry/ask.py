"""How is a question put to the database? Through the gate, into a READ session, under the eyes of the watch."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graph.inquiry.gate import Statement, admit
from graph.inquiry.statements import explained, marked, renamed, watch_statement
from graph.inquiry.values import plain
from graph.inquiry.watchdog import Overdue, terminate, watched
from loaders.errors import RefusedQueryError, RenmaiError, UnavailableError, UsageError
from loaders.spelling import did_you_mean

if TYPE_CHECKING:
    from neo4j import Transaction

    from graph.stores.connection import Connection

FETCH_ROWS = 1000
"""Rows asked for at a time; a server computes no further than that ahead."""
WAKE_SECONDS = 120.0
"""How long a server may take until it answers at all; an embedded one may have to start first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes
    ----------
    columns : tuple of str
        Names, in the order of the statement.
    rows : list of tuple
        Values of plain Python types, in that order.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def ask(
    connection: Connection,
    text: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    seconds: float | None = None,
    rows: int | None = None,
) -> Answer:
    """Ask the database one question that only reads.

    Parameters
    ----------
    connection
        Opened with ``reader=True``: on the embedded server only its read-only user asks.
    text
        The statement.
    parameters
        A value for each of its parameters.
    seconds, rows
        How long it may take and how many rows it may give; by default what the settings of the connection say.

    Raises
    ------
    RefusedQueryError
        When the gate or the server finds that it does more than read, or it was stopped at a limit.
    UsageError
        When a parameter is missing or not used, or the server cannot read the statement.
    UnavailableError
        When the server ended or does not answer.

    Examples
    --------
    >>> ask(None, "MATCH (a:Account {id: $id}) RETURN a.kind AS kind", {"idd": "a1"})
    Traceback (most recent call last):
    loaders.errors.UsageError: parameter 'idd' is not used by the query; did you mean 'id'? it uses: id
    """
    statement, given = admit(text), dict(parameters or {})
    check_names(statement, given)
    if not connection.reader:
        raise UsageError("this connection can write; open it with reader=True to ask")
    seconds = connection.settings.query_seconds if seconds is None else seconds
    rows = connection.settings.query_rows if rows is None else rows
    mark = f"renmai-{secrets.token_hex(8)}"
    _wake(connection)
    work = partial(_fetch, connection, statement, given, seconds, rows, mark)
    try:
        return watched(work, partial(terminate, connection, mark), seconds)
    except Overdue as overdue:
        if not overdue.stopped:
            raise _stuck(connection, seconds) from None
        raise _late(seconds) from None


def _wake(connection: Connection) -> None:
    """See that the server is there before the clock of the question runs; one that ended is started again here."""
    try:
        watched(partial(connection.read, watch_statement("wake")), lambda: None, WAKE_SECONDS, grace=0)
    except Overdue:
        raise UnavailableError(f"{connection.settings.place} did not answer within {WAKE_SECONDS:g} s") from None


def check_names(statement: Statement, given: Mapping[str, Any]) -> None:
    """Check that a statement gets exactly the parameters it uses."""
    used = sorted(statement.parameters)
    allowed = ", ".join(used) or "none"
    for name in given:
        if name not in statement.parameters:
            hint = did_you_mean(name, used) or ";"
            raise UsageError(f"parameter {name!r} is not used by the query{hint} it uses: {allowed}")
    missing = [name for name in used if name not in given]
    if missing:
        raise UsageError(f"parameter {missing[0]!r} is missing; the query uses: {allowed}")


def _fetch(
    connection: Connection, statement: Statement, given: dict[str, Any], seconds: float, rows: int, mark: str
) -> Answer:
    from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired

    embedded = connection.dialect != "neo4j"
    sent, tail = statement.text, ""
    if embedded:
        tail = "_" + mark.replace("-", "_")
        sent = marked(renamed(sent, statement.ends, tail), mark)
        given = {name + tail: value for name, value in given.items()}
    try:
        with (
            connection.session(default_access_mode="READ", fetch_size=FETCH_ROWS) as session,
            session.begin_transaction(metadata={"renmai": mark}, timeout=seconds) as transaction,
        ):
            if not embedded:  # there EXPLAIN can execute, and the read-only user is the wall
                _check_plan(transaction, statement.text, given)
            result = transaction.run(sent, given)
            names = result.keys()
            columns, found = tuple(key.replace(tail, "") for key in names), list[tuple[Any, ...]]()
            for row in result:
                if len(found) == rows:
                    _abandon(connection, transaction, mark)
                    raise RefusedQueryError(
                        f"query stopped at row {rows + 1:,}; an answer has at most {rows:,} rows:"
                        " aggregate, filter more, or set a LIMIT"
                    )
                found.append(tuple(plain(value, utc=embedded) for value in row))
            return Answer(columns, found)
    except (DriverError, Neo4jError) as error:
        if connection.lease is not None and isinstance(error, ServiceUnavailable | SessionExpired):
            connection.lease.outlives()  # so that the next query meets a new server, and none that is still going
        # not chained: the driver's text may quote ids and amounts
        raise _told(error, connection, seconds) from None


def _check_plan(transaction: Transaction, text: str, given: dict[str, Any]) -> None:
    """Let the server plan the statement: its own judgement, whether it only reads, counts beside the gate's."""
    summary = transaction.run(explained(text), given).consume()
    if summary.query_type != "r":
        raise RefusedQueryError(f"the server plans this as a query of type {summary.query_type!r}; only 'r' may run")


def _abandon(connection: Connection, transaction: Transaction, mark: str) -> None:
    """End a transaction with rows left; a plain close would wait for the server to compute them all."""
    from neo4j.exceptions import DriverError, Neo4jError

    with contextlib.suppress(DriverError, Neo4jError, RenmaiError):
        terminate(connection, mark)
        transaction.close()


def _late(seconds: float) -> RefusedQueryError:
    return RefusedQueryError(
        f"query stopped after {seconds:g} s; narrow it (an id, a window of time, fewer steps) or raise query_seconds"
        " in [database]"
    )


def _stuck(connection: Connection, seconds: float) -> RenmaiError:
    """Say that a server did not stop a query; an embedded one is ended, so that the next query finds it well."""
    place = connection.settings.place
    if connection.lease is None:
        return UnavailableError(f"{place} did not stop a query after {seconds:g} s; it may still be working on it")
    from graph.stores.embedded.leases import end_server

    end_server(connection.lease.folder)
    return UnavailableError(f"{place} did not stop a query after {seconds:g} s and was ended; the next use starts it")


def _told(error: Exception, connection: Connection, seconds: float) -> RenmaiError:
    """Say what an error of the server means for the one who asked."""
    from graph.stores.failures import failure

    code, text = getattr(error, "code", None) or "", getattr(error, "message", None) or str(error)
    if "TransactionTimedOut" in code or "arcadedb.command.timeout" in text or code.endswith(".Terminated"):
        return _late(seconds)
    if code.endswith(("Statement.AccessMode", "Security.Forbidden")):
        return RefusedQueryError(f"the server refused the query, since it may only read ({code})")
    if code.endswith(("SyntaxError", "SemanticError", "ParameterMissing")):  # quotes what the asker wrote
        first = text.splitlines()[0] if text else code
        return UsageError(f"the server cannot read the query: {first}")
    if code.startswith(("Neo.ClientError.Statement", "Neo.DatabaseError.Statement")):
        return UsageError(f"the query failed on the server: {code.rpartition('.')[2]}")
    return failure(error, connection.settings)
