"""Which command says why a score is what it is? explain, for an analyst or for the consumer."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.errors import UsageError
from scoring.cli.display import Format, Formatted, progress
from scoring.cli.lightness import spare_pandas
from scoring.cli.options import DEFAULT_RUNS, RunId, Runs

if TYPE_CHECKING:
    from scoring.runs.run import Run

PAGES = (".html", ".htm")


class Audience(StrEnum):
    """Whom an explanation is for."""

    analyst = "analyst"
    consumer = "consumer"


class Language(StrEnum):
    """The language of letters and of reason codes."""

    en = "en"
    zh = "zh"


def explain(
    account: Annotated[str | None, typer.Argument(help="The account to explain.", show_default=False)] = None,
    runs: Runs = DEFAULT_RUNS,
    run: RunId = None,
    audience: Annotated[
        Audience, typer.Option("--audience", help="analyst: every point; consumer: a letter that names nobody else.")
    ] = Audience.analyst,
    language: Annotated[Language, typer.Option("--language", help="Of a letter and of reason codes.")] = Language.en,
    waterfall: Annotated[
        bool, typer.Option("--waterfall", help="Only the way from 350 to the score, feature by feature.")
    ] = False,
    reach: Annotated[
        int | None, typer.Option("--reach", help="Only which features would have to be better for this score.")
    ] = None,
    format: Formatted = Format.text,  # noqa: A002
    everyone: Annotated[bool, typer.Option("--all", help="Explain every account of the run into files.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File for one account (a letter may be .html); with --all: folder of the files."),
    ] = None,
) -> None:
    """Explain a score to the last point.

    Example: renmai explain a000123 --audience consumer --language zh --out letter.html

    Example: renmai explain a000123 --reach 700

    Example: renmai explain --all --out letters --audience consumer --format json
    """
    if everyone == (account is not None) or (everyone and out is None):
        raise UsageError("name one ACCOUNT, or give --all together with --out DIR")
    if (waterfall or reach is not None) and (everyone or audience is Audience.consumer):
        raise UsageError(
            "--waterfall and --reach are for analysts and one account: a letter tells no points and no thresholds"
        )
    if waterfall and reach is not None:
        raise UsageError("give --waterfall or --reach, not both")
    from scoring.runs import open_run

    if reach is None:
        spare_pandas()
    opened = open_run(runs, run)
    if account is None:
        _everyone(opened, Path(str(out)), audience, language, format)
    elif reach is not None:
        _put(_reach(opened, account, reach, format), out)
    elif waterfall:
        _put(_waterfall(opened, account, format), out)
    else:
        _put(_one(opened, account, audience, language, format, out), out)


def _everyone(run: Run, out: Path, audience: Audience, language: Language, format: Format) -> None:  # noqa: A002
    from scoring.explanation import write_all

    with progress("explaining") as tell:
        count = write_all(
            run, out, audience=audience.value, format=format.value, language=language.value, progress=tell
        )
    typer.echo(f"{count:,} explanations of run {run.id} are in {out}")


def _one(
    run: Run,
    account: str,
    audience: Audience,
    language: Language,
    format: Format,  # noqa: A002
    out: Path | None,
) -> str:
    from scoring.explanation import Shelf, explain_account
    from scoring.explanation import explain as explained
    from scoring.explanation.cards import ConsumerLetter
    from scoring.pages import letter_page

    if out is None or out.suffix.lower() not in PAGES:
        return explain_account(
            Shelf(run), account, audience=audience.value, format=format.value, language=language.value
        )
    letter = explained(run, account, audience=audience.value, language=language.value)
    if not isinstance(letter, ConsumerLetter):
        raise UsageError("only letters are pages of their own; `renmai report --account` has an analyst's page")
    return letter_page(letter)


def _waterfall(run: Run, account: str, format: Format) -> str:  # noqa: A002
    from scoring.explanation import AnalystCard, explain
    from scoring.explanation.text import waterfall_text
    from scoring.explanation.waterfall import waterfall

    card = explain(run, account)
    assert isinstance(card, AnalystCard)  # noqa: S101 (for the type checker: the audience is the analyst)
    fall = waterfall(card, detail=True)
    return (
        json.dumps(asdict(fall), indent=2, ensure_ascii=False) + "\n" if format is Format.json else waterfall_text(fall)
    )


def _reach(run: Run, account: str, threshold: int, format: Format) -> str:  # noqa: A002
    from scoring.whatif import reach
    from scoring.whatif.text import reach_text

    with progress("searching"):
        found = reach(run, account, threshold)
    if format is Format.json:
        return json.dumps(found.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return reach_text(found)


def _put(text: str, out: Path | None) -> None:
    """Print a text, or write it whole or not at all; what is written is for its owner alone."""
    if out is None:
        typer.echo(text, nl=False)
        return
    from scoring.writing import write_whole

    typer.echo(str(write_whole(out, text.encode())))
