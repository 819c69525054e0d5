"""What do the pages about outcomes say? The headline first, then differences with their doubt, rates, drift, groups."""

from __future__ import annotations

from typing import Any

from scoring.evaluation.results import SEGMENTS, Backtest, Evaluation
from scoring.pages.charts import intervals, rates
from scoring.pages.evaluation_tables import evaluation_tables, said
from scoring.pages.template import fill


def evaluation_page(evaluation: Evaluation) -> str:
    """Write what outcomes say about a run as a page.

    Parameters
    ----------
    evaluation
        The figures; what does not exist is left blank or told as not known.

    Returns
    -------
    str
        HTML that needs no network; texts are escaped.
    """
    whole = next((row for row in evaluation.segments if row.name == "all"), None)
    facts = [
        ("persons", "" if whole is None else f"{whole.observed.persons:,}"),
        ("bad", "" if whole is None else f"{whole.observed.bad:,}"),
        ("AUC", "not known" if whole is None else said(whole.auc, 3) or "not known"),
        ("uplift on thin files", said(evaluation.uplift.difference, 5, sign=True) or "not known"),
    ]
    return fill(
        "evaluation.html.j2",
        found=evaluation,
        facts=facts,
        charts=_charts(evaluation),
        tables=evaluation_tables(evaluation),
    )


def _charts(found: Evaluation) -> dict[str, Any]:
    curves = getattr(found, "curves", ())
    return {
        "uplift": intervals.uplift(found.differences) if found.differences else None,
        "auc": intervals.auc(_by_segment(found)) if found.variants else None,
        "roc": [rates.roc(curves, name) for name in SEGMENTS if any(curve.segment == name for curve in curves)],
        "rates": [rates.default_rates(row.bands, row.name) for row in found.segments if row.bands],
        "calibration": [rates.calibration(row.calibration, row.name) for row in found.segments if row.calibration],
    }


def _by_segment(found: Evaluation) -> list[Any]:
    return [row for name in SEGMENTS for row in found.variants if row.segment == name]


def backtest_page(backtest: Backtest) -> str:
    """Write what a policy would have shown at earlier dates as a page.

    Parameters
    ----------
    backtest
        The dates, oldest first.

    Returns
    -------
    str
        HTML that needs no network; texts are escaped.
    """
    rows = [(row.as_of[:10], row.uplift.difference, row.uplift.low, row.uplift.high) for row in backtest.rows]
    part = intervals.Part("as of", tuple(rows))
    title = "AUC with connections minus without, thin files"
    return fill(
        "backtest.html.j2",
        found=backtest,
        chart=intervals.dots("chart-backtest", title, [part]) if rows else None,
        rows=[
            (
                row.as_of[:10],
                row.until[:10],
                "yes" if row.complete else "no",
                f"{row.persons:,}",
                f"{row.bad:,}",
                *(said(value, 4) for value in (row.auc, row.auc_without, row.ks, row.thin_auc, row.thin_auc_without)),
                *(said(value, 5, sign=True) for value in (row.uplift.difference, row.uplift.low, row.uplift.high)),
            )
            for row in backtest.rows
        ],
        remarks=[(row.as_of[:10], text) for row in backtest.rows for text in (row.note, row.uplift.sentence) if text],
    )
