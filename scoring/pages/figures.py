"""Which numbers stand in the page's tables? The same as in its pictures, as text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scoring.comparison import Comparison
from scoring.explanation.cards import AnalystCard, Waterfall
from scoring.explanation.text import name_of
from scoring.pages.charts.steps import step_name
from scoring.pages.gate import GateRow
from scoring.pages.strengths import Strengths
from scoring.runs.manifest import COUNTS
from scoring.summary import Summary

SUPPORTERS = 100  # rows of the supporters' table before the rest is folded into one
Rows = list[tuple[str, ...]]


def facts(summary: Summary) -> Rows:
    """Give the figures at the head of the page."""
    return [
        ("accounts scored", f"{summary.accounts:,}"),
        ("holders", f"{summary.holders:,}"),
        ("thin files", f"{summary.thin:,}"),
        ("median score", f"{summary.median:.0f}"),
        ("ties", f"{summary.ties:,}"),
        ("lifted holders", f"{summary.lifted:,}"),
        ("in distress", f"{summary.distressed:,}"),
    ]


def counted(summary: Summary) -> list[str]:
    """Say which counts the run keeps of its input rows."""
    return [name for name in COUNTS if any(name in counts for counts in summary.counts.values())]


def run_tables(summary: Summary) -> dict[str, Rows]:
    """Give the tables about the whole run."""
    names = counted(summary)
    return {
        "bands": [
            (row.band, f"{row.low} to {row.high}", f"{row.accounts:,}", f"{100 * row.share:.1f} %")
            for row in summary.bands
        ],
        "dimensions": [
            (
                name_of(row.dimension),
                *(f"{value:.3f}" for value in (row.p10, row.p25, row.median, row.p75, row.p90)),
                f"{row.mean_points:.1f}",
            )
            for row in summary.dimensions
        ],
        "lift": [
            (
                row.label,
                *(f"{count:,}" for count in (row.holders, row.lifted, row.lowered)),
                *(points(value) for value in (row.mean_points, row.largest_points)),
            )
            for row in summary.lift_by_history
        ],
        "top": [
            (row.account_id, str(row.score), row.band, f"{row.history_months:g}", f"{row.lift:.4f}", points(row.points))
            for row in summary.top_lifts
        ],
        "counts": [
            (table, *(f"{counts[name]:,}" if name in counts else "" for name in names))
            for table, counts in summary.counts.items()
        ],
        "rejects": [(table, reason, f"{rows:,}") for table, reason, rows in summary.rejects],
        "certificate": sorted((name_of(name), _said(value)) for name, value in summary.certificate.items()),
    }


def account_tables(card: AnalystCard) -> dict[str, Rows]:
    """Give the tables about the explained account."""
    return {
        "account": [
            (name_of(row.dimension), f"{100 * row.weight:.2f} %", f"{row.value:.4f}", str(row.points), str(row.lost))
            for row in card.dimensions
        ],
        "support": supporter_rows(card),
    }


def likelihood(card: AnalystCard) -> str:
    """Say how likely a default is, with its interval; nothing without a model."""
    if (likely := card.probability) is None:
        return ""
    interval = f"{100 * likely.low:.2f} to {100 * likely.high:.2f} %"
    return (
        f"Default within {likely.horizon}: {100 * likely.pd:.2f} % (95 % interval {interval}, {likely.band} files,"
        f" model {likely.model})."
    )


def supporter_rows(card: AnalystCard) -> Rows:
    """Give the supporters as the card has them, strongest first; past a hundred they are folded into one row."""
    rows: Rows = [
        (
            row.supporter_id,
            f"{row.strength:.4f}",
            f"{row.share:.4f}",
            f"{row.standing:.4f}",
            f"{row.contribution:.6f}",
            points(row.points),
        )
        for row in card.supporters[:SUPPORTERS]
    ]
    if rest := card.supporters[SUPPORTERS:]:
        lift, worth = math.fsum(row.contribution for row in rest), math.fsum(row.points for row in rest)
        rows.append((f"and {len(rest):,} more", "", "", "", f"{lift:.6f}", points(worth)))
    return rows


def step_rows(found: Waterfall) -> Rows:
    """Give the steps from the base to the score."""
    return [
        (step_name(step), str(step.points) if step.kind == "base" else f"{step.points:+d}", str(step.running))
        for step in found.steps
    ]


def strength_rows(found: Strengths) -> Rows:
    """Give ties by strength, those without any first."""
    rows: Rows = [("0", f"{found.zero_v:,}", f"{found.zero_g:,}")]
    return rows + [(row.label, f"{row.v:,}", f"{row.g:,}") for row in found.rows]


def gate_cells(rows: Sequence[GateRow]) -> Rows:
    """Give what the gate measured beside its limits."""
    return [(row.name, row.said, row.limit_said, "kept" if row.kept else "not kept") for row in rows]


def mover_rows(found: Comparison) -> Rows:
    """Give the largest moves and the dimension that moved each most."""
    return [
        (
            row.account_id,
            name_of(row.cause),
            str(row.before),
            str(row.after),
            f"{row.change:+d}",
            f"{row.cause_points:+d}",
        )
        for row in found.movers
    ]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def points(value: float) -> str:
    """Write points with two decimals; what rounds to nothing has no sign.

    Examples
    --------
    >>> points(-0.001), points(5.279)
    ('0.00', '5.28')
    """
    return f"{round(value, 2) + 0.0:.2f}"
