"""Which commands write a run out? export and report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scoring.cli.display import progress
from scoring.cli.options import DEFAULT_RUNS, Runs, TableFormat
from scoring.cli.review import AnyRun


def export(
    out: Annotated[Path, typer.Option("--out", help="Folder to write the tables into.")],
    run: AnyRun = None,
    runs: Runs = DEFAULT_RUNS,
    format: Annotated[  # noqa: A002
        TableFormat, typer.Option("--format", help="csv escapes what a spreadsheet would run; parquet is as it is.")
    ] = TableFormat.csv,
) -> None:
    """Write a run's tables as CSV or Parquet files.

    Example: renmai export --format csv --out tables
    """
    from scoring.export import TABLES
    from scoring.export import export as write
    from scoring.runs import open_run

    done = 0
    with progress("exporting", len(TABLES)) as tell:

        def written(_name: str) -> None:
            nonlocal done
            done += 1
            tell(done)

        files = write(open_run(runs, run), out, format=format.value, progress=written)
    for file in files:
        typer.echo(str(file))


def report(
    run: AnyRun = None,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("report.html"),
    account: Annotated[
        str | None, typer.Option("--account", help="The account explained on it. Without it: the most lifted one.")
    ] = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Write a run as one self-contained page: bands, dimensions, lift, one account explained; no network.

    Example: renmai report --out report.html --account a000123
    """
    from scoring.report import write_report
    from scoring.runs import open_run

    with progress("drawing"):
        page = write_report(open_run(runs, run), out, account=account)
    typer.echo(str(page))
