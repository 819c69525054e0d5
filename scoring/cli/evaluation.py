"""Which commands say what a score is worth? evaluate and model-card."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loaders.errors import UsageError
from scoring.cli.display import Tell, progress
from scoring.cli.evaluation_output import DRAWS, HORIZON, SEED, TableOrJson, hand_over, require_ending
from scoring.cli.options import DEFAULT_RUNS, Runs
from scoring.cli.review import AnyRun

if TYPE_CHECKING:
    from scoring.evaluation.monitoring import Monitoring


def evaluate(
    outcomes: Annotated[Path, typer.Option("--outcomes", help="What happened: CSV or Parquet as in the contract.")],
    run: AnyRun = None,
    horizon: Annotated[str, HORIZON] = "12m",
    group: Annotated[
        str | None,
        typer.Option("--group", help="Monitor groups: FILE:COLUMN, or a COLUMN of --groups. It must enter no score."),
    ] = None,
    groups: Annotated[
        Path | None, typer.Option("--groups", help="CSV or Parquet with holder_id or account_id and the column.")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option("--threshold", min=350, max=950, help="Score from which one is selected; else 600.")
    ] = None,
    benefit: Annotated[str, typer.Option("--benefit", help="A benefit of the policy, in place of a threshold.")] = "",
    least: Annotated[int, typer.Option("--least", min=1, help="Groups of fewer persons are hidden.")] = 30,
    reference: Annotated[
        str | None,
        typer.Option("--reference", help="Run for PSI and CSI. Without it: a model's shares, and the run before."),
    ] = None,
    seed: Annotated[int, SEED] = 7,
    draws: Annotated[int, DRAWS] = 1000,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it as a page (.html) or a file for gate.evaluation (.json).")
    ] = None,
    runs: Runs = DEFAULT_RUNS,
    format: Annotated[  # noqa: A002 - the option's name
        TableOrJson, typer.Option("--format", help="table (or text) for people, json for programs.")
    ] = TableOrJson.table,
) -> None:
    """Evaluate a run by what happened after it: with connections, without, and beside other rules.

    Bad is a default or a court order within the horizon; all figures are of persons, for all, thin and thick files.

    Example: renmai evaluate --outcomes outcomes.csv --horizon 12m --out evaluation.html
    """
    monitoring = _monitoring(group, groups, threshold, benefit, least)
    require_ending(out, (".html", ".json"))
    from scoring.evaluation.study import evaluate as study
    from scoring.runs import open_run

    against = None if reference is None else open_run(runs, reference)
    with progress("drawing persons again", draws) as tell:
        found = study(
            open_run(runs, run),
            outcomes,
            horizon=horizon,
            group=monitoring,
            reference=against,
            seed=seed,
            draws=draws,
            progress=_tenths(tell),
        )
    hand_over(found, out, format)


def model_card(
    run: AnyRun = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where the card goes, .md or .html. Without it: Markdown on stdout.")
    ] = None,
    evaluation: Annotated[
        Path | None, typer.Option("--evaluation", help="Figures: what `renmai evaluate --out FILE.json` wrote.")
    ] = None,
    runs: Runs = DEFAULT_RUNS,
) -> None:
    """Write the card of a run: purpose, data, policy, figures, limits, what moves a score at most, disputes.

    Example: renmai model-card --evaluation evaluation.json --out card.md
    """
    require_ending(out, (".md", ".html"))
    from scoring.evaluation.card import describe
    from scoring.evaluation.filing import read_file
    from scoring.pages import card_page, write_page
    from scoring.runs import open_run

    with progress("writing the card"):
        figures = None if evaluation is None else read_file(evaluation).evaluation
        card = describe(open_run(runs, run), figures)
        written = None
        if out is not None:
            written = write_page(out, card_page(card) if out.suffix == ".html" else card.markdown())
    typer.echo(card.markdown() if written is None else str(written), nl=written is not None)


def _monitoring(
    group: str | None, groups: Path | None, threshold: int | None, benefit: str, least: int
) -> Monitoring | None:
    """Say by which column of which file groups are monitored: FILE:COLUMN, or --groups FILE --group COLUMN."""
    if group is None:
        if groups is not None or threshold is not None or benefit:
            raise UsageError("--groups, --threshold and --benefit need --group, the column to monitor by")
        return None
    file, column = (str(groups), group) if groups is not None else _split(group)
    from scoring.evaluation.monitoring import Monitoring

    return Monitoring(file, column, threshold, benefit, least)


def _split(group: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.+):([^:/\\]+)", group)
    if found is None:
        raise UsageError(f"--group is {group!r}; it must be FILE:COLUMN, or a COLUMN with --groups FILE")
    return found[1], found[2]


def _tenths(tell: Tell) -> Any:
    """Move the bar on every tenth draw: moving it is slower than drawing."""

    def told(done: int, of: int) -> None:
        if done % 10 == 0 or done == of:
            tell(done, of)

    return told
