"""Which files does Neo4j's own import tool need to fill an empty database with these tables?

Every text is quoted and every blank left unquoted, so that an empty text and none stay apart and an id may hold commas,
quotes and line breaks. Headers stand in files of their own and type each column.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from graph.stores.loading import holder_kinds, outcome_rows, refuse_repeated
from loaders.contract import RELATION_KINDS
from loaders.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.stores.batches import Progress
    from loaders.tables import Tables

NODES = ("Holder", "Account", "Outcome")
"""Labels of the node files; every other file is of relationships."""
HEADS: Mapping[str, str] = {
    "Holder": "id:ID(Holder),kind:string",
    "Account": "id:ID(Account),kind:string,opened_on:date",
    "Outcome": "id:ID(Outcome),account_id:string,kind:string,severity:double,at:datetime",
    "HELD_BY": ":START_ID(Account),:END_ID(Holder)",
    "HAD": ":START_ID(Holder),:END_ID(Outcome)",
}
RELATION_HEAD = (
    ":START_ID(Account),:END_ID(Account),id:string,amount_minor:long,currency:string,at:datetime,reverses:string"
)
MANNER = ("--id-type=string", "--multiline-fields=true", "--bad-tolerance=0")


def write_import_files(tables: Tables, out: Path, progress: Progress | None = None) -> dict[str, int]:
    """Write headers and rows of everything that :func:`graph.stores.loading.load` would write.

    Parameters
    ----------
    tables
        What was accepted of the input.
    out
        A folder that is new or empty; only its owner can read it afterwards.
    progress
        Is told rows written, and of how many.

    Returns
    -------
    dict
        Rows by label or type; those without rows have no file.

    Raises
    ------
    UsageError
        When the folder holds something, or its name can't stand in the tool's list of files.
    ContractError
        When an id comes twice.
    UnavailableError
        When the disk fails.
    """
    refuse_repeated(tables)
    if "," in str(out):
        raise UsageError(f"{str(out)!r}: neo4j-admin lists files with commas, so no name may hold one")
    counts: dict[str, int] = {}
    of = 2 * (tables.accounts.num_rows + tables.outcomes.num_rows) + tables.relations.num_rows
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise UsageError(f"{out} holds something already; name a new folder")
        for name, table in _files(tables):
            _write_text(out / f"{name}.header.csv", f"{HEADS.get(name, RELATION_HEAD)}\n")
            _write_rows(out / f"{name}.csv", table)
            counts[name] = table.num_rows
            if progress is not None:
                progress(sum(counts.values()), max(of, sum(counts.values())))
    except OSError as error:
        raise UnavailableError(f"{out}: {error.strerror or error}") from error
    return counts


def command(out: Path, database: str = "neo4j") -> str:
    """Give the command line that imports the files of a folder.

    Parameters
    ----------
    out
        The folder.
    database
        The database to fill; it must be empty and stopped.

    Examples
    --------
    >>> command(Path("nowhere"))
    'neo4j-admin database import full neo4j --id-type=string --multiline-fields=true --bad-tolerance=0'
    """
    return shlex.join(["neo4j-admin", *arguments(out, database)])


def arguments(out: Path, database: str = "neo4j") -> list[str]:
    """List the arguments of the import tool for the files of a folder, nodes before relationships."""
    kinds = [*HEADS, *(kind.upper() for kind in RELATION_KINDS)]
    found = [
        f"--{'nodes' if kind in NODES else 'relationships'}={kind}={out / f'{kind}.header.csv'},{out / f'{kind}.csv'}"
        for kind in kinds
        if (out / f"{kind}.csv").exists()
    ]
    return ["database", "import", "full", database, *found, *MANNER]


def _files(tables: Tables) -> Iterator[tuple[str, pa.Table]]:
    """Give each file's label or type and its rows, columns as in its header."""
    accounts, kinds = tables.accounts, holder_kinds(tables.accounts)
    outcomes = outcome_rows(accounts, tables.outcomes)
    ids = pa.array([row[2] for row in outcomes], pa.string())
    told = tables.outcomes.append_column("id", ids)
    texts = pa.string()
    yield from _unless_empty(
        ("Holder", pa.table({"id": pa.array(kinds, texts), "kind": pa.array(kinds.values(), texts)})),
        ("Account", accounts.select(["account_id", "kind", "opened_on"])),
        ("Outcome", told.select(["id", "account_id", "kind", "severity", "at"])),
        ("HELD_BY", accounts.select(["account_id", "holder_id"])),
        ("HAD", pa.table({"holder": pa.array([row[0] for row in outcomes], texts), "outcome": ids})),
    )
    columns = ["from_id", "to_id", "relation_id", "amount_minor", "currency", "at", "reverses"]
    for kind in RELATION_KINDS:
        these = tables.relations.filter(pc.equal(tables.relations["kind"], kind))
        yield from _unless_empty((kind.upper(), these.select(columns)))


def _unless_empty(*files: tuple[str, pa.Table]) -> Iterator[tuple[str, pa.Table]]:
    return (file for file in files if file[1].num_rows)


def _write_text(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text.encode())


def _write_rows(path: Path, table: pa.Table) -> None:
    from pyarrow import csv

    if "at" in table.column_names:
        place = table.schema.get_field_index("at")
        table = table.set_column(place, "at", pc.strftime(table["at"], format="%Y-%m-%dT%H:%M:%SZ"))
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        csv.write_csv(table, file, options)
