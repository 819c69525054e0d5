"""Which commands try what is not so? what-if for an account of a run, score-one for somebody new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.errors import UsageError
from scoring.cli.display import Format, Formatted, print_json
from scoring.cli.lightness import spare_kernels, spare_pandas
from scoring.cli.options import DEFAULT_RUNS, RunId, Runs

if TYPE_CHECKING:
    from scoring.runs.run import Run

TOP = 20
Top = Annotated[int, typer.Option("--top", min=0, help="How many of the others who move are named.")]


def what_if(
    account: Annotated[str, typer.Argument(help="The account.", show_default=False)],
    runs: Runs = DEFAULT_RUNS,
    run: RunId = None,
    without_tie: Annotated[
        str | None, typer.Option("--without-tie", help="As if no money had passed between the account and this one.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", help="A value of the profile: FEATURE=VALUE; again for more.", show_default=False),
    ] = None,
    default: Annotated[
        str | None, typer.Option("--default", help="As if this account had defaulted, with severity 1, at as_of.")
    ] = None,
    reach: Annotated[
        int | None, typer.Option("--reach", help="Which features would have to be better for this score?")
    ] = None,
    top: Top = TOP,
    format: Formatted = Format.text,  # noqa: A002
) -> None:
    """Score an account again as if something were different, and tell who else moves.

    What is given together is changed together. Everything is solved again exactly: the result is that of a whole run
    on an input changed accordingly, with the constants of this run.

    Example: renmai what-if a000123 --without-tie a000456

    Example: renmai what-if a000123 --set on_time_rate=0.99 --set history_months=24

    Example: renmai what-if a000123 --reach 700
    """
    changed = without_tie is not None or values or default is not None
    if (reach is not None) == bool(changed):
        raise UsageError("give what is different (--without-tie, --set, --default), or --reach alone")
    opened = _opened(runs, run, light=reach is None)
    from scoring.whatif import reach as ways_to
    from scoring.whatif import what_if as ask
    from scoring.whatif.text import reach_text, what_if_text

    if reach is not None:
        way = ways_to(opened, account, reach)
        _show(way.to_dict(), reach_text(way), format)
        return
    found = ask(opened, account, without_tie=without_tie, set=_pairs(values or []), default=default, top=top)
    _show(found.to_dict(), what_if_text(found), format)


def score_one(
    file: Annotated[Path | None, typer.Argument(help="JSON file of one applicant.", show_default=False)] = None,
    runs: Runs = DEFAULT_RUNS,
    run: RunId = None,
    example: Annotated[bool, typer.Option("--example", help="Print a file for the town of `renmai init`.")] = False,
    top: Top = TOP,
    format: Formatted = Format.text,  # noqa: A002
) -> None:
    """Score a new applicant (profile and relations) against a run.

    A relation with "disputed": true is left out, and the score with it is shown beside.

    Example: renmai score-one --example > lena.json

    Example: renmai score-one lena.json
    """
    if example == (file is not None):
        raise UsageError("name one FILE, or give --example alone")
    if file is None:
        from scoring.whatif.sample import sample_text

        typer.echo(sample_text(), nl=False)
        return
    opened = _opened(runs, run, light=True)
    from scoring.whatif import score_one as score
    from scoring.whatif.text import applicant_text

    found = score(opened, file, top=top)
    _show(found.to_dict(), applicant_text(found), format)


def _opened(runs: Path, run: str | None, *, light: bool) -> Run:
    """Open a run, and do without what takes longer to load than to use where only a few rows are solved."""
    from scoring.runs.run import open_run

    opened = open_run(runs, run)
    by_rows = opened.manifest["rule"] == "vouch" and not opened.manifest["config"]["propagation"]["tolerance"]
    if light and by_rows:
        spare_kernels()
        spare_pandas()
    return opened


def _show(values: object, text: str, form: Format) -> None:
    if form is Format.json:
        print_json(values)
    else:
        typer.echo(text, nl=False)


def _pairs(given: list[str]) -> dict[str, str]:
    """Read FEATURE=VALUE, each feature once."""
    found: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not (sign and name and value):
            raise UsageError(f"--set is {pair!r}; it must be FEATURE=VALUE, like on_time_rate=0.99")
        if name in found:
            raise UsageError(f"--set names {name} twice; give each feature one value")
        found[name] = value
    return found
