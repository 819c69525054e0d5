"""Does the embedded server come and go with its users, and let nobody else in?"""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.stores import embedded
from graph.stores.connection import connect
from graph.stores.embedded.folder import READER, ROOT, ServerFolder
from graph.stores.settings import StoreSettings
from loaders.errors import LockedError, UnavailableError

HOLD = """
import sys, time
from pathlib import Path
from graph.stores.embedded import Lease
from graph.stores.settings import StoreSettings
lease = Lease(StoreSettings(folder=Path(sys.argv[1]), memory="512MiB")).take()
print(lease.uri, flush=True)
sys.stdin.read()
lease.release()
"""


def until(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until something holds; say whether it came to."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def server_pid(settings: StoreSettings) -> int:
    return embedded.status(settings).pid


@pytest.fixture
def holder(own_folder: StoreSettings) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another process that uses the server until its input ends."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLD, str(own_folder.folder)]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.communicate()


def test_the_last_user_stops_the_server(own_folder: StoreSettings) -> None:
    """While one connection is open the server runs; when the last one is closed no process is left."""
    first, second = connect(own_folder), connect(own_folder, reader=True)
    pid = server_pid(own_folder)
    first.close()
    between = lives(pid)
    second.close()
    assert (between, lives(pid), embedded.status(own_folder).running) == (True, False, False)


def test_two_starts_at_once_end_with_one_server(own_folder: StoreSettings, holder: Callable) -> None:
    """Both processes are told the same address."""
    one, two = holder(), holder()
    assert one.stdout.readline() == two.stdout.readline() != ""


def test_a_killed_user_leaves_no_orphan(own_folder: StoreSettings, holder: Callable) -> None:
    """SIGKILL of the only user ends the server; the next one starts it again with what was written."""
    user = holder()
    user.stdout.readline()
    pid = server_pid(own_folder)
    with connect(own_folder) as connection:
        connection.write(lambda tx: tx.run("CREATE (:Account {id: 'a1'})").consume())
        user.kill()
    assert until(lambda: not lives(pid))
    with connect(own_folder) as connection:
        assert connection.read("MATCH (a:Account) RETURN a.id AS id") == [{"id": "a1"}]


def test_a_user_killed_while_the_server_starts_leaves_no_orphan(own_folder: StoreSettings, holder: Callable) -> None:
    """The server that nobody waits for any more comes up, finds itself alone and goes."""
    user = holder()
    assert until(lambda: server_pid(own_folder) > 0)
    pid = server_pid(own_folder)
    user.kill()
    assert until(lambda: not lives(pid))


def test_who_comes_while_the_server_goes_waits_and_starts_another(own_folder: StoreSettings) -> None:
    """A user that arrives while the last one leaves is served."""
    last = connect(own_folder)
    leaving = threading.Thread(target=last.close)
    leaving.start()
    with connect(own_folder) as connection:
        assert connection.read("RETURN 1 AS one") == [{"one": 1}]
    leaving.join()


def test_a_server_that_was_killed_is_started_again_in_the_midst_of_writing(own_folder: StoreSettings) -> None:
    """The transaction that was lost is done again on the new server, once."""
    killed = []

    def work(transaction: object) -> int:
        found = transaction.run("CREATE (a:Account {id: 'a1'}) RETURN count(a) AS n").single()["n"]
        if not killed:
            killed.append(server_pid(own_folder))
            os.kill(killed[0], signal.SIGKILL)
            until(lambda: not lives(killed[0]))
        transaction.run("MATCH (a:Account) RETURN count(a) AS n").consume()  # so that no commit is in doubt
        return found

    with connect(own_folder) as connection:
        connection.write(work)
        assert connection.read("MATCH (a:Account) RETURN count(a) AS n") == [{"n": 1}]


def test_a_started_server_stays_until_it_is_stopped(own_folder: StoreSettings) -> None:
    """A second start finds the first; a connection that closes does not end it; stop does."""
    first = embedded.start(own_folder)
    second = embedded.start(own_folder)
    connect(own_folder).close()
    still = embedded.status(own_folder)
    embedded.stop(own_folder)
    assert first == second == still
    assert (still.kept, lives(still.pid), embedded.status(own_folder).kept) == (True, False, False)


def test_only_the_owner_can_enter_and_only_this_machine_can_connect(embedded_server: StoreSettings) -> None:
    """Folders are 0700, files 0600, and the one open port listens on loopback."""
    with connect(embedded_server) as connection:
        connection.write(lambda tx: tx.run("CREATE (:Account {id: 'a1'})").consume())
        modes = {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in embedded_server.folder.rglob("*")}
        listening = listening_sockets(server_pid(embedded_server))
    assert (modes, stat.S_IMODE(embedded_server.folder.stat().st_mode)) == ({0}, 0o700)
    assert [address for address, _ in listening] == ["127.0.0.1"]


def listening_sockets(pid: int) -> list[tuple[str, int]]:
    """Address and port of every TCP socket on which a process listens."""
    inodes = {link.readlink().name.removeprefix("socket:[").rstrip("]") for link in Path(f"/proc/{pid}/fd").iterdir()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                octets = bytes.fromhex(address[-8:])[::-1]
                mapped = table == "tcp" or address.startswith("0000000000000000FFFF0000")
                found.append((".".join(map(str, octets)) if mapped else address, int(port, 16)))
    return found


@pytest.mark.parametrize(
    "statement",
    ["CREATE (:Account {id: 'x'})", "MATCH (a:Account) SET a.id = 'x'", "MATCH (a:Account) DETACH DELETE a"],
)
def test_the_reader_cannot_write_even_in_a_writing_session(statement: str, embedded_server: StoreSettings) -> None:
    """The server refuses, not the driver: the session asks to write."""
    from neo4j.exceptions import Forbidden

    with connect(embedded_server) as connection, connect(embedded_server, reader=True) as reader:
        connection.write(lambda tx: tx.run("MERGE (:Account {id: 'a1'})").consume())
        with pytest.raises(Forbidden), reader.session(default_access_mode="WRITE") as session:
            session.run(statement).consume()
        assert connection.read("MATCH (a:Account {id: 'a1'}) RETURN count(a) AS n") == [{"n": 1}]


def test_passwords_and_ids_are_in_no_log_argument_or_environment(own_folder: StoreSettings) -> None:
    """Neither password is anywhere but in its file; a refused statement leaves no id in a log."""
    canary = "canary-7f3a"
    with connect(own_folder) as connection:
        connection.write(lambda tx: tx.run("CREATE CONSTRAINT c FOR (a:Account) REQUIRE a.id IS UNIQUE").consume())
        for _ in range(2):
            try:
                connection.write(lambda tx: tx.run("CREATE (:Account {id: $id})", id=canary).consume())
            except UnavailableError as refused:
                assert canary not in str(refused)
        with pytest.raises(UnavailableError) as caught:
            connection.read(f"MATCH (a:Account) RETURN date(a.id) AS day, '{canary}' AS x")
        assert canary not in str(caught.value)
        process = Path(f"/proc/{server_pid(own_folder)}")
        seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    folder = ServerFolder(own_folder.folder)
    secrets = [folder.password(user).read_bytes() for user in (ROOT, READER)]
    others = [path for path in folder.root.rglob("*") if path.is_file() and path.suffix != ".password"]
    kept = {path.name: path.read_bytes() for path in others}
    assert [name for name, content in kept.items() if any(secret in content + seen for secret in secrets)] == []
    logs = [content for name, content in kept.items() if "log" in name and not name.startswith("txlog")]
    assert len(logs) >= 2
    assert [canary.encode() in log for log in logs] == [False] * len(logs)


def test_a_query_that_exhausts_the_memory_ends_in_a_sentence_and_the_next_is_served(own_folder: StoreSettings) -> None:
    """The server exits rather than hang; its data stay, and the same connection goes on."""
    doubled = "RETURN size(reduce(text = 'x', i IN range(1, 60) | text + text)) AS size"
    with connect(own_folder) as connection:
        connection.write(lambda tx: tx.run("CREATE (:Account {id: 'a1'})").consume())
        with pytest.raises(UnavailableError, match="too much for its 512MiB of memory"):
            connection.read(doubled)
        assert connection.read("MATCH (a:Account) RETURN a.id AS id") == [{"id": "a1"}]


def test_the_server_takes_the_memory_it_is_given(own_folder: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heap of its Java is the setting's, and no variable of the environment can raise it."""
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-Xmx2g")
    monkeypatch.setenv("ARCADEDB_JVM_ARGS", "-Xmx2g")
    with connect(own_folder) as connection:
        assert embedded.status(own_folder).memory == 512
        rows = connection.read("RETURN 1 AS one")
        log = ServerFolder(own_folder.folder).log.read_text()
    assert rows == [{"one": 1}]
    assert 400 < float(re.search(r"MAXRAM=([0-9.]+)MB", log)[1]) <= 512


def test_the_files_are_ones_own_while_the_server_is_offline(own_folder: StoreSettings, holder: Callable) -> None:
    """A kept server is stopped, nobody can start one, and afterwards it runs again."""
    before = embedded.start(own_folder)
    with embedded.offline(own_folder) as folder:
        user = holder()
        assert (lives(before.pid), folder.parent.name, folder.name) == (False, "databases", "renmai")
        time.sleep(1.0)
        during = embedded.status(own_folder).running
    assert (during, user.stdout.readline().startswith("bolt://127.0.0.1:")) == (False, True)
    assert embedded.status(own_folder).kept


def test_who_is_at_work_is_not_cut_off(embedded_server: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """To stop the server, or have its files, under somebody who uses it is refused in one sentence; exit code 5."""
    monkeypatch.setattr("graph.stores.embedded.control.PATIENCE_SECONDS", 0.1)
    with connect(embedded_server) as connection:
        with pytest.raises(LockedError, match="another command uses the embedded database") as caught:
            embedded.stop(embedded_server)
        with pytest.raises(LockedError), embedded.offline(embedded_server):
            pass
        assert (caught.value.exit_code, connection.read("RETURN 1 AS one")) == (5, [{"one": 1}])


def test_files_that_another_process_has_open_are_a_sentence(own_folder: StoreSettings, tmp_path: Path) -> None:
    """A second server on the same files, by a link, is refused by the files' own lock; exit code 6."""
    beside = replace(own_folder, folder=tmp_path / "beside")
    with connect(own_folder):
        beside.folder.mkdir()
        (beside.folder / "databases").symlink_to(own_folder.folder / "databases")
        with pytest.raises(UnavailableError, match="does not start: another process has its database open") as caught:
            connect(beside)
    assert caught.value.exit_code == 6


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    """A file where the folder should be; exit code 6, and no process."""
    (tmp_path / "db").write_text("mine")
    with pytest.raises(UnavailableError, match=r"the embedded database cannot use .*db: ") as caught:
        connect(StoreSettings(folder=tmp_path / "db"))
    assert (caught.value.exit_code, (tmp_path / "db").read_text()) == (6, "mine")
