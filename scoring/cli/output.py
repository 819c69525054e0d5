"""Which commands draw a run? report and ego."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scoring.cli.display import progress
from scoring.cli.options import DEFAULT_RUNS, RunId, Runs
from scoring.cli.review import AnyRun


def report(
    run: AnyRun = None,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("report.html"),
    account: Annotated[
        str | None, typer.Option("--account", help="The account explained on it. Without it: the most lifted one.")
    ] = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Write a run as one self-contained page: bands, dimensions, ties, gates, movers, one account; no network.

    Example: renmai report --out report.html --account a000123
    """
    from scoring.pages import write_report
    from scoring.runs import open_run

    with progress("drawing"):
        page = write_report(open_run(runs, run), out, account=account)
    typer.echo(str(page))


def ego(
    account: Annotated[str, typer.Argument(help="The account in the middle.", show_default=False)],
    hops: Annotated[int, typer.Option("--hops", min=1, max=3, help="How many rings of ties to show.")] = 2,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("ego.html"),
    run: RunId = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Draw who stands around an account, on one self-contained page: where credit flows, and where it does not.

    Example: renmai ego a000123 --hops 2 --out ego.html
    """
    from scoring.pages import ego_page, write_page
    from scoring.runs import open_run

    with progress("drawing"):
        page = write_page(out, ego_page(open_run(runs, run), account, hops))
    typer.echo(str(page))
