"""How are an evaluation and a backtest printed for people? The verdict first, then tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from scoring.cli.display import print_table

if TYPE_CHECKING:
    from scoring.evaluation.results import Backtest, Evaluation, Groups, Rate


def print_evaluation(found: Evaluation) -> None:
    """Print the verdict, the notes and a table per question."""
    typer.echo(found.headline)
    typer.echo(f"Run {found.run_id} as of {found.as_of}; bad is a default or a court order up to {found.until}.")
    typer.echo(f"Intervals: {found.resampling}; {found.draws:,} draws, seed {found.seed}.")
    typer.echo(f"Brier and calibration: {found.probability}.")
    for note in (*found.notes, *(part.note for part in found.segments if part.note)):
        typer.echo(f"Note: {note}")
    rows = [
        (part.name, *counted(part.observed), *map(number, (part.auc, part.ks, part.gini, part.brier)))
        for part in found.segments
    ]
    print_table("The run's score", ["files", "persons", "bad", "bad rate", "AUC", "KS", "Gini", "Brier"], rows)
    _print_variants(found)
    for part in found.segments:
        bands = [(row.band, f"{row.low} to {row.high}", *counted(row.observed)) for row in part.bands]
        print_table(f"Observed by band, {part.name} files", ["band", "scores", "persons", "bad", "bad rate"], bands)
        if part.calibration:
            fits = [
                (f"{row.low:.4f} to {row.high:.4f}", f"{row.predicted:.4f}", *counted(row.observed))
                for row in part.calibration
            ]
            print_table(
                f"Calibration, {part.name} files", ["probability", "predicted", "persons", "bad", "bad rate"], fits
            )
    _print_drift(found)
    if found.groups is not None:
        _print_groups(found.groups)


def _print_variants(found: Evaluation) -> None:
    against = {(row.variant, row.segment, row.against): row for row in found.differences}
    rows = []
    for figures in found.variants:
        cells = [figures.segment, figures.variant, number(figures.auc), number(figures.ks)]
        for other in ("without", "with"):
            row = against.get((figures.variant, figures.segment, other))
            cells.append("" if row is None else interval(row.difference, row.low, row.high))
        rows.append(cells)
    heads = ["files", "variant", "AUC", "KS", "AUC − without (95 %)", "AUC − with (95 %)"]
    print_table("Variants of the fifth dimension", heads, rows, words=2)


def _print_drift(found: Evaluation) -> None:
    typer.echo(f"Drift: {found.drift.sentence}.")
    rows = [("score", name, number(value)) for name, value in found.drift.psi.items() if value is not None]
    rows += [(name, "all", number(value)) for name, value in found.drift.csi.items()]
    rows += [
        (name, segment, number(value))
        for segment, indices in found.drift.csi_by_segment.items()
        for name, value in indices.items()
    ]
    if rows:
        print_table("Shift (below 0.1 stable, above 0.25 shifted)", ["of", "files", "index"], rows, words=2)


def _print_groups(groups: Groups) -> None:
    rows = [
        (
            row.group,
            f"{100 * row.selection_rate:.1f} %",
            number(row.impact_ratio),
            *counted(row.observed),
            number(row.predicted),
            number(row.auc),
        )
        for row in groups.rows
    ]
    heads = ["group", "selected", "impact ratio", "persons", "bad", "bad rate", "predicted", "AUC"]
    chosen = f"{groups.benefit} from {groups.threshold}" if groups.benefit else f"score from {groups.threshold}"
    print_table(f"Groups by {groups.column}, selected: {chosen}", heads, rows)
    if groups.note:
        typer.echo(f"Note: {groups.note}")
    if groups.adverse:
        typer.echo(f"Impact ratio below four fifths: {', '.join(groups.adverse)}")


def print_backtest(found: Backtest) -> None:
    """Print the verdict, and one row per date."""
    typer.echo(found.headline)
    typer.echo(f"Intervals: {found.resampling}; {found.draws:,} draws, seed {found.seed}.")
    rows = [
        (
            row.as_of[:10],
            f"{row.persons:,}",
            f"{row.bad:,}",
            number(row.auc),
            number(row.auc_without),
            f"{row.uplift.persons:,}",
            f"{row.uplift.bad:,}",
            number(row.thin_auc),
            interval(row.uplift.difference, row.uplift.low, row.uplift.high),
        )
        for row in found.rows
    ]
    heads = ["as of", "persons", "bad", "AUC", "without", "thin", "thin bad", "thin AUC", "uplift on thin files (95 %)"]
    print_table(f"Looking {found.horizon} ahead", heads, rows)
    for note in (*found.notes, *(f"{row.as_of[:10]}: {row.note}" for row in found.rows if row.note)):
        typer.echo(f"Note: {note}")


def number(value: float | None) -> str:
    """Write a figure with four decimals; a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"


def counted(found: Rate) -> tuple[str, str, str]:
    """Write persons, bads and their rate."""
    return f"{found.persons:,}", f"{found.bad:,}", rate(found)


def rate(found: Rate) -> str:
    """Write a rate in percent with its interval."""
    if found.rate is None or found.low is None or found.high is None:
        return "-"
    return f"{100 * found.rate:.2f} % ({100 * found.low:.2f} to {100 * found.high:.2f})"


def interval(difference: float | None, low: float | None, high: float | None) -> str:
    """Write a difference with its interval."""
    if difference is None or low is None or high is None:
        return "-"
    from scoring.evaluation.verdict import signed

    return f"{signed(difference)} ({signed(low)} to {signed(high)})"
