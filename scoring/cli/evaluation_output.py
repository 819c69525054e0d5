"""Where does an evaluation or a backtest go? Its options, and the file, the JSON or the tables that are asked for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from loaders.errors import UsageError
from scoring.cli.evaluation_tables import print_backtest, print_evaluation

if TYPE_CHECKING:
    from scoring.evaluation.results import Backtest, Evaluation

HORIZON = typer.Option("--horizon", help="How far to look ahead: months or days, such as 12m or 90d.")
SEED = typer.Option("--seed", min=0, help="Seed of the bootstrap.")
DRAWS = typer.Option("--draws", min=1, max=100_000, help="How often persons are drawn again for the intervals.")


class TableOrJson(StrEnum):
    """How figures are printed; text is another word for table."""

    table = "table"
    text = "text"
    json = "json"


def require_ending(out: Path | None, endings: tuple[str, ...]) -> None:
    """Refuse a file whose name does not say what to write."""
    if out is not None and out.suffix not in endings:
        raise UsageError(f"--out is {str(out)!r}; its name must end in {' or '.join(endings)}")


def hand_over(found: Evaluation | Backtest, out: Path | None, format: TableOrJson) -> None:  # noqa: A002
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
