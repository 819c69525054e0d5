"""Which numbers stand in the page's tables? The same as in its pictures, as text."""

from __future__ import annotations

from scoring.explanation.cards import AnalystCard
from scoring.explanation.text import name_of
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
    support: Rows = [
        (
            row.supporter_id,
            f"{row.share:.4f}",
            f"{row.standing:.4f}",
            f"{row.contribution:.6f}",
            points(row.points),
        )
        for row in card.supporters[:SUPPORTERS]
    ]
    if rest := card.supporters[SUPPORTERS:]:
        lift, worth = sum(row.contribution for row in rest), sum(row.points for row in rest)
        support.append((f"and {len(rest):,} more", "", "", f"{lift:.6f}", points(worth)))
    return {
        "account": [
            (name_of(row.dimension), f"{100 * row.weight:.2f} %", f"{row.value:.4f}", str(row.points), str(row.lost))
            for row in card.dimensions
        ],
        "support": support,
    }


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
