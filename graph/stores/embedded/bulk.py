"""How does a large log come into an empty embedded database several times faster than over Bolt?

A child process builds the database with ArcadeDB's own batch in a folder beside; when it is whole and closed it is
renamed into place. Whatever dies on the way leaves the database as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from graph.stores import embedded
from graph.stores.embedded.builder import DONE, MODULE, TAKEN
from graph.stores.loading import Loaded, holder_kinds, outcome_rows, refuse_repeated
from graph.stores.statements import statement
from loaders.contract import RELATION_KINDS
from loaders.errors import UnavailableError

if TYPE_CHECKING:
    from graph.stores.batches import Progress
    from graph.stores.connection import Connection
    from graph.stores.settings import StoreSettings
    from loaders.tables import Tables

LEAST_ROWS = 50_000
"""Relations from which on it pays to stop the server, build beside it and start it again."""
FOREIGN = ("NEO4J_", "ARCADEDB_", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JPY_")
PREFIX = "building-"


def pays(connection: Connection, tables: Tables) -> bool:
    """Say whether these tables are worth a build: many rows for an embedded database that holds nothing."""
    if connection.settings.uri is not None or connection.reader or tables.relations.num_rows < LEAST_ROWS:
        return False
    return not connection.read(statement("find_anything"))


def build(settings: StoreSettings, tables: Tables, progress: Progress | None = None) -> dict[str, Loaded] | None:
    """Build the whole database from tables, if it is empty and nobody uses it.

    Parameters
    ----------
    settings
        Of the embedded server.
    tables
        What was accepted of the input.
    progress
        Is told rows done, and of how many.

    Returns
    -------
    dict or None
        As :func:`graph.stores.loading.load`; None when the database holds something already.

    Raises
    ------
    LockedError
        When somebody uses the server.
    UnavailableError
        When the build failed; the database is as it was.
    """
    refuse_repeated(tables)
    with embedded.offline(settings) as place:
        root = place.parent.parent
        for left in root.glob(f"{PREFIX}*"):  # of a build that was killed; nobody else can be building now
            shutil.rmtree(left, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        try:
            _lay_down(tables, folder)
            if not _run(settings, folder, place, tables, progress):
                return None
            _put_in_place(folder / place.name, place, folder / "before")
        except OSError as error:
            raise UnavailableError(f"{root}: {error.strerror}; the database is as it was") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return {
        "accounts": Loaded(tables.accounts.num_rows, 0),
        "holders": Loaded(pc.count_distinct(tables.accounts["holder_id"]).as_py(), 0),
        "relations": Loaded(tables.relations.num_rows, 0),
        "outcomes": Loaded(tables.outcomes.num_rows, 0),
    }


def _lay_down(tables: Tables, folder: Path) -> None:
    """Write what the child reads: Arrow files, times as ISO text in UTC, ends as places in the table of accounts."""
    accounts, kinds = tables.accounts, holder_kinds(tables.accounts)
    holders = pa.table({"id": pa.array(kinds, pa.string()), "kind": pa.array(kinds.values(), pa.string())})
    rows = outcome_rows(accounts, tables.outcomes)
    outcomes = tables.outcomes.set_column(3, "at", _iso(tables.outcomes["at"]))
    outcomes = outcomes.append_column("id", pa.array([row[2] for row in rows], pa.string()))
    names = accounts["account_id"].combine_chunks()
    owner = pc.index_in(accounts["holder_id"], value_set=holders["id"].combine_chunks())
    owned = pc.index_in(outcomes["account_id"], value_set=names)
    opened = accounts["opened_on"].cast(pa.string())
    _write(folder / "holders", holders)
    _write(
        folder / "accounts",
        pa.table({"id": accounts["account_id"], "kind": accounts["kind"], "opened_on": opened, "_holder": owner}),
    )
    outcomes = outcomes.append_column("_holder", owner.take(owned))
    _write(folder / "outcomes", outcomes)
    for kind in RELATION_KINDS:
        these = tables.relations.filter(pc.equal(tables.relations["kind"], kind))
        if not these.num_rows:
            continue
        ends = {f"_{end}": pc.index_in(these[f"{end}_id"], value_set=names) for end in ("from", "to")}
        facts = {name: these[name] for name in ("amount_minor", "currency", "reverses")}
        _write(folder / kind, pa.table({"id": these["relation_id"], "at": _iso(these["at"]), **facts, **ends}))


def _iso(times: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.strftime(times, format="%Y-%m-%dT%H:%M:%SZ")


def _write(path: Path, table: pa.Table) -> None:
    if any(table[name].null_count for name in table.column_names if name.startswith("_")):
        raise UnavailableError(f"{path.name}: a row names an account that is not in the table; nothing was written")
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _run(settings: StoreSettings, folder: Path, place: Path, tables: Tables, progress: Progress | None) -> bool:
    """Run the child to its end; say whether it built the database (False: there is one already)."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    arguments = [str(folder), str(place), str(settings.heap)]
    log = folder / "log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE, *arguments],
            # the child ends when this pipe does, so that it never outlives its parent
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            text=True,
        ) as child,
    ):
        try:
            of = tables.accounts.num_rows + tables.outcomes.num_rows + tables.relations.num_rows
            last = ""
            for line in child.stdout or ():
                last = line.strip() or last
                if progress is not None and last.isdigit():
                    progress(int(last), of)
            code = child.wait()
        except BaseException:
            child.kill()
            raise
    if code == TAKEN:
        return False
    if code or last != DONE:
        detail = "; it may need more memory" if code else ""
        raise UnavailableError(
            f"{settings.place}: the build of the database ended with code {code}{detail}; the database is as it was"
        )
    return True


def _put_in_place(built: Path, place: Path, aside: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        place.rename(aside)
    built.rename(place)
