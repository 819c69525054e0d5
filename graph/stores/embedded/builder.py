"""What does the child process do that builds an embedded database beside the one in use?

``python -m graph.stores.embedded.builder FOLDER DATABASE HEAP`` reads the Arrow files of
``graph.stores.embedded.bulk`` in FOLDER, makes the database there and tells on stdout how many rows are done, then
``done``. It ends with its parent.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa

from graph.stores.schema import statements
from loaders.contract import RELATION_KINDS

MODULE = "graph.stores.embedded.builder"
DONE, TAKEN = "done", 75
PAGE = 50_000
"""Rows handed to Java at a time."""
BATCH = 100_000
"""Relations held before they are written: a whole million at once is no faster and needs three times the memory."""


def main(folder: Path, place: Path, heap: int) -> int:
    """Build the database of ``place`` in ``folder``; give the exit code."""
    os.umask(0o077)
    os.chdir(folder)  # its Java writes a log into the working folder
    os.environ["ARCADEDB_JVM_ARGS"] = f"-Xmx{heap}m -XX:+ExitOnOutOfMemoryError"
    import arcadedb_embedded

    if place.exists() and not _is_empty(arcadedb_embedded.open_database(str(place))):
        return TAKEN
    database = arcadedb_embedded.create_database(str(folder / place.name))
    try:
        _build(database, folder)
    finally:
        database.close()
    return 0


def _is_empty(database: Any) -> bool:
    try:
        types = [str(kind.getName()) for kind in database.get_java_database().getSchema().getTypes()]
        return not any(database.count_type(name) for name in types)
    finally:
        database.close()


def _build(database: Any, folder: Path) -> None:
    for text in statements("embedded"):
        database.command("opencypher", text)
    for name in ("HELD_BY", "HAD"):
        database.command("sql", f"CREATE EDGE TYPE {name}")
    # declared, so that the batch reads their ISO text as the days and times they are
    database.command("sql", "CREATE PROPERTY Account.opened_on DATE")
    for name in ("Outcome", *(kind.upper() for kind in RELATION_KINDS)):
        database.command("sql", f"CREATE PROPERTY {name}.at ZONED_DATETIME")
    teller = _Teller()
    with database.graph_batch(batch_size=BATCH) as batch:
        holders = _vertices(batch, "Holder", _pages(folder / "holders"))
        accounts = _vertices(batch, "Account", _pages(folder / "accounts"), ("HELD_BY", "_holder", holders), teller)
        _vertices(batch, "Outcome", _pages(folder / "outcomes"), ("HAD", "_holder", holders), teller, into=True)
        del holders
        for kind in RELATION_KINDS:
            for page in _pages(folder / kind):
                columns = page.to_pydict()
                ends = [[accounts[place] for place in columns.pop(end)] for end in ("_from", "_to")]
                batch.new_edges(ends[0], kind.upper(), ends[1], _facts(columns))
                teller.add(page.num_rows)


class _Teller:
    """Tells the parent how many rows are done."""

    def __init__(self) -> None:
        self.done = 0

    def add(self, rows: int) -> None:
        self.done += rows
        sys.stdout.write(f"{self.done}\n")
        sys.stdout.flush()


def _vertices(
    batch: Any,
    label: str,
    pages: Any,
    owner: tuple[str, str, list[str]] | None = None,
    teller: _Teller | None = None,
    *,
    into: bool = False,
) -> list[str]:
    """Create vertices, each with an edge to its owner (or from it, ``into``); give their record ids."""
    made: list[str] = []
    for page in pages:
        columns = page.to_pydict()
        places = columns.pop(owner[1]) if owner else []
        ids = batch.create_vertices(label, _facts(columns))
        made += ids
        if owner:
            owners = [owner[2][place] for place in places]
            sources, targets = (owners, ids) if into else (ids, owners)
            batch.new_edges(sources, owner[0], targets)
        if teller is not None:
            teller.add(page.num_rows)
    return made


def _facts(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Give each row as a dict without its blanks.

    Examples
    --------
    >>> _facts({"id": ["a", "b"], "opened_on": [None, "2020-01-01"]})
    [{'id': 'a'}, {'id': 'b', 'opened_on': '2020-01-01'}]
    """
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]


def _pages(path: Path) -> Any:
    """Read a file of the parent's in pages; one that is not there has none."""
    if not path.exists():
        return
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
        for start in range(0, table.num_rows, PAGE):
            yield table.slice(start, PAGE)


def _end_with_parent() -> None:
    """Wait for the pipe from the parent to close, then end at once."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    code = main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write("" if code else f"{DONE}\n")
    sys.stdout.flush()
    os._exit(code)
