"""Is a database that was built in one go the same as one that was loaded, and whole or not there at all?"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.stores import embedded
from graph.stores.bolt import open_store
from graph.stores.connection import connect
from graph.stores.embedded import bulk
from graph.stores.settings import StoreSettings
from loaders.errors import UnavailableError
from loaders.tables import Tables, plain
from tests.servers.logs import TABLES, hostile, odd, town_tables
from tests.servers.test_conformance_load import counted

VALUES = "MATCH (a:Account)-[r]->(b) RETURN type(r) AS t, properties(r) AS p ORDER BY t, r.id"
KILLED = """
import os, signal, sys
from pathlib import Path
from graph.stores.embedded import bulk
from graph.stores.settings import StoreSettings
from tests.servers.logs import town_tables
settings = StoreSettings(folder=Path(sys.argv[1]), memory="512MiB")
bulk.build(settings, town_tables(), lambda done, of: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build even for a few rows."""
    monkeypatch.setattr(bulk, "LEAST_ROWS", 1)


@pytest.mark.parametrize("tables", [odd, hostile])
def test_a_built_database_holds_what_a_loaded_one_does(
    eager: None, own_folder: StoreSettings, tables: Callable[[], Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values, types and times are those of a load over Bolt; loading again finds everything there."""
    log = tables()
    with open_store(own_folder) as store:
        assert store.load(log)["relations"].written == log.relations.num_rows
        found = store.read()
        assert all(found[name].equals(plain(getattr(log, name)), check_metadata=True) for name in TABLES)
        assert {one.written for one in store.load(log).values()} == {0}
        built = store.connection.read(VALUES)
        store.connection.write(lambda tx: tx.run("MATCH (n) DETACH DELETE n").consume())
        monkeypatch.setattr(bulk, "LEAST_ROWS", 10**9)
        store.load(log)
        assert store.connection.read(VALUES) == built


def test_a_build_that_is_killed_leaves_nothing(eager: None, own_folder: StoreSettings) -> None:
    """Killed in the middle, the database is empty as it was; the next load builds it whole and clears what was left."""
    child = subprocess.run([sys.executable, "-c", KILLED, str(own_folder.folder)], check=False, cwd=Path.cwd())
    assert child.returncode == -signal.SIGKILL
    with connect(own_folder) as connection:
        assert counted(connection) == (0, 0)
    with open_store(own_folder) as store:
        store.load(town_tables())
        assert store.read()["relations"].equals(plain(town_tables().relations))
    assert not list(own_folder.folder.glob("building-*"))


def test_a_failed_build_says_so_and_changes_nothing(
    eager: None, own_folder: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that ends without having built is told in one sentence; the database stays and can be used."""
    monkeypatch.setattr(bulk, "MODULE", "graph.stores.no_such_module")
    with open_store(own_folder) as store:
        with pytest.raises(UnavailableError, match="the build of the database ended with code 1"):
            store.load(town_tables())
        assert counted(store.connection) == (0, 0)


def test_a_server_in_use_is_loaded_over_its_connection(
    eager: None, own_folder: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody else uses the server it can't be replaced, so the log goes in over Bolt."""
    monkeypatch.setattr(embedded.control, "PATIENCE_SECONDS", 0.1)
    with connect(own_folder) as other, open_store(own_folder) as store:
        store.load(town_tables())
        assert counted(other) == counted(store.connection) != (0, 0)
