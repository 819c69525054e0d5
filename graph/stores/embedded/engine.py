"""How does ArcadeDB start so that only this machine reaches it, and its second user can only read?"""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING, Any

from graph.stores.embedded.folder import LOOPBACK, READER, ROOT, ServerFolder, write_private

if TYPE_CHECKING:
    from collections.abc import Iterable

BOLT = "Bolt:com.arcadedb.bolt.BoltProtocolPlugin"
LOGGING = """\
handlers = java.util.logging.ConsoleHandler
java.util.logging.ConsoleHandler.level = INFO
java.util.logging.ConsoleHandler.formatter = com.arcadedb.log.LogFormatter
.level = OFF
com.arcadedb.level = SEVERE
com.arcadedb.server.level = INFO
com.arcadedb.bolt.level = OFF
com.arcadedb.query.level = OFF
"""
"""What the server says in its log: that it came and went, but no failed statement, since those quote rows."""
DATABASE_RIGHTS = ("updateSecurity", "updateSchema", "updateDatabaseSettings")
RECORD_RIGHTS = ("createRecord", "readRecord", "updateRecord", "deleteRecord")


def groups() -> dict[str, Any]:
    """Say what each group of users may do; the server enforces it.

    Examples
    --------
    >>> groups()["databases"]["*"]["groups"]["reader"]["types"]["*"]["access"]
    ['readRecord']
    """

    def group(database: Iterable[str], records: Iterable[str]) -> dict[str, Any]:
        # a limit of rows here would cut scans short without a word and make counts wrong
        rights = {"access": list(database), "types": {"*": {"access": list(records)}}}
        return {"resultSetLimit": -1, "readTimeout": -1, **rights}

    known = {"admin": group(DATABASE_RIGHTS, RECORD_RIGHTS), READER: group((), ("readRecord",)), "*": group((), ())}
    return {"databases": {"*": {"groups": known}}, "version": 2}


def java_options(heap: int, seconds: float) -> list[str]:
    """List what Java is told before it starts: its memory, and limits that can't be set later.

    Parameters
    ----------
    heap
        MiB.
    seconds
        After which the server stops a statement.

    Examples
    --------
    >>> java_options(512, 30)[:2]
    ['-Xmx512m', '-XX:+ExitOnOutOfMemoryError']
    """
    return [
        f"-Xmx{heap}m",
        "-XX:+ExitOnOutOfMemoryError",  # what an exhausted server still answers is not to be trusted
        f"-Darcadedb.command.timeout={round(seconds * 1000)}",
        "-Darcadedb.opencypher.loadCsv.allowFileUrls=false",
        "-Darcadedb.opencypher.loadCsv.allowRemoteUrls=false",
        "-Djava.util.logging.config.file=config/arcadedb-log.properties",  # in the working folder
    ]


def bring_up(folder: ServerFolder, database: str, heap: int, seconds: float, wish: int = 0) -> tuple[Any, int]:
    """Start the server in this process and give it with its port.

    Parameters
    ----------
    folder
        Where it lives; the working folder too, since its Java writes ``log`` there.
    database
        Created when missing.
    heap, seconds
        Limits, see ``java_options``.
    wish
        The port to take if it is free, so that clients find a restarted server again.
    """
    write_private(folder.groups, json.dumps(groups()))
    write_private(folder.logging, LOGGING)
    os.environ["ARCADEDB_JVM_ARGS"] = " ".join(java_options(heap, seconds))
    import arcadedb_embedded

    port = free_port(wish)
    config = {
        "host": LOOPBACK,
        "http_port": free_port(),
        "bolt_port": port,
        "server_plugins": BOLT,
        "mode": "development",  # production would hide the cause of every error, syntax errors too
        "server_defaultDatabases": f"{database}[{READER}:{_password(folder, READER)}:{READER}]",
    }
    server = arcadedb_embedded.create_server(str(folder.root), root_password=_password(folder, ROOT), config=config)
    server.start()
    server.create_database(database)
    java: Any = server._java_server  # noqa: SLF001 - the package offers no other way to either
    java.getHttpServer().stopService()
    return server, port


def free_port(wish: int = 0) -> int:
    """Find a free port on loopback: the wished one, else any."""
    for port in (wish, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("Unable to listen")


def _password(folder: ServerFolder, user: str) -> str:
    return folder.password(user).read_text(encoding="utf-8")
