"""What does the report page say? One self-contained HTML file made from one run, the same bytes every time."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined

from scoring.explanation.cards import AnalystCard
from scoring.explanation.text import name_of
from scoring.report import charts, figures
from scoring.summary import Summary


@cache
def _read(name: str) -> str:
    return resources.files("scoring.report").joinpath(name).read_text(encoding="utf-8")


def render(summary: Summary, card: AnalystCard | None) -> str:
    """Write the page of a run, with one account's card if there is one.

    Parameters
    ----------
    summary
        The run in numbers.
    card
        The explained account.

    Returns
    -------
    str
        HTML that needs no network; ids and texts are escaped.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pictures = {
        "distribution": charts.distribution(summary.histogram, summary.bands),
        "spread": charts.spread(summary.dimensions),
        "lift": charts.lift(summary.lift_by_history),
        "earned": charts.earned(card.dimensions) if card else None,
        "support": charts.support(card.supporters) if card and card.supporters else None,
    }
    return environment.from_string(_read("page.html.j2")).render(
        summary=summary,
        card=card,
        day=summary.as_of[:10],
        style=_read("style.css"),
        facts=figures.facts(summary),
        charts=pictures,
        tables=figures.run_tables(summary) | (figures.account_tables(card) if card else {}),
        count_names=[name_of(name) for name in figures.counted(summary)],
        months=f"{card.history_months:g}" if card else "",
        distress=f"{card.distress:.4f}" if card else "",
    )
