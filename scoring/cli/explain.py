"""Which command says why a score is what it is? explain, for an analyst or for the consumer."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from loaders.errors import UsageError
from scoring.cli.display import Format, Formatted, progress
from scoring.cli.options import DEFAULT_RUNS, RunId, Runs


class Audience(StrEnum):
    """Whom an explanation is for."""

    analyst = "analyst"
    consumer = "consumer"


def explain(
    account: Annotated[str | None, typer.Argument(help="The account to explain.", show_default=False)] = None,
    runs: Runs = DEFAULT_RUNS,
    run: RunId = None,
    audience: Annotated[
        Audience, typer.Option("--audience", help="analyst: every point; consumer: a letter that names nobody else.")
    ] = Audience.analyst,
    format: Formatted = Format.text,  # noqa: A002
    everyone: Annotated[bool, typer.Option("--all", help="Explain every account of the run into files.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="With --all: the folder the files go into.")] = None,
) -> None:
    """Explain a score to the last point.

    Example: renmai explain a000123 --audience consumer

    Example: renmai explain --all --out letters --audience consumer --format json
    """
    from scoring.explanation import Shelf, explain_account, write_all
    from scoring.runs import open_run

    if everyone == (account is not None) or everyone != (out is not None):
        raise UsageError("name one ACCOUNT, or give --all together with --out DIR")
    opened = open_run(runs, run)
    if account is not None:
        typer.echo(explain_account(Shelf(opened), account, audience=audience.value, format=format.value), nl=False)
    if out is not None:
        with progress("explaining") as tell:
            count = write_all(opened, out, audience=audience.value, format=format.value, progress=tell)
        typer.echo(f"{count:,} explanations of run {opened.id} are in {out}")
