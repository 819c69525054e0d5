"""Which commands look at finished runs? show, diff, history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scoring.cli.display import Format, Formatted, Tell, print_json, print_table, progress
from scoring.cli.options import DEFAULT_RUNS, Runs
from scoring.runs.manifest import COUNTS

if TYPE_CHECKING:
    from scoring.comparison import Comparison, MoveSplit
    from scoring.runs.run import Run
    from scoring.summary import Summary

AnyRun = Annotated[str | None, typer.Argument(metavar="RUN", help="The run. Without it: the current one.")]


def show(run: AnyRun = None, runs: Runs = DEFAULT_RUNS, format: Formatted = Format.text) -> None:  # noqa: A002
    """Show a run: bands, counts, top lifts, certificate, rejects.

    Example: renmai show --runs runs
    """
    from scoring.runs import open_run
    from scoring.summary import summarize

    with progress("counting"):
        summary = summarize(open_run(runs, run))
    if format is Format.json:
        print_json(summary)
    else:
        _print_summary(summary)


def _print_summary(summary: Summary) -> None:
    typer.echo(f"Run {summary.run_id} as of {summary.as_of}")
    typer.echo(
        f"{summary.accounts:,} accounts of {summary.holders:,} holders, {summary.thin:,} of them thin files; "
        f"median score {summary.median:.0f}; {summary.ties:,} ties, {summary.lifted:,} holders lifted, "
        f"{summary.distressed:,} in distress"
    )
    if summary.uplift is not None:
        typer.echo(summary.uplift["sentence"])
    print_bands(summary)
    if summary.top_lifts:
        top = [
            (row.account_id, row.band, row.score, f"{row.history_months:g}", f"{row.lift:.4f}", f"{row.points:.2f}")
            for row in summary.top_lifts
        ]
        print_table("Top lifts", ["account", "band", "score", "months", "lift", "points"], top, words=2)
    names = [name for name in COUNTS if any(name in row for row in summary.counts.values())]
    counts = [
        (table, *(f"{row[name]:,}" if name in row else "" for name in names)) for table, row in summary.counts.items()
    ]
    print_table("Input rows (after_as_of and pending are set aside)", ["table", *names], counts)
    if summary.rejects:
        print_table("Rejected rows", ["table", "reason", "rows"], summary.rejects, words=2)
    print_table("Certificate", ["figure", "value"], sorted(summary.certificate.items()))


def print_bands(summary: Summary) -> None:
    """Print how many accounts are in which band."""
    rows = [
        (row.band, f"{row.low} to {row.high}", f"{row.accounts:,}", f"{100 * row.share:.1f} %") for row in summary.bands
    ]
    print_table("Bands", ["band", "scores", "accounts", "share"], rows)


def diff(
    older: Annotated[str, typer.Argument(metavar="RUN", help="The run to compare with.")],
    newer: Annotated[str, typer.Argument(metavar="RUN", help="The run that came after.")],
    runs: Runs = DEFAULT_RUNS,
    account: Annotated[str | None, typer.Option("--account", help="Split this account's move, line by line.")] = None,
    movers: Annotated[
        int, typer.Option("--limit", "--movers", min=0, help="How many of the largest moves to list.")
    ] = 10,
    format: Formatted = Format.text,  # noqa: A002
) -> None:
    """Compare two runs: band migration, PSI, largest movers, and whose doing each move is.

    Example: renmai diff 20251201-0123456789abcdef 20260101-fedcba9876543210

    Example: renmai diff 20251201-0123456789abcdef 20260101-fedcba9876543210 --account a000123
    """
    from scoring.comparison import compare, split_moves
    from scoring.runs import open_run

    first, last = open_run(runs, older), open_run(runs, newer)
    if account is not None:
        with progress("comparing"):
            move = split_moves(first, last, account)
        if format is Format.json:
            print_json({"older": first.id, "newer": last.id, "move": asdict(move)})
        else:
            _print_move(move)
        return
    with progress("comparing"):
        found = compare(first, last, movers=movers, split=True)
    if format is Format.json:
        print_json(found)
    else:
        _print_comparison(found)


def _print_comparison(found: Comparison) -> None:
    typer.echo(f"From {found.older} (as of {found.older_as_of}) to {found.newer} (as of {found.newer_as_of})")
    typer.echo(
        f"{found.common:,} accounts in both, {found.unchanged:,} unchanged, mean change {found.mean_change:+.2f}; "
        f"{found.only_older:,} only in the first, {found.only_newer:,} only in the second; PSI {found.psi:.4f}"
    )
    rows = [(band, *(f"{count:,}" for count in row)) for band, row in zip(found.bands, found.migration, strict=True)]
    print_table("Band migration (rows: before, columns: after)", ["from / to", *found.bands], rows)
    movers: list[tuple[Any, ...]] = [
        (
            row.account_id,
            row.cause.replace("_", " "),
            row.before,
            row.after,
            f"{row.change:+d}",
            f"{row.cause_points:+d}",
        )
        for row in found.movers
    ]
    if movers:
        heads = ["account", "moved most by", "before", "after", "change", "of it by that"]
        print_table("Largest movers", heads, movers, words=2)
    splits = [row.split for row in found.movers if row.split is not None]
    if splits:
        parts = [
            (move.account_id, *(f"{points:+d}" for points in _parts(move)), f"{move.change:+d}") for move in splits
        ]
        heads = ["account", "own data", "connections", "policy and model", "missing data", "change"]
        print_table("Whose doing it is (parts add up to the change)", heads, parts)
        for note in splits[0].notes:
            typer.echo(f"Note: {note}.")


def _parts(move: MoveSplit) -> tuple[int, int, int, int]:
    return move.own, move.connections, move.policy, move.missing


def _print_move(move: MoveSplit) -> None:
    typer.echo(f"Account {move.account_id}: {move.before} > {move.after}, {move.change:+d} points")
    names = ("own data", "connections", "policy and model", "missing data")
    rows = [(name, f"{points:+d}") for name, points in zip(names, _parts(move), strict=True)]
    print_table("Whose doing it is", ["part", "points"], [*rows, ("change", f"{move.change:+d}")])
    if move.parts:
        lines = [(part.part, part.label.replace("_", " ") if part.part != "connections" else part.label, part.what,
                  f"{part.points:+d}") for part in move.parts]  # fmt: skip
        print_table("Line by line", ["part", "who or what", "what happened", "points"], lines, words=3)
    for note in move.notes:
        typer.echo(f"Note: {note}.")


def history(
    account: Annotated[str, typer.Argument(help="The account.")],
    runs: Runs = DEFAULT_RUNS,
    format: Formatted = Format.text,  # noqa: A002
) -> None:
    """Show an account's score over the runs, in the order in which they were made.

    Example: renmai history a000123
    """
    from scoring.comparison import history as follow
    from scoring.runs import in_order, open_run

    order = in_order(runs)
    if not order:
        open_run(runs)  # tells how to make the first
    with progress("looking through the runs", len(order)) as tell:
        rows = follow(_opened(runs, order, tell), account)
    if format is Format.json:
        print_json({"account_id": account, "runs": [asdict(row) for row in rows]})
        return
    cells = [
        (
            row.run_id,
            row.as_of,
            row.band or "not scored",
            row.score or "",
            "" if row.change is None else f"{row.change:+d}",
        )
        for row in rows
    ]
    print_table(f"Score of {account}", ["run", "as of", "band", "score", "change"], cells, words=3)


def _opened(runs: Path, order: list[str], tell: Tell) -> Iterator[Run]:
    from scoring.runs import open_run

    for number, run_id in enumerate(order, start=1):
        yield open_run(runs, run_id)
        tell(number)
