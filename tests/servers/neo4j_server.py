"""How does a test get a real Neo4j? From jars that ``make neo4j`` fetched, as a process that dies with the test.

A shell stands between: it waits on a pipe from the test's process, and kills its Java when the pipe closes, however the
test's process ended.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from graph.stores.embedded.engine import free_port
from graph.stores.settings import StoreSettings

VERSION = "5.26.25"
USER, PASSWORD = "neo4j", "a password of tests"
WATCH = 'java "$@" >"$LOG" 2>&1 & echo $!; read -r _; kill -9 $!'
OPENED = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in ("java.nio", "java.io", "sun.nio.ch")]
CONF = """\
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.directories.import=import
server.memory.pagecache.size=128m
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0
"""


def jars() -> Path:
    """The folder into which ``make neo4j`` puts the server."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "renmai" / f"neo4j-{VERSION}" / "lib"


def missing() -> str:
    """Say what a real Neo4j wants that is not here; empty when it can start."""
    if not jars().is_dir():
        return f"no Neo4j {VERSION} in {jars()}: `make neo4j` fetches it, given Java 17 and Maven"
    java = shutil.which("java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    version = re.search(r' version "(\d+)', said)
    return "" if version and int(version[1]) >= 17 else "no Java 17 or newer, so no Neo4j is tested"


class Neo4jServer:
    """A Neo4j in a folder of its own; ``start`` after ``kill`` finds the same data at the same port.

    ``lines`` are further lines of its configuration, or others in place of those of ``CONF``; ``beside`` are folders of
    jars that it shall have as well.
    """

    def __init__(
        self, home: Path, *lines: str, heap: str = "512m", collector: str = "Serial", beside: Sequence[Path] = ()
    ) -> None:
        self.home, self.lines, self.heap = home, lines, heap
        self.collector, self.beside = collector, beside
        self.port = free_port()
        self.pid = 0
        self._shell: subprocess.Popen[str] | None = None
        self._is_fresh = True

    @property
    def settings(self) -> StoreSettings:
        return StoreSettings(f"bolt://127.0.0.1:{self.port}", username=USER, password=PASSWORD)

    def start(self) -> None:
        """Start it and wait until it answers."""
        for name in ("conf", "data", "logs", "run", "plugins", "import"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        stated = dict(line.split("=", 1) for line in [*CONF.format(port=self.port).splitlines(), *self.lines])
        (self.home / "conf/neo4j.conf").write_text("".join(f"{name}={value}\n" for name, value in stated.items()))
        memory = [f"-Xms{self.heap}", f"-Xmx{self.heap}", f"-XX:+Use{self.collector}GC"]
        classes = ":".join(f"{folder}/*" for folder in (jars(), *self.beside))
        entry = [
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self.home}",
            f"--config-dir={self.home / 'conf'}",
        ]
        options = [*memory, *OPENED, "-Dlog4j2.disable.jmx=true", "-cp", classes, *entry]
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", WATCH, "sh", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LOG": str(self.home / "logs/console.log")},
            start_new_session=True,
        )
        self.pid = int(self._shell.stdout.readline())
        try:
            self._wait()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._shell is None:
            return
        shell, self._shell = self._shell, None
        shell.communicate()  # closes the pipe; the shell kills its Java
        self._gone()

    def stop(self) -> None:
        """End it in good order."""
        if self._shell is not None:
            os.kill(self.pid, signal.SIGTERM)
            self._gone()
            self.kill()

    def _is_alive(self) -> bool:
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        return state != "Z"  # else its parent, the shell, has not looked yet

    def _gone(self, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self._is_alive():
                return
            time.sleep(0.02)
        raise TimeoutError(f"Neo4j (process {self.pid}) does not end")

    def _wait(self, seconds: float = 120.0) -> None:
        from neo4j import GraphDatabase
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            password, database = (USER, "system") if self._is_fresh else (PASSWORD, "neo4j")
            with GraphDatabase.driver(self.settings.uri, auth=(USER, password)) as driver:
                try:
                    # outside a managed transaction, which would wait longer and longer before it tries again
                    with driver.session(database=database) as session:
                        if not self._is_fresh:
                            session.run("RETURN 1").consume()
                            return
                        session.run(
                            "ALTER CURRENT USER SET PASSWORD FROM $old TO $new", old=USER, new=PASSWORD
                        ).consume()
                        self._is_fresh = False
                except AuthError:
                    self._is_fresh = not self._is_fresh
                except (DriverError, Neo4jError):
                    if self._shell is None or not self._is_alive():
                        break
            time.sleep(0.1)
        raise RuntimeError(f"Neo4j did not start: {(self.home / 'logs/console.log').read_text()[-2000:]}")
