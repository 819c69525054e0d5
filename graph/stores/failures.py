"""What went wrong in the database, in one sentence without a row of data in it?

The driver's own messages quote values of rows, so they never reach a user: a sentence names the server, the cause and,
where there is one, the server's code.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from loaders.errors import RenmaiError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.stores.settings import StoreSettings

BY_CODE = (
    ("CredentialsExpired", "wants the first password of {user} to be changed: ALTER CURRENT USER SET PASSWORD"),
    ("AuthenticationRateLimit", "turned {user} away after too many wrong passwords; wait a while"),
    ("Security.Unauthorized", "refused {user} or the password; see {where}"),
    ("Security.Forbidden", "does not allow this to {user}"),
    ("Security", "refused {user} ({code}); see {where}"),
    ("DatabaseNotFound", "has no database {database!r}; name another in NEO4J_DATABASE (community edition: neo4j)"),
    ("ReadOnly", "holds {database!r} read-only, so nothing was written"),
    ("DatabaseUnavailable", "has database {database!r}, but it is not available now"),
    ("OutOfMemory", "needs more memory for this than it may use; nothing of it was kept"),
    ("TransactionTimedOut", "stopped a transaction that took longer than its limit ({seconds:g} s)"),
    ("ConstraintValidationFailed", "already holds something else under the same key ({code}); nothing of it was kept"),
    ("TransactionNotFound", "gave up a transaction by itself, as with a full disk; nothing of this batch was kept"),
    ("SyntaxError", "could not read the query ({code})"),
)
BY_TEXT = (
    ("No space left on device", "has no space left on its disk; nothing of this batch was kept"),
    ("read-only", "holds {database!r} read-only, so nothing was written"),
    ("read only", "holds {database!r} read-only, so nothing was written"),
)
ENDED = (
    "ended at its work: that was too much for its {} of memory, or it was stopped; the next use starts it again ({})"
)
UNREACHED = ("Couldn't connect", "Failed to DNS resolve", "Unable to retrieve routing")
PASSWORDS = "NEO4J_USERNAME and NEO4J_PASSWORD"


@contextlib.contextmanager
def translated(settings: StoreSettings) -> Iterator[None]:
    """Turn every error of the driver into a sentence with its exit code; other errors pass.

    Raises
    ------
    UnavailableError
        For whatever the driver or its server could not do.

    Examples
    --------
    >>> from neo4j.exceptions import ServiceUnavailable
    >>> from graph.stores.settings import StoreSettings
    >>> with translated(StoreSettings("bolt://localhost:1")):
    ...     raise ServiceUnavailable("Couldn't connect to localhost:1")
    Traceback (most recent call last):
    loaders.errors.UnavailableError: bolt://localhost:1 cannot be reached; is the server running and the address right?
    """
    from neo4j.exceptions import DriverError, Neo4jError

    try:
        yield
    except (DriverError, Neo4jError) as error:
        # not chained: the driver's text may quote ids and amounts
        raise failure(error, settings) from None


def failure(error: Exception, settings: StoreSettings) -> RenmaiError:
    """Say what an error of the driver means for the user."""
    from neo4j.exceptions import Neo4jError

    told = _of_server(error, settings) if isinstance(error, Neo4jError) else _of_driver(error, settings)
    return UnavailableError(f"{settings.place} {told}")


def ended(settings: StoreSettings) -> str:
    """Say that the embedded server is gone.

    Examples
    --------
    >>> from graph.stores.settings import StoreSettings
    >>> ended(StoreSettings()).partition(":")[0]
    'the embedded server in .renmai/db ended at its work'
    """
    return f"{settings.place} {ENDED.format(settings.memory, settings.folder / 'server.log')}"


def _of_server(error: Any, settings: StoreSettings) -> str:
    code, text = error.code or "no code", error.message or ""
    pattern = next((told for part, told in BY_TEXT if part.lower() in text.lower()), "")
    pattern = pattern or next((told for part, told in BY_CODE if part in code), "refused a statement ({code})")
    if code.startswith("Neo.TransientError") and pattern.startswith("refused"):
        pattern = "turned a transaction away for {retry:g} s ({code}); try again later"
    user = f"user {settings.username!r}" if settings.uri else "its own user"
    return pattern.format(
        user=user,
        where=PASSWORDS if settings.uri else settings.folder,
        code=code,
        database=settings.database,
        seconds=settings.query_seconds,
        retry=settings.retry_seconds,
    )


def _of_driver(error: Exception, settings: StoreSettings) -> str:
    from neo4j import exceptions

    text = str(error)
    if isinstance(error, exceptions.IncompleteCommit):
        return "was lost while it committed a batch; do the same again, what is there already stays as it is"
    if isinstance(error, exceptions.UnsupportedServerProduct):
        return "is not a Neo4j that speaks Bolt 4.4 or newer; Renmai needs Neo4j 5.23 or newer"
    lost = isinstance(error, exceptions.ServiceUnavailable | exceptions.SessionExpired | exceptions.ConnectionPoolError)
    if settings.uri is None and lost:
        return ENDED.format(settings.memory, settings.folder / "server.log")
    if "handshake" in text.lower() or "SSL" in text or "certificate" in text.lower():
        return "does not answer as the address says: check TLS (+s or not) and that it is the Bolt port"
    if lost and text.startswith(UNREACHED):
        return "cannot be reached; is the server running and the address right?"
    if lost:
        return "was reached, but the connection broke; do the same again, what is there already stays as it is"
    return f"could not be used ({type(error).__name__})"
