"""Which command brings new rows into the current run? update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scoring.cli.batch import LogFormat
from scoring.cli.display import Format, Formatted, print_json
from scoring.cli.failure import manner
from scoring.cli.options import DEFAULT_RUNS, Runs, read_time

if TYPE_CHECKING:
    from scoring.updating.job import Updated


def _new(table: str) -> typer.models.OptionInfo:
    told = f"New {table}: a CSV or Parquet file, or a folder of parts; may be given again."
    return typer.Option(f"--{table}", help=told, show_default=False)


def update(
    relations: Annotated[list[Path] | None, _new("relations")] = None,
    profiles: Annotated[list[Path] | None, _new("profiles")] = None,
    outcomes: Annotated[list[Path] | None, _new("outcomes")] = None,
    consents: Annotated[list[Path] | None, _new("consents")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Another moment than the run's; everything is computed.", show_default=False),
    ] = None,
    runs: Runs = DEFAULT_RUNS,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Where the folder is now that the run was made of.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Publish in spite of a shift of scores or lost rows.")] = False,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Threads; changes no bit.")] = None,
    memory: Annotated[str | None, typer.Option("--memory", help="Memory of the gate, such as 2GB.")] = None,
    log_format: Annotated[
        LogFormat | None, typer.Option("--log-format", help="Progress as text or JSON lines on stderr.")
    ] = None,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Bring new rows into the current run: only what they touch is computed again, and the result is a full run's.

    Policy and portfolio constants stay those of the run; what cannot be had from it is computed fully, and said.

    Example: renmai update --relations today.csv
    """
    manner.json = log_format is LogFormat.json
    from scoring.batch.machine import refuse_tight_limit
    from scoring.cli.lightness import spare_pandas, take_turns
    from scoring.runs.ahead import look_ahead

    refuse_tight_limit()  # before the libraries that a tight limit breaks are imported
    spare_pandas()
    take_turns()
    look_ahead(runs)
    moment = None if as_of is None else read_time(as_of)
    from scoring.batch.engine import Engine
    from scoring.batch.progress import reporter
    from scoring.updating import job

    given = {"relations": relations, "profiles": profiles, "outcomes": outcomes, "consents": consents}
    inputs = {table: files for table, files in given.items() if files}
    with reporter(log_format.value if log_format else None) as told:
        done = job.update(
            inputs, runs=runs, as_of=moment, force=force, data=None if data is None else str(data),
            engine=Engine(threads, memory), progress=told,
        )  # fmt: skip
    _show(done, format)


def _show(done: Updated, format: Format) -> None:  # noqa: A002 - as in the command
    facts = {"run_id": done.run.id, "path": str(done.run.path), "new": done.new, "refused": done.refused}
    if format is Format.json:
        print_json({**facts, "reasons": done.reasons, "full": done.full, "touched": dict(done.touched)})
        return
    if done.touched:
        typer.echo(f"run {done.run.id} is current")
    typer.echo(done.sentence)
