"""Which commands look after the runs? status, runs, verify, rollback, prune."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from loaders.errors import UnavailableError, UsageError
from scoring.cli.display import Format, Formatted, print_json, print_table
from scoring.cli.options import DEFAULT_RUNS, ConfigFile, DatabaseConfig, Insecure, Runs, read_config
from scoring.runs.manifest import COUNTS

FACTS = ("as_of", "rule", "certificate", "convergence", "consent")
COLUMNS = ("run_id", "current", "as_of", "rule", "persons", "certificate", "made_at", "by", "state")


def status(runs: Runs = DEFAULT_RUNS, format: Formatted = Format.text) -> None:  # noqa: A002 - the option's name
    """Tell which run is current and what went into it."""
    from scoring.runs import open_run
    from scoring.runs.log import read_log

    run = open_run(runs)
    facts: dict[str, Any] = {"run_id": run.id, "path": str(run.path)}
    facts |= {key: run.manifest[key] for key in (*FACTS, "counts")}
    if "uplift" in run.manifest:
        facts["uplift"] = run.manifest["uplift"]
    lines = read_log(runs).lines
    facts["last_act"] = " ".join(str(lines[-1].get(key)) for key in ("action", "run_id", "at", "by")) if lines else ""
    if format is Format.json:
        print_json(facts)
        return
    counts = facts.pop("counts")
    facts |= facts.pop("convergence")
    if "uplift" in facts:
        facts["uplift"] = facts["uplift"]["sentence"]
    print_table("current run", ("fact", "value"), list(facts.items()), words=2)
    rows = [[table, *(_shown(found.get(name)) for name in COUNTS)] for table, found in counts["tables"].items()]
    print_table("tables", ("table", *COUNTS), rows)
    print_table("graph", ("what", "count"), [(name, _shown(count)) for name, count in counts["graph"].items()])


def runs(runs: Runs = DEFAULT_RUNS, format: Formatted = Format.text) -> None:  # noqa: A002 - the option's name
    """List the runs that stand, oldest first."""
    from scoring.runs import listing

    rows = listing(runs)
    if format is Format.json:
        print_json(rows)
    elif rows:
        print_table("runs", COLUMNS, [[_shown(row[name]) for name in COLUMNS] for row in rows], words=len(COLUMNS))
    else:
        typer.echo(f"{runs} holds no run yet")


def verify(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="Only this run.", show_default=False)] = None,
    runs: Runs = DEFAULT_RUNS,
    format: Formatted = Format.text,  # noqa: A002 - the option's name
) -> None:
    """Check SHA-256 of every file, the chain of LOG and the pointer; ends with 6 when anything was changed."""
    from scoring.runs import verify as check_runs

    found = check_runs(runs, run)
    if format is Format.json:
        print_json(found)
    else:
        for note in found.notes:
            typer.echo(f"note: {note}")
        for problem in found.problems:
            typer.echo(f"problem: {problem}")
        if not found.problems:
            typer.echo(f"{len(found.runs)} run(s), {found.files} files: every byte is as it was written")
    if found.problems:
        raise UnavailableError(f"{runs} is not as it was written: {len(found.problems)} problem(s), listed above")


def rollback(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="Run to make current; else the one before.", show_default=False),
    ] = None,
    runs: Runs = DEFAULT_RUNS,
    published: Annotated[
        bool, typer.Option("--published", help="In the graph database, not in the folder of runs.")
    ] = False,
    config: DatabaseConfig = None,
    insecure: Insecure = False,
) -> None:
    """Make an earlier run current again; with --published the one that the graph database shows."""
    if published:
        from scoring.cli.publishing import take_back_published

        take_back_published(run, runs, config, insecure=insecure)
        return
    if config is not None or insecure:
        raise UsageError("--config and --insecure belong to --published: without it no database is asked")
    from scoring.runs import rollback as take_back

    typer.echo(f"current: {take_back(runs, run).id}")


def prune(
    keep: Annotated[
        int | None, typer.Option("--keep", help="How many of the newest runs stay; else run.keep of the config.")
    ] = None,
    runs: Runs = DEFAULT_RUNS,
    config: ConfigFile = None,
) -> None:
    """Remove old runs; the current one always stays."""
    from scoring.runs import prune as remove

    gone = remove(runs, read_config(None, config).run.keep if keep is None else keep)
    typer.echo(f"removed {len(gone)} run(s){': ' if gone else ''}{', '.join(gone)}")


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "*" if value else ""
    return f"{value:,}" if isinstance(value, int) else str(value)
