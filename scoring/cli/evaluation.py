"""Which commands say what a score is worth? evaluate, backtest, model-card."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from loaders.errors import UsageError
from scoring.cli.display import Tell, progress
from scoring.cli.evaluation_tables import print_backtest, print_evaluation
from scoring.cli.options import DEFAULT_RUNS, ConfigFile, Data, Runs, read_config, read_time
from scoring.cli.review import AnyRun

if TYPE_CHECKING:
    from scoring.evaluation.results import Backtest, Evaluation
    from scoring.evaluation.study import Monitoring

HORIZON = typer.Option("--horizon", help="How far to look ahead: months or days, such as 12m or 90d.")
SEED = typer.Option("--seed", min=0, help="Seed of the bootstrap.")
DRAWS = typer.Option("--draws", min=1, max=100_000, help="How often persons are drawn again for the intervals.")


class TableOrJson(StrEnum):
    """How figures are printed; text is another word for table."""

    table = "table"
    text = "text"
    json = "json"


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
    _require_ending(out, (".html", ".json"))
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
    _hand_over(found, out, format)


def backtest(
    data: Data,
    as_of: Annotated[str, typer.Option("--as-of", help="Up to when outcomes are known, ISO 8601 with offset.")],
    every: Annotated[str, typer.Option("--every", help="Time between two dates: months or days.")] = "3m",
    since: Annotated[
        str | None, typer.Option("--from", help="The earliest date, ISO 8601 with offset. Without it: --count dates.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, max=200, help="How many dates; 4 without it and --from.")
    ] = None,
    horizon: Annotated[str, HORIZON] = "12m",
    undated_ok: Annotated[
        bool, typer.Option("--undated-ok", help="Let profile rows without known_at count at every date.")
    ] = False,
    seed: Annotated[int, SEED] = 7,
    draws: Annotated[int, DRAWS] = 1000,
    config: ConfigFile = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write it as a page (.html) or a file (.json).")] = None,
    format: Annotated[  # noqa: A002 - the option's name
        TableOrJson, typer.Option("--format", help="table (or text) for people, json for programs.")
    ] = TableOrJson.table,
) -> None:
    """Evaluate the policy at earlier dates of one log: what it would have said then, and what came.

    The last date is one horizon before --as-of; each sees only what was known at its own moment.

    Example: renmai backtest data --as-of 2026-01-01T00:00:00+00:00 --every 3m --count 4
    """
    moment, first = read_time(as_of), None if since is None else read_time(since)
    _require_ending(out, (".html", ".json"))
    import loaders
    from scoring.batch.stages import Order
    from scoring.evaluation.backtesting import Dates
    from scoring.evaluation.backtesting import backtest as look_back
    from scoring.training.labels import Horizon

    policy = read_config(data, config)
    dates = Dates(moment, Horizon.parse(every), Horizon.parse(horizon), count, first)
    listed = len(dates.listed())
    with progress("reading") as tell:
        tables = loaders.read(data, policy.load_settings, lambda _name, done, of: tell(done, of))
    with progress("looking back", listed) as tell:
        found = look_back(
            tables,
            Order(moment, policy, "vouch"),
            dates,
            fingerprint=loaders.fingerprint(tables),
            undated_ok=undated_ok,
            seed=seed,
            draws=draws,
            progress=lambda done, _of: tell(done),
        )
    _hand_over(found, out, format)


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
    _require_ending(out, (".md", ".html"))
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
    from scoring.evaluation.study import Monitoring

    return Monitoring(file, column, threshold, benefit, least)


def _split(group: str) -> tuple[str, str]:
    found = re.fullmatch(r"(.+):([^:/\\]+)", group)
    if found is None:
        raise UsageError(f"--group is {group!r}; it must be FILE:COLUMN, or a COLUMN with --groups FILE")
    return found[1], found[2]


def _require_ending(out: Path | None, endings: tuple[str, ...]) -> None:
    if out is not None and out.suffix not in endings:
        raise UsageError(f"--out is {str(out)!r}; its name must end in {' or '.join(endings)}")


def _hand_over(found: Evaluation | Backtest, out: Path | None, format: TableOrJson) -> None:  # noqa: A002
    """Write the file that is asked for, then print what was found."""
    from scoring.evaluation.filing import encode
    from scoring.evaluation.results import Evaluation

    if out is not None:
        from scoring.pages import backtest_page, evaluation_page, write_page

        if out.suffix == ".json":
            text = encode(found)
        else:
            text = evaluation_page(found) if isinstance(found, Evaluation) else backtest_page(found)
        typer.echo(str(write_page(out, text)), err=True)
    if format is TableOrJson.json:
        typer.echo(encode(found), nl=False)
    elif isinstance(found, Evaluation):
        print_evaluation(found)
    else:
        print_backtest(found)


def _tenths(tell: Tell) -> Any:
    """Move the bar on every tenth draw: moving it is slower than drawing."""

    def told(done: int, of: int) -> None:
        if done % 10 == 0 or done == of:
            tell(done, of)

    return told
