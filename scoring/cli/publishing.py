"""Which command gives a run to the investigators? publish, and rollback --published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scoring.cli.display import progress
from scoring.cli.options import DEFAULT_RUNS, DatabaseConfig, Insecure, Runs, read_store

if TYPE_CHECKING:
    from pathlib import Path

    from graph.stores.publishing import Published


def publish(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="Run to publish; else the current one.", show_default=False)
    ] = None,
    runs: Runs = DEFAULT_RUNS,
    keep: Annotated[
        int | None, typer.Option("--keep", help="How many published runs stay; else database.keep of the config.")
    ] = None,
    config: DatabaseConfig = None,
    insecure: Insecure = False,
) -> None:
    """Put a run's scores and ties into the graph database and make it the one that queries see.

    Until the last step queries see the run published before. Published again, a run is only compared.

    Example: renmai publish
    """
    settings = read_store(config, insecure=insecure)
    from functools import partial

    from graph.stores.connection import connect
    from graph.stores.publishing import publish as put
    from graph.stores.schema import prepare
    from scoring.publishing import publication_of
    from scoring.runs import open_run
    from scoring.runs.acts import noted
    from scoring.runs.draft import checked_run

    publication = publication_of(checked_run(runs, open_run(runs, run).id))
    with connect(settings) as connection, progress("publishing") as told:
        prepare(connection)
        note = partial(noted, runs, "publish", publication.id, note=f"in {settings.place}")
        done = put(connection, publication, keep=keep, progress=told, around_move=note)
    typer.echo(_sentence(done))


def take_back_published(run: str | None, runs: Path, config: Path | None, *, insecure: bool) -> None:
    """Make the run published before the current one, or the one named, the one that queries see."""
    settings = read_store(config, insecure=insecure)
    from graph.stores.connection import connect
    from graph.stores.published import earlier, roll_back
    from scoring.runs.acts import noted

    with connect(settings) as connection:
        wanted = run or str(earlier(connection)["id"])
        with noted(runs, "rollback published", wanted, note=f"in {settings.place}"):
            found = roll_back(connection, wanted)
    typer.echo(f"published: {found['id']} (publication {found['number']})")


def _sentence(done: Published) -> str:
    """Say in a few words what a publication did."""
    verb = "is published" if done.changed else "was published already, and stands as it was"
    gone = f"; removed {', '.join(done.removed)}" if done.removed else ""
    return (
        f"run {done.run_id} {verb}: publication {done.number}, {done.scores:,} scores, {done.ties:,} ties,"
        f" SHA-256 {done.checksum}{gone}"
    )
