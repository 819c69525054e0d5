"""Which commands do the batch's work? check and run."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scoring.cli.display import Format, Formatted, print_json, print_table, progress
from scoring.cli.failure import manner
from scoring.cli.loading import read_database, source_folder
from scoring.cli.options import (
    DEFAULT_MODELS,
    DEFAULT_RUNS,
    AsOf,
    ConfigFile,
    Data,
    Insecure,
    ModelName,
    Models,
    Runs,
    read_config,
    read_store,
    read_time,
    with_model,
)
from scoring.runs.manifest import COUNTS

if TYPE_CHECKING:
    from loaders.tables import Tables
    from scoring.batch.forecast import Forecast
    from scoring.batch.job import Plan
    from scoring.config import Config
    from scoring.runs import Run

RECORDS = ("records", "accepted", "rejected", "blank", "duplicates")


class Rule(StrEnum):
    """Which rule of propagation enters the score."""

    vouch = "vouch"
    association = "association"


class LogFormat(StrEnum):
    """How progress is told on stderr."""

    text = "text"
    json = "json"


def check(
    data: Data,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Where rejected rows go. Without it: rejects.csv in DATA.")
    ] = None,
    config: ConfigFile = None,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Read DATA through the gate and tell what is rejected, and why; scores nothing.

    Ends with 0 when DATA can be run, 3 when a file breaks the contract, 4 when too many rows are rejected.
    """
    import loaders
    from scoring.batch.machine import refuse_tight_limit

    settings = read_config(data, config).load_settings
    refuse_tight_limit()
    with progress("check") as told:
        tables = loaders.read(data, settings, lambda _name, done, of: told(done, of))
    place = rejects or data / "rejects.csv"
    counts = [_records(tables, table) for table in tables.counts]
    reasons = _reasons(tables)
    if format is Format.json:
        print_json({"tables": counts, "reasons": reasons, "rejects": str(place), "ignored": list(tables.ignored)})
    else:
        print_table("records", ("table", *RECORDS, "rate"), [list(row.values()) for row in counts])
        if reasons:
            heads = ("table", "reason", "count", "first case")
            print_table("rejected", heads, [list(row.values()) for row in reasons], words=2)
    # what was found is told even if the file of it can't be written
    loaders.write_rejects(tables, place)
    if format is Format.text:
        typer.echo(f"rejected rows: {place}")
    loaders.check_rates(tables, settings)


def run(
    as_of: AsOf,
    data: Annotated[
        Path | None,
        typer.Argument(
            help="Folder with accounts, relations and what else there is (CSV or Parquet); none with --from-db.",
            show_default=False,
        ),
    ] = None,
    from_db: Annotated[
        bool, typer.Option("--from-db", help="Take accounts, relations and outcomes out of the graph database.")
    ] = False,
    tables: Annotated[
        Path | None,
        typer.Option("--tables", help="With --from-db: folder with profiles, consents and rates. Without it: none."),
    ] = None,
    insecure: Insecure = False,
    runs: Runs = DEFAULT_RUNS,
    config: ConfigFile = None,
    model: ModelName = None,
    models: Models = DEFAULT_MODELS,
    rule: Annotated[Rule, typer.Option("--rule", help="vouch, or association as a challenger.")] = Rule.vouch,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Tell what a run takes here, then read and gate DATA and tell what it would do."
        ),
    ] = False,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Tell rows, memory, disk and time of a run from the sizes of DATA, and stop."),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the stages an interrupted run finished.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Publish in spite of a shift of scores or lost rows.")] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Run without accepted accounts or relations.")
    ] = False,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Threads; changes no bit.")] = None,
    memory: Annotated[str | None, typer.Option("--memory", help="What the run may hold, such as 2GB.")] = None,
    log_format: Annotated[
        LogFormat | None, typer.Option("--log-format", help="Progress as text or JSON lines on stderr.")
    ] = None,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Score DATA, publish the run and make it current; the same work again verifies the run that stands.

    With --from-db the graph database takes the place of DATA: the same content gives the same run.

    With --model the dimensions that `renmai train` learnt come from the model, with a probability of default beside
    each score; the published weights stay.

    Example: renmai run data --as-of 2026-01-01T00:00:00+00:00 --model spring
    """
    manner.json = log_format is LogFormat.json
    from scoring.batch.machine import refuse_tight_limit

    refuse_tight_limit()  # before the libraries that a tight limit breaks are imported
    folder = source_folder(data, tables, from_db=from_db)
    moment, policy = read_time(as_of), with_model(read_config(folder, config), model, models)
    from scoring.batch import job
    from scoring.batch.engine import Engine
    from scoring.batch.progress import reporter

    work: dict[str, Any] = {"as_of": moment, "runs": runs, "config": policy, "rule": rule.value}
    work |= {"allow_empty": allow_empty, "engine": Engine(threads, memory)}
    source: Any = data
    if from_db:
        source = read_database(folder, policy.load_settings, read_store(config, insecure=insecure))
    if estimate or dry_run:
        expected = job.expect(source, policy, threads)
        if format is Format.text or estimate:
            _show_forecast(expected, format)
        if dry_run and not estimate:
            _show_plan(job.plan(source, **work), expected, format)
        return
    with reporter(log_format.value if log_format else None) as told:
        made = job.run(source, **work, resume=resume, force=force, progress=told)
    _show_run(made, policy, format)


def _records(tables: Tables, table: str) -> dict[str, Any]:
    counts = tables.counts[table]
    row = {"table": table} | {name: getattr(counts, name) for name in RECORDS}
    return row | {"rate": round(tables.reject_rate(table), 6)}


def _reasons(tables: Tables) -> list[dict[str, Any]]:
    """Count rejected records per table and reason, with the place and value of the first case of each."""
    from loaders.tables import shown

    first: dict[tuple[str, str], str] = {}
    columns = [tables.rejects[name].to_pylist() for name in ("table", "reason", "file", "line", "column", "found")]
    for table, reason, file, line, column, found in zip(*columns, strict=True):
        first.setdefault((table, reason), f"{file} line {line}{f' {column}' if column else ''}: {shown(found)}")
    rows = tables.reasons().to_pylist()
    return [{**row, "first": first[row["table"], row["reason"]]} for row in rows]


def _show_run(made: Run, config: Config, format: Format) -> None:  # noqa: A002 - as in the commands
    told = made.table("scores", ["band"])["band"].value_counts().to_pylist()
    counted = dict.fromkeys((band.name for band in config.bands), 0) | {one["values"]: one["counts"] for one in told}
    facts = {"run_id": made.id, "path": str(made.path), **made.manifest["counts"]["graph"]}
    facts |= {"certificate": made.manifest["certificate"], "iterations": made.manifest["convergence"]["iterations"]}
    if format is Format.json:
        print_json({**facts, "bands": counted})
        return
    typer.echo(f"run {made.id} is current: {facts['persons']:,} persons, {facts['accounts_scored']:,} accounts,")
    typer.echo(f"{facts['ties']:,} ties, certificate {facts['certificate']:g} after {facts['iterations']} iterations")
    rows = [(band.name, band.at_least, f"{counted[band.name]:,}") for band in config.bands]
    print_table("bands", ("band", "from", "accounts"), rows)


def _show_forecast(expected: Forecast, format: Format) -> None:  # noqa: A002 - as in the commands
    if format is Format.json:
        print_json(expected)
        return
    typer.echo(expected.sentence)
    sys.stdout.flush()  # reading the data may take a while, and who waits wants to know


def _show_plan(plan: Plan, expected: Forecast, format: Format) -> None:  # noqa: A002 - as in the commands
    if format is Format.json:
        print_json({**asdict(plan), "expected": asdict(expected)})
        return
    done = "stands already: it would be verified and made current" if plan.stands else "would be made"
    typer.echo(f"run {plan.run_id} {done}; nothing was written")
    typer.echo(f"{plan.persons:,} persons with {plan.accounts:,} accounts would be scored")
    rows = [[table, *(f"{counts.get(name, 0):,}" for name in COUNTS)] for table, counts in plan.counts.items()]
    print_table("records", ("table", *COUNTS), rows)
