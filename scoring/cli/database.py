"""Which commands keep the graph database? db start, db stop and db status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from loaders.errors import UnavailableError, UsageError
from scoring.cli.display import Format, Formatted, print_json
from scoring.cli.options import DatabaseConfig, Insecure, read_store

if TYPE_CHECKING:
    from graph.stores.embedded import Status
    from graph.stores.settings import StoreSettings

db = typer.Typer(no_args_is_help=True, help="Run the embedded graph database, or look at the one of NEO4J_URI.")
COUNTED = "MATCH (a:Account) RETURN count(a) AS accounts"
EDITION = "CALL dbms.components() YIELD name, versions, edition RETURN name, versions, edition"


@db.command("start")
def start(config: DatabaseConfig = None, format: Formatted = Format.text) -> None:  # noqa: A002 - the option's name
    """Start the embedded server for drivers and browsers and keep it until `renmai db stop`.

    Prints its address and which file holds the password. Other commands need no start: they run a server while they
    work, or use the one that runs.
    """
    settings = _own(read_store(config), "start")
    from graph.stores import embedded

    _show(_facts(embedded.start(settings), settings), format)


@db.command("stop")
def stop(config: DatabaseConfig = None, format: Formatted = Format.text) -> None:  # noqa: A002 - the option's name
    """Stop the embedded server; what it holds stays on the disk.

    Ends with 5 when another command still uses it; then it stops with that command.
    """
    settings = _own(read_store(config), "stop")
    from graph.stores import embedded

    _show(_facts(embedded.stop(settings), settings), format)


@db.command("status")
def status(
    config: DatabaseConfig = None,
    insecure: Insecure = False,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Tell whether the graph database runs, where it is, and how much it holds; starts nothing."""
    settings = read_store(config, insecure=insecure)
    from graph.stores import embedded

    _show(_facts(embedded.status(settings), settings) if settings.uri is None else _remote_facts(settings), format)


def _own(settings: StoreSettings, verb: str) -> StoreSettings:
    if settings.uri is not None:
        raise UsageError(
            f"the database is {settings.uri}, which Renmai does not {verb}; without NEO4J_URI and [database] uri it is"
            " the embedded server"
        )
    return settings


def _facts(found: Status, settings: StoreSettings) -> dict[str, Any]:
    """Tell what is known of the embedded server; a password is named by its file only."""
    facts: dict[str, Any] = {"server": "embedded", "running": found.running}
    if found.running:
        facts |= {"uri": found.uri, "user": found.user, "password_file": str(found.password_file)}
        facts |= {"reader": found.reader, "reader_password_file": str(found.reader_password_file)}
        facts |= {"memory": f"{found.memory}MiB", "process": found.pid, "kept": found.kept}
    facts |= {"database": settings.database, "folder": str(found.folder)}
    return facts | (_counts(settings) if found.running else {})


def _remote_facts(settings: StoreSettings) -> dict[str, Any]:
    """Tell what a server with an address says of itself."""
    from graph.stores.connection import connect

    with connect(settings, reader=True) as connection:
        (product,) = connection.read(EDITION)[:1] or [{}]
        counts = connection.read(COUNTED)[0]
    version = ", ".join(product.get("versions", ()))
    facts = {"server": connection.dialect, "running": True, "uri": settings.uri, "user": settings.username}
    facts |= {"edition": product.get("edition", ""), "version": version}
    return {**facts, "database": settings.database, **counts}


def _counts(settings: StoreSettings) -> dict[str, Any]:
    from graph.stores.connection import connect

    try:
        with connect(settings, reader=True) as connection:
            return connection.read(COUNTED)[0]
    except UnavailableError:  # it ended between the two looks
        return {}


def _show(facts: dict[str, Any], format: Format) -> None:  # noqa: A002 - as in the commands
    if format is Format.json:
        print_json(facts)
        return
    for name, value in facts.items():
        shown = ("no", "yes")[value] if isinstance(value, bool) else value
        typer.echo(f"{name.replace('_', ' '):<20} {shown}")
