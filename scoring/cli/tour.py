"""Which command shows everything once? demo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scoring.cli.display import progress
from scoring.cli.options import DEFAULT_RUNS, Runs

if TYPE_CHECKING:
    from scoring.demo import Demo


def demo(
    accounts: Annotated[int, typer.Option("--accounts", help="How many accounts to make up, at least 100.")] = 5000,
    data: Annotated[Path, typer.Option("--data", help="Folder for the made-up tables.")] = Path("demo"),
    runs: Runs = DEFAULT_RUNS,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("report.html"),
    force: Annotated[
        bool, typer.Option("--force", help="Make it current even if it differs much from the last run there.")
    ] = False,
) -> None:
    """Make up a portfolio, score it and explain two of its accounts; takes less than a minute.

    Example: renmai demo --accounts 2000
    """
    from scoring.batch.progress import reporter
    from scoring.cli.review import print_bands
    from scoring.demo import make_up, score_and_pick
    from scoring.explanation import Shelf, explain_account
    from scoring.pages import write_report
    from scoring.summary import summarize

    with progress("simulating") as tell:
        truth = make_up(data, accounts=accounts, progress=tell)
    with reporter(None) as report:
        found = score_and_pick(data, runs, truth, force=force, reporter=report)
    summary, shelf = summarize(found.run), Shelf(found.run)
    typer.echo(f"{summary.accounts:,} accounts scored as of {summary.as_of[:10]}, run {found.run.id}\n")
    print_bands(summary)
    typer.secho("\nA newcomer with a thin file, supported by an excellent person every month\n", bold=True)
    typer.echo(explain_account(shelf, found.newcomer), nl=False)
    money = f"{found.ring_money / 100:,.0f}"
    typer.secho(f"\nOne of {found.ring} fresh accounts that sent each other {money} in a circle\n", bold=True)
    typer.echo(explain_account(shelf, found.ring_member), nl=False)
    page = write_report(found.run, out, account=found.newcomer, summary=summary)
    _say_what_next(found, data, runs, page)


def _say_what_next(found: Demo, data: Path, runs: Path, page: Path) -> None:
    where = "" if runs == DEFAULT_RUNS else f" --runs {runs}"
    typer.secho("\nNext", bold=True)
    for line in (
        f"open {page} in a browser",
        f"renmai explain {found.newcomer} --audience consumer{where}",
        f"renmai show{where}",
        f"renmai db load {data}, renmai publish{where}, then renmai query who-lifts --param id={found.newcomer}",
        f"look at {data / 'truth.json'}: what was planted, and on whom",
        "renmai init my-data, then renmai run my-data --as-of 2026-01-01T00:00:00+00:00 --runs my-runs",
    ):
        typer.echo(f"  {line}")
