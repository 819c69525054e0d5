"""Which database holds the graph, and how may it be used?

With a URI it is a Neo4j 5 that somebody runs; without one it is the embedded server, which commands start by
themselves. The password is wrapped so that no print, comparison or dump of the settings can show it.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from loaders.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLES = {
    "uri": "NEO4J_URI",
    "username": "NEO4J_USERNAME",
    "password": "NEO4J_PASSWORD",
    "password_file": "NEO4J_PASSWORD_FILE",
    "database": "NEO4J_DATABASE",
}
DATABASES = ("renmai", "neo4j")
"""The default database of the embedded server, and of a Neo4j."""
LEAST_MEMORY = 256
"""MiB with which the embedded server still starts."""
_URI = re.compile(
    r"(?P<scheme>(bolt|neo4j)(\+s|\+ssc)?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s/@:?#\[\]]+)(:\d{1,5})?/?(\?\S*)?"
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_MEMORY = re.compile(r"([1-9][0-9]*)(K|M|G|T)(i?)B")


class Secret:
    """A text that shows itself only when asked.

    Examples
    --------
    >>> Secret("open sesame")
    Secret(...)
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(...)"

    def reveal(self) -> str:
        """Give the text itself."""
        return self._text


@dataclass(frozen=True)
class StoreSettings:
    """Where the graph database is and what may be asked of it.

    Attributes
    ----------
    uri
        ``bolt://`` or ``neo4j://`` address of a Neo4j (``+s`` with TLS); ``None`` is the embedded server.
    username, password, password_file
        Who asks there; the file is read when a connection is made. The embedded server has its own.
    database
        Name of the database; by default ``neo4j`` there and ``renmai`` on the embedded server.
    insecure
        Whether a remote server may be spoken to without TLS.
    folder
        Where the embedded server keeps its data; only its owner can enter.
    memory
        Heap of the embedded server, such as ``1GB``.
    query_seconds, query_rows
        Limits of one query of an analyst.
    batch_rows
        Rows written or fetched at a time.
    retry_seconds
        How long a transaction that the server turned away for now is tried again.
    keep
        How many published runs stay.

    Examples
    --------
    >>> settings = StoreSettings("bolt://localhost:7687", username="ana", password="open sesame")
    >>> settings.database, settings.is_loopback, "sesame" in repr(settings)
    ('neo4j', True, False)
    """

    uri: str | None = None
    username: str = "neo4j"
    password: Secret | str | None = field(default=None, repr=False, compare=False)
    password_file: Path | None = None
    database: str = ""
    insecure: bool = False
    folder: Path = Path(".renmai/db")
    memory: str = "1GB"
    query_seconds: float = 30.0
    query_rows: int = 100_000
    batch_rows: int = 10_000
    retry_seconds: float = 30.0
    keep: int = 3

    def __post_init__(self) -> None:
        if isinstance(self.password, str):
            object.__setattr__(self, "password", Secret(self.password))
        if self.password_file is not None:
            object.__setattr__(self, "password_file", Path(self.password_file))
        object.__setattr__(self, "folder", Path(self.folder))
        if not self.database:
            object.__setattr__(self, "database", DATABASES[self.uri is not None])
        if self.uri is not None:
            _refuse_uri(self.uri)
            if self.database.lower() == "system":
                raise UsageError("the database is 'system', which holds users and no graph; name another")
        elif not _NAME.fullmatch(self.database):
            raise UsageError(
                f"the embedded server's database is {self.database!r}; it must be a letter, then letters, digits, '_'"
                " and '-', 63 at most"
            )
        for name in ("query_seconds", "query_rows", "batch_rows", "retry_seconds", "keep"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} must be greater than 0; got {getattr(self, name)!r}")
        _ = self.heap

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, **defaults: Any) -> Self:
        """Take the settings from ``NEO4J_URI`` and its companions; what they leave open from ``defaults``.

        Without a URI the other variables mean nothing: the embedded server has its own users.

        Parameters
        ----------
        environ
            Variables of the process; an empty one counts as not set.
        **defaults
            Attributes of the settings, as a config file gives them.

        Examples
        --------
        >>> StoreSettings.from_environment({"NEO4J_URI": "bolt://localhost"}, keep=5).keep
        5
        >>> StoreSettings.from_environment({"NEO4J_USERNAME": "ana"}).database
        'renmai'
        """
        given: dict[str, Any] = {name: environ[word] for name, word in VARIABLES.items() if environ.get(word)}
        if not (given.get("uri") or defaults.get("uri")):
            given = {}
        return cls(**{**defaults, **given})

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, so that nobody on a network can listen."""
        if self.uri is None:
            return True
        match = _URI.fullmatch(self.uri)
        host = match["host"].strip("[]") if match else ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host.lower() == "localhost"

    @property
    def is_encrypted(self) -> bool:
        """Whether the address asks for TLS."""
        return self.uri is not None and "+s" in self.uri.partition("://")[0]

    @property
    def place(self) -> str:
        """The server as sentences name it."""
        return self.uri or f"the embedded server in {self.folder}"

    @property
    def heap(self) -> int:
        """Memory of the embedded server's heap in MiB.

        Examples
        --------
        >>> StoreSettings(memory="2GiB").heap, StoreSettings(memory="1GB").heap
        (2048, 953)
        """
        match = _MEMORY.fullmatch(self.memory)
        base = 1024 if match and match[3] else 1000
        size = int(match[1]) * base ** ("KMGT".index(match[2]) + 1) // 2**20 if match else 0
        if size < LEAST_MEMORY:
            raise UsageError(f"memory is {self.memory!r}; it must be at least {LEAST_MEMORY}MiB, written like 1GB")
        return size

    def credentials(self) -> tuple[str, str] | None:
        """Give username and password for a server with a URI; ``None`` when no password is known.

        Raises
        ------
        UsageError
            When the password file cannot be read.
        """
        if isinstance(self.password, Secret):
            return self.username, self.password.reveal()
        if self.password_file is None:
            return None
        try:
            return self.username, self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            cause = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise UsageError(f"password file {self.password_file} cannot be read: {cause}") from None


def _refuse_uri(uri: str) -> None:
    if "@" in uri:  # not shown: what stands before the @ may be a password
        raise UsageError("the database URI holds an '@'; user and password go into NEO4J_USERNAME and NEO4J_PASSWORD")
    if not _URI.fullmatch(uri):
        raise UsageError(f"the database URI is {uri!r}; it must look like bolt://host:7687 or neo4j+s://host")
