"""Which numbers stand in the tables of an evaluation's page? The same as in its pictures, as text."""

from __future__ import annotations

from dataclasses import asdict

from scoring.evaluation.results import Evaluation, Rate

Rows = list[tuple[str, ...]]


def evaluation_tables(found: Evaluation) -> dict[str, Rows]:
    """Give the tables of an evaluation; figures that do not exist are blank."""
    return {
        "differences": [
            (
                row.segment,
                row.variant,
                row.against,
                *(said(value, 5, sign=True) for value in (row.difference, row.low, row.high)),
                "" if row.includes_zero is None else "yes" if row.includes_zero else "no",
            )
            for row in found.differences
        ],
        "variants": [
            (row.segment, row.variant, *(said(value, 4) for value in (row.auc, row.ks, row.gini)),
             said(row.mean_score, 1))
            for row in found.variants
        ],
        "drift": [
            *((f"scores, {name} (PSI)", said(value, 4) or "not known") for name, value in found.drift.psi.items()),
            *((f"{name} (CSI)", said(value, 4)) for name, value in found.drift.csi.items()),
        ],
        "bins": [
            (row.feature, row.bin, f"{100 * row.reference:.1f} %", f"{100 * row.share:.1f} %")
            for row in found.drift.rows
        ],
        "outcomes": [(name.replace("_", " "), f"{count:,}") for name, count in asdict(found.outcomes).items()],
        "groups": _groups(found),
        **_segments(found),
    }  # fmt: skip


def _segments(found: Evaluation) -> dict[str, Rows]:
    return {
        "segments": [
            (
                row.name,
                *_counted(row.observed),
                *(said(value, 4) for value in (row.auc, row.ks, row.gini, row.brier)),
            )
            for row in found.segments
        ],
        "bands": [
            (row.name, band.band, f"{band.low} to {band.high}", *_counted(band.observed), *_ends(band.observed))
            for row in found.segments
            for band in row.bands
        ],
        "calibration": [
            (
                row.name,
                *(said(value, 4) for value in (tenth.low, tenth.high, tenth.predicted)),
                *_counted(tenth.observed),
                *_ends(tenth.observed),
            )
            for row in found.segments
            for tenth in row.calibration
        ],
    }


def _groups(found: Evaluation) -> Rows:
    if found.groups is None:
        return []
    return [
        (
            row.group,
            f"{row.persons:,}",
            f"{row.selected:,}",
            said(row.selection_rate, 4),
            said(row.impact_ratio, 3),
            f"{row.observed.bad:,}",
            said(row.observed.rate, 4),
            said(row.predicted, 4),
            said(row.auc, 4),
        )
        for row in found.groups.rows
    ]


def _counted(rate: Rate) -> tuple[str, str, str]:
    return f"{rate.persons:,}", f"{rate.bad:,}", said(rate.rate, 4)


def _ends(rate: Rate) -> tuple[str, str]:
    return said(rate.low, 4), said(rate.high, 4)


def said(value: float | None, decimals: int, *, sign: bool = False) -> str:
    """Write a figure; what does not exist is blank.

    Examples
    --------
    >>> said(0.12345, 3), said(0.01, 2, sign=True), said(-1e-9, 2, sign=True), said(None, 2)
    ('0.123', '+0.01', '0.00', '')
    """
    if value is None:
        return ""
    rounded = round(value, decimals) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''}.{decimals}f}"
