"""What does the report of a run say? Bands, dimensions, connections, ties, gates, rejects, moves, one account."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import RenmaiError, UsageError
from scoring.comparison import Comparison, compare
from scoring.explanation.analyst import analyst_card
from scoring.explanation.policy import Policy
from scoring.explanation.shelf import Shelf
from scoring.explanation.text import name_of
from scoring.explanation.waterfall import waterfall
from scoring.pages import figures
from scoring.pages.charts import account as accounts
from scoring.pages.charts import moves, portfolio, steps
from scoring.pages.charts import ties as tie_charts
from scoring.pages.gate import gate_rows
from scoring.pages.strengths import strengths
from scoring.pages.template import fill
from scoring.pages.writing import write_page
from scoring.runs.run import Run, open_run
from scoring.summary import Summary, summarize


def report_page(run: Run, account: str | None = None, *, summary: Summary | None = None) -> str:
    """Write the page of a run.

    Parameters
    ----------
    run
        The run. The one before it is read as well if it still stands beside it.
    account
        The account to explain on it; without it the most lifted one, if any is.
    summary
        The run's summary, when it has been made already.

    Returns
    -------
    str
        HTML that needs no network; ids and texts are escaped.

    Raises
    ------
    UsageError
        When the run has no score for the account.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = report_page(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    >>> "<code>nina</code>" in page, "http" in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    (True, False)
    """
    summary = summary or summarize(run)
    if account is None and summary.top_lifts:
        account = summary.top_lifts[0].account_id
    card = analyst_card(Shelf(run), Policy.of(run.manifest), account) if account is not None else None
    moved, moved_note = _moves(run)
    gates, found = gate_rows(run.manifest), strengths(run)
    pictures = {
        "distribution": portfolio.distribution(summary.histogram, summary.bands),
        "spread": portfolio.spread(summary.dimensions),
        "lift": portfolio.lift(summary.lift_by_history),
        "ties": tie_charts.strengths(found) if found.ties else None,
        "gates": moves.gates(gates) if gates else None,
        "movers": moves.movers(moved.movers) if moved and moved.movers else None,
        "waterfall": steps.waterfall(waterfall(card)) if card else None,
        "earned": accounts.earned(card.dimensions) if card else None,
        "support": accounts.support(card.supporters) if card and card.supporters else None,
    }
    return fill(
        "report.html.j2",
        summary=summary,
        card=card,
        day=summary.as_of[:10],
        facts=figures.facts(summary),
        charts=pictures,
        tables=figures.run_tables(summary)
        | {"ties": figures.strength_rows(found), "gates": figures.gate_cells(gates)}
        | {"movers": figures.mover_rows(moved) if moved else []}
        | (figures.account_tables(card) | {"waterfall": figures.step_rows(waterfall(card))} if card else {}),
        count_names=[name_of(name) for name in figures.counted(summary)],
        moved=moved,
        moved_note=moved_note,
        uplift=(run.manifest.get("uplift") or {}).get("sentence", ""),
        gate_failures=(run.manifest.get("gate") or {}).get("failures") or [],
        gate_against=(run.manifest.get("gate") or {}).get("against"),
        months=f"{card.history_months:g}" if card else "",
        distress=f"{card.distress:.4f}" if card else "",
        likely=figures.likelihood(card) if card else "",
    )


def _moves(run: Run) -> tuple[Comparison | None, str]:
    """Compare with the run before, if it still stands and can be read; else say why not."""
    if run.manifest.get("previous") is None:
        return None, "This is the first run: nothing has moved yet."
    previous = str(run.manifest["previous"]["run_id"])
    try:
        return compare(open_run(run.path.parent, previous), run), ""
    except UsageError:
        return None, f"The run before, {previous}, no longer stands: moves cannot be told."
    except RenmaiError:
        return None, f"The run before, {previous}, cannot be read: moves cannot be told; `renmai verify` says why."


def write_report(run: Run, out: Path, *, account: str | None = None, summary: Summary | None = None) -> Path:
    """Write the report of a run into a file, replaced if it stands.

    Raises
    ------
    UsageError
        When the run has no score for the account.
    UnavailableError
        When the file cannot be written.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     write_report(run, run.path.parent / "report.html").read_text(encoding="utf-8") == report_page(run)
    True
    """
    return write_page(out, report_page(run, account, summary=summary))
