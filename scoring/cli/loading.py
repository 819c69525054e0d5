"""Which commands bring tables into the graph database? db load and db export-import-files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loaders.errors import UsageError
from scoring.cli.display import Format, Formatted, print_json, print_table, progress
from scoring.cli.options import ConfigFile, Data, Insecure, read_config, read_store

DEMO = Path("demo")

if TYPE_CHECKING:
    from graph.stores.bolt import BoltStore
    from graph.stores.settings import StoreSettings
    from loaders.settings import LoadSettings
    from loaders.tables import Tables


def load(
    data: Annotated[
        Path | None,
        typer.Argument(help="Folder with the tables. Without it: demo, if `renmai demo` made it.", show_default=False),
    ] = None,
    config: ConfigFile = None,
    insecure: Insecure = False,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Load DATA into the graph database: accounts, holders, relations and outcomes; what is there already stays.

    Loading the same again adds nothing. An id that stands with other content ends the load with 3 before anything is
    written. A graph of FinBench beside the tables is loaded too.

    Example: renmai db load data
    """
    data = data or demo_folder()
    settings = read_store(config, insecure=insecure)
    tables = _read(data, config)
    from graph.stores.bolt import open_store

    with open_store(settings) as store:
        with progress("loading") as told:
            loaded = store.load(tables, told)
        counts = {name: {"written": one.written, "already there": one.there} for name, one in loaded.items()}
        counts |= _load_finbench(store, data)
    place = settings.place
    if format is Format.json:
        print_json({"database": place, "tables": counts})
        return
    rows = [(name, *(f"{count:,}" for count in row.values())) for name, row in counts.items()]
    typer.echo(f"loading into {place} is done", err=True)  # the result itself is the same wherever it went
    print_table("loaded into the graph database", ("table", "written", "already there"), rows)


def export_import_files(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="Folder to write; it must not hold anything yet.")],
    config: ConfigFile = None,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Write DATA as files for `neo4j-admin database import`, which fills an empty Neo4j fastest.

    Prints the command to run. Afterwards `renmai db load DATA` makes the constraints and finds everything there.

    Example: renmai db export-import-files data --out import
    """
    tables = _read(data, config)
    from graph.stores.import_files import command, write_import_files

    settings = read_store(config)
    database = settings.database if settings.uri else "neo4j"
    with progress("writing") as told:
        counts = write_import_files(tables, out, told)
    line = command(out, database)
    if format is Format.json:
        print_json({"out": str(out), "rows": counts, "command": line})
        return
    print_table(f"files in {out}", ("rows of", "count"), [(name, f"{count:,}") for name, count in counts.items()])
    typer.echo("Run this where the stopped Neo4j is; its database must be empty:")
    typer.echo(line)


def demo_folder() -> Path:
    """Give the folder that ``renmai demo`` wrote here.

    Raises
    ------
    UsageError
        When there is none, so that DATA has to be named.
    """
    if not (DEMO / "truth.json").is_file():
        raise UsageError("DATA is missing: name the folder with the tables, such as the one `renmai run` reads")
    return DEMO


def source_folder(data: Path | None, tables: Path | None, *, from_db: bool) -> Path | None:
    """Say which folder of files a run reads: DATA, or with --from-db what --tables names.

    Raises
    ------
    UsageError
        When both are given, or neither.

    Examples
    --------
    >>> source_folder(None, Path("more"), from_db=True).name
    'more'
    >>> source_folder(None, None, from_db=False)
    Traceback (most recent call last):
    loaders.errors.UsageError: DATA is missing: name a folder with the tables, or take them --from-db
    """
    if from_db and data is not None:
        raise UsageError(f"--from-db takes the place of DATA, which is {str(data)!r}; did you mean --tables {data}?")
    if not from_db and tables is not None:
        raise UsageError("--tables goes with --from-db; without it all tables are in DATA")
    if not from_db and data is None:
        raise UsageError("DATA is missing: name a folder with the tables, or take them --from-db")
    return tables if from_db else data


def read_database(folder: Path | None, settings: LoadSettings, database: StoreSettings) -> Tables:
    """Read accounts, relations and outcomes out of the database, and the rest from the files of a folder."""
    from graph.stores.bolt import open_store
    from loaders.reader import rejoin

    with open_store(database, reader=True) as store, progress("reading the database") as told:
        held = store.read(told)
    return rejoin(held, folder, settings, name=f"graph database {database.database}:")


def _read(data: Path, config: Path | None) -> Tables:
    """Read a data folder through the gate, with the limits of a run."""
    import loaders
    from scoring.batch.machine import refuse_tight_limit

    settings = read_config(data, config).load_settings
    refuse_tight_limit()
    with progress("reading") as told:
        tables = loaders.read(data, settings, lambda _name, done, of: told(done, of))
    loaders.check_rates(tables, settings)
    return tables


def _load_finbench(store: BoltStore, data: Path) -> dict[str, Any]:
    """Load the graph that `renmai import finbench --with-graph` wrote beside the tables, if it did."""
    from loaders.finbench.graph_tables import FOLDER, has_graph

    if not has_graph(data):
        return {}
    from graph.stores.finbench_graph import load_graph

    with progress("loading FinBench's graph") as told:
        counts = load_graph(store.connection, data / FOLDER, told)
    return {f"finbench {name}": {"written": one.written, "already there": one.there} for name, one in counts.items()}
