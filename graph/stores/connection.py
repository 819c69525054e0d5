"""How is the graph database spoken to? Through the official driver, in managed transactions, on one database.

The same connection serves a Neo4j and the embedded server. On the embedded server it also holds a lease: while it is
open the server runs, and a server that ended meanwhile is started again for the next transaction.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Self, TypeVar

from graph.stores.embedded.leases import Lease
from graph.stores.failures import translated
from loaders.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from neo4j import Driver, ManagedTransaction, Session

    from graph.stores.settings import StoreSettings

T = TypeVar("T")
NEO4J, EMBEDDED = "neo4j", "embedded"
EMBEDDED_URI = "bolt://embedded"
"""Stands for wherever the embedded server listens at the moment."""
OLDEST = (5, 23)
"""The first Neo4j that reads ``CALL (a) { ... }``."""
CONNECT_SECONDS = 5.0


class Connection:
    """An open way to one database; closes with its ``with`` block.

    Attributes
    ----------
    settings : StoreSettings
        What it was opened with.
    driver : neo4j.Driver
        The driver, for what the verbs here don't cover.
    database : str
        The database every session names.
    dialect : str
        ``neo4j`` or ``embedded``: what the server is, however it is reached.
    reader : bool
        Whether nothing can be written through it.
    closed : bool
        Whether it was closed.
    """

    def __init__(
        self, settings: StoreSettings, driver: Driver, *, dialect: str, reader: bool, lease: Lease | None = None
    ) -> None:
        self.settings = settings
        self.driver = driver
        self.database = settings.database
        self.dialect = dialect
        self.reader = reader
        self.closed = False
        self.lease = lease

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Connection({self.settings.place!r}, database={self.database!r}, reader={self.reader})"

    def session(self, **config: Any) -> Session:
        """Open a session on the database, reading only where the connection does.

        Parameters
        ----------
        **config
            Further settings of ``neo4j.Driver.session``.
        """
        if self.lease is not None:
            self.lease.ensure()
        mode = {"default_access_mode": "READ"} if self.reader else {}
        return self.driver.session(
            **{"database": self.database, "fetch_size": self.settings.batch_rows, **mode, **config}
        )

    def read(self, text: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement in a read transaction and give its rows, values as the server sends them.

        Raises
        ------
        UnavailableError
            With one sentence, whatever the server could not do.
        """

        def work(transaction: ManagedTransaction) -> list[dict[str, Any]]:
            found = transaction.run(text, dict(parameters or {}))
            return [dict(row) for row in found]

        with translated(self.settings), self.session() as session:
            return session.execute_read(work)

    def write(self, work: Callable[[ManagedTransaction], T]) -> T:
        """Do ``work`` in a write transaction; turned away for now or cut off, all of it is done again.

        Parameters
        ----------
        work
            Takes the transaction; must bear being called again from its beginning.

        Raises
        ------
        UnavailableError
            With one sentence, whatever the server could not do.
        """
        if self.reader:
            raise UsageError("this connection only reads; open it without reader=True to write")
        with translated(self.settings), self.session() as session:
            if self.lease is not None:
                self.lease.spare = 1  # a server killed on the way is started again; one that the work kills is not
            return session.execute_write(work)

    def close(self) -> None:
        """Close the driver and give up the lease; safe to call twice."""
        if self.closed:
            return
        self.closed = True
        try:
            self.driver.close()
        finally:
            if self.lease is not None:
                self.lease.release()


def connect(settings: StoreSettings, *, reader: bool = False) -> Connection:
    """Reach the database of the settings, starting the embedded server where there is no URI.

    Parameters
    ----------
    settings
        Where it is and who asks.
    reader
        Nothing can be written: on the embedded server its read-only user asks, on a Neo4j each session is a READ one.

    Raises
    ------
    UsageError
        When a remote server would be spoken to without TLS.
    UnavailableError
        When it cannot be reached, refuses the password, or is not one that Renmai can use.

    Examples
    --------
    >>> from graph.stores.settings import StoreSettings
    >>> connect(StoreSettings("bolt://db.example"))
    Traceback (most recent call last):
    loaders.errors.UsageError: bolt://db.example is remote and not encrypted, so the password and the data could be\
 read on the way; use bolt+s:// or neo4j+s://, or allow it with --insecure
    """
    if not (settings.is_loopback or settings.is_encrypted or settings.insecure):
        raise UsageError(
            f"{settings.uri} is remote and not encrypted, so the password and the data could be read on the way;"
            " use bolt+s:// or neo4j+s://, or allow it with --insecure"
        )
    lease = None if settings.uri else Lease(settings).take()
    try:
        return _open(settings, reader, lease)
    except BaseException:
        if lease is not None:
            lease.release()
        raise


def _open(settings: StoreSettings, reader: bool, lease: Lease | None) -> Connection:
    from neo4j import GraphDatabase, NotificationMinimumSeverity
    from neo4j.exceptions import ServiceUnavailable, SessionExpired

    _quiet()
    auth = settings.credentials() if lease is None else lease.credentials(reader=reader)
    own: dict[str, Any] = {}
    if lease is not None:
        # before each new connection the server is looked for; a connection may be to the server before this one
        own = {"resolver": lambda _: [lease.address()], "liveness_check_timeout": 0}
    with translated(settings):
        driver = GraphDatabase.driver(
            settings.uri or EMBEDDED_URI,
            auth=auth,
            connection_timeout=CONNECT_SECONDS,
            max_transaction_retry_time=settings.retry_seconds,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            user_agent="renmai",
            **own,
        )
    connection = Connection(settings, driver, dialect=NEO4J, reader=reader, lease=lease)
    try:
        with translated(settings):
            try:
                agent = _agent(connection)
            except (ServiceUnavailable, SessionExpired):
                # an embedded server that was killed still takes connections while it goes; then another one is started
                if lease is None or not lease.outlives():
                    raise
                agent = _agent(connection)
        connection.dialect = recognise(agent, settings.place)
    except BaseException:
        driver.close()
        raise
    return connection


def _agent(connection: Connection) -> str:
    """Ask for the server's name; only a statement tells whether the database is there.

    Outside a managed transaction it fails at once.
    """
    with connection.session() as session:
        return str(session.run("RETURN 1 AS one").consume().server.agent)


def recognise(agent: str, place: str) -> str:
    """Say which dialect a server speaks by the name it gives itself.

    Raises
    ------
    UnavailableError
        When it is another product or a Neo4j that is too old.

    Examples
    --------
    >>> recognise("Neo4j/5.26.25", "bolt://localhost"), recognise("Neo4j/2025.10.1", "bolt://localhost")
    ('neo4j', 'neo4j')
    >>> recognise("Neo4j/4.4.30", "bolt://localhost")
    Traceback (most recent call last):
    loaders.errors.UnavailableError: bolt://localhost is Neo4j/4.4.30; Renmai needs Neo4j 5.23 or newer
    """
    if "ArcadeDB" in agent:
        return EMBEDDED
    version = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        raise UnavailableError(f"{place} is {agent}; Renmai needs Neo4j {'.'.join(map(str, OLDEST))} or newer")
    return NEO4J


def _quiet() -> None:
    """Keep the driver's log from printing by itself, and ids out of a log that somebody else switches on."""
    log = logging.getLogger("neo4j")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    logging.getLogger("neo4j.io").setLevel(logging.WARNING)  # its debug lines hold the parameters of every query
