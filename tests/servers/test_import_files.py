"""Does Neo4j's own import tool make the same database of our files as a load does?"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from graph.stores.bolt import open_store
from graph.stores.import_files import command, write_import_files
from graph.stores.reading import ORDERS, ordered
from loaders.errors import UsageError
from loaders.tables import Tables, plain
from scoring.cli import execute
from tests.scoring.batch_runs import folder
from tests.servers.logs import TABLES, hostile, odd, town_tables
from tests.servers.neo4j_server import Neo4jServer, jars, missing
from tests.servers.test_conformance_load import counted


def import_into(server: Neo4jServer, line: str) -> None:
    """Run the printed command by the tool's own entry point, since no installer made `neo4j-admin`."""
    conf = server.home / "conf"
    conf.mkdir(parents=True)
    (conf / "neo4j.conf").write_text("server.memory.pagecache.size=64m\n")
    name, *arguments = shlex.split(line)
    assert name == "neo4j-admin"
    java = ["java", "-Xmx512m", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", f"{jars()}/*"]
    # the tool leaves a report in its working folder
    where = {"cwd": server.home, "capture_output": True, "text": True, "check": False}
    environment = {**os.environ, "NEO4J_HOME": str(server.home), "NEO4J_CONF": str(conf)}
    done = subprocess.run([*java, "org.neo4j.cli.AdminTool", *arguments], env=environment, **where)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def merged() -> Tables:
    """The hostile log and the odd one in one; the odd one's accounts get names of their own."""
    ring, other = hostile(), odd()
    own = {"accounts": ("account_id",), "relations": ("from_id", "to_id"), "outcomes": ("account_id",)}
    parts = {}
    for name, columns in own.items():
        table = getattr(other, name)
        for column in columns:
            fresh = pc.binary_join_element_wise(table[column], "odd", "-")
            table = table.set_column(table.schema.get_field_index(column), column, fresh)
        parts[name] = ordered(pa.concat_tables([getattr(ring, name), table]), ORDERS[name])
    return replace(ring, **parts)


def test_imported_files_are_the_log(tmp_path: Path) -> None:
    """The real tool takes the files, hostile ids and all; the database then has its keys and nothing to load."""
    if reason := missing():
        pytest.skip(reason)
    tables = merged()
    counts = write_import_files(tables, tmp_path / "out")
    assert counts["Account"] == counts["HELD_BY"] == tables.accounts.num_rows
    server = Neo4jServer(tmp_path / "neo4j")
    import_into(server, command(tmp_path / "out"))
    server.start()
    try:
        with open_store(server.settings) as store:
            found = store.read()
            assert all(found[name].equals(plain(getattr(tables, name)), check_metadata=True) for name in TABLES)
            before = counted(store.connection)
            assert {one.written for one in store.load(tables).values()} == {0}
            assert counted(store.connection) == before
    finally:
        server.kill()


def test_the_command_writes_files_for_their_owner_and_prints_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`db export-import-files` writes typed headers and rows that only their owner can read, and prints the command."""
    data, out = folder(tmp_path / "data"), tmp_path / "out"
    assert execute(["db", "export-import-files", str(data), "--out", str(out)]) == 0
    assert command(out) in capsys.readouterr().out
    modes = {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    assert (modes, stat.S_IMODE(out.stat().st_mode)) == ({0o600}, 0o700)
    assert "amount_minor:long" in (out / "TRANSFER.header.csv").read_text()
    lines = (out / "TRANSFER.csv").read_text().splitlines()
    assert len(lines) == sum(kind == "transfer" for kind in town_tables().relations["kind"].to_pylist())
    assert lines[0].endswith(",")  # no reversal: nothing between the last comma and the end
    assert execute(["db", "export-import-files", str(data), "--out", str(out)]) == 2
    with pytest.raises(UsageError, match="no name may hold one"):
        write_import_files(town_tables(), tmp_path / "a,b")
