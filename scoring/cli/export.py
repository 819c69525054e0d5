"""Which command writes a run, or the scorecard it was made with, out? export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.errors import UsageError
from scoring.cli.display import progress
from scoring.cli.options import DEFAULT_RUNS, Runs
from scoring.cli.review import AnyRun

if TYPE_CHECKING:
    from scoring.runs.run import Run


class ExportFormat(StrEnum):
    """How a run is written out."""

    csv = "csv"
    parquet = "parquet"
    sql = "sql"
    xlsx = "xlsx"


def export(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    run: AnyRun = None,
    runs: Runs = DEFAULT_RUNS,
    format: Annotated[  # noqa: A002
        ExportFormat,
        typer.Option(
            "--format",
            help="The run's tables: csv escapes what a spreadsheet would run; parquet is as it is. The scorecard or "
            "model: sql is one statement, xlsx a spreadsheet whose formulas add up to the score.",
        ),
    ] = ExportFormat.csv,
    account: Annotated[list[str] | None, typer.Option("--account", help="xlsx: show this account; repeatable.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="xlsx: how many accounts, by id.")] = 1000,
) -> None:
    """Write a run's tables as CSV or Parquet, or its scorecard as SQL or as a spreadsheet.

    Example: renmai export --format csv --out tables

    Example: renmai export --format sql --out scorecard

    Example: renmai export --format xlsx --out scorecard --account a000123
    """
    from scoring.runs import open_run

    if account and format is not ExportFormat.xlsx:
        raise UsageError("--account goes with --format xlsx; other formats write everybody")
    opened = open_run(runs, run)
    for file in _written(opened, out, format, account, limit):
        typer.echo(str(file))


def _written(run: Run, out: Path, format: ExportFormat, account: list[str] | None, limit: int) -> list[Path]:  # noqa: A002
    from scoring.export import TABLES, write_spreadsheet, write_sql
    from scoring.export import export as write

    if format is ExportFormat.sql:
        with progress("writing the statement"):
            return [write_sql(run, out)]
    if format is ExportFormat.xlsx:
        with progress("writing the spreadsheet"):
            return [write_spreadsheet(run, out, accounts=account, limit=limit)]
    done = 0
    with progress("exporting", len(TABLES)) as tell:

        def written(_name: str) -> None:
            nonlocal done
            done += 1
            tell(done)

        return write(run, out, format=format.value, progress=written)
