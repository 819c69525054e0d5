"""Which command asks whether a run can be gamed? attack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scoring.cli.display import Format, Formatted, print_json, print_table, progress
from scoring.cli.options import DEFAULT_RUNS, Runs
from scoring.cli.review import AnyRun

if TYPE_CHECKING:
    from scoring.attacks.results import AttackReport, AttackRow


def attack(
    run: AnyRun = None,
    attacks: Annotated[
        list[str] | None, typer.Option("--attack", help="An attack; may be given again. Without it: all.")
    ] = None,
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rule", help="vouch, association, pagerank, smoothing or averages; may be given again. Without it: all."
        ),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Tell what each attack does, and stop.")] = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder the run was made of. Without it: the one LOG names.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="What choices among equal candidates are drawn with.")] = 7,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the report: .html, .csv or .json.")] = None,
    runs: Runs = DEFAULT_RUNS,
    format: Formatted = Format.text,  # noqa: A002
) -> None:
    """Attack a copy of a run in memory: what each attack gains under each rule, whom it hurts, what it costs.

    Nothing is published and the run stays as it is. Points are exact, before rounding to whole scores.

    Example: renmai attack --attack ring_fresh --attack capture --out attacks.html
    """
    if listing:
        _list(format)
        return
    from scoring.attacks.lab import attack as carry_out
    from scoring.attacks.writing import require_ending, write_attacks
    from scoring.runs import open_run

    if out is not None:
        require_ending(out)
    opened = open_run(runs, run)
    with progress("reading, then attacking") as tell:
        report = carry_out(
            opened,
            attacks=attacks,
            rules=rules,
            data=data,
            seed=seed,
            progress=lambda _what, done, of: tell(done, of),
        )
    if out is not None:
        typer.echo(str(write_attacks(report, out)), err=format is Format.json)
    if format is Format.json:
        print_json(report.to_dict())
    elif out is None:
        _print(report)


def _list(format: Format) -> None:  # noqa: A002
    from scoring.attacks.catalogue import ATTACKS

    told = {name: kind.sentence for name, kind in ATTACKS.items()}
    if format is Format.json:
        print_json(told)
    else:
        print_table("Attacks", ["attack", "what it does"], list(told.items()), words=2)


def _print(report: AttackReport) -> None:
    typer.echo(f"Attacks on a copy of run {report.run_id} as of {report.as_of}, seed {report.seed}")
    typer.echo(f"Points, exact before rounding; money in {report.currency}. Portfolio constants are those of the run.")
    if not report.connections:
        typer.echo("In this run connections enter no score (C = e for everyone): points are told as if they did.")
    _compare(report, "Change of the attacker that gains most", lambda row: row.attacker_best)
    _compare(report, "Change of all attackers together", lambda row: row.attacker_total)
    _compare(report, "Change of the victim that loses most", lambda row: row.victims_worst)
    _print_prices(report)
    _print_constants(report)
    _print_promises(report)
    notes = [(row.attack, row.rule, row.note) for row in report.rows if row.note and row.rule in report.rules]
    if notes:
        print_table("Notes", ["attack", "rule", "note"], notes, words=3)


def _compare(report: AttackReport, title: str, figure: Callable[[AttackRow], float]) -> None:
    """Print one figure of all attacks, a column per rule."""
    rows = [(name, *(_points(figure(report.row(name, rule))) for rule in report.rules)) for name in report.descriptions]
    print_table(f"{title}, by rule", ["attack", *report.rules], rows)


def _print_prices(report: AttackReport) -> None:
    rows = []
    for name in report.descriptions:
        row = report.row(name, report.rules[0])
        cells = (report.money(row.money_out), report.money(row.money_moved), row.months, row.honest_people)
        rows.append((name, *cells, row.accounts, _figure(row.reached), _figure(row.bound)))
    heads = [
        "attack",
        "money gone",
        "money moved",
        "months",
        "honest people",
        "accounts",
        "fresh gained",
        "sybil bound",
    ]
    print_table("Price, and under rule vouch what accounts without history gained of their bound (points)", heads, rows)
    typer.echo(
        f"Each whole budget that fresh accounts get is worth at most {report.supporter_bound:.2f} points to all of them"
        " together, however many they are."
    )


def _print_constants(report: AttackReport) -> None:
    rows = [
        (row.attack, row.note, f"{row.attacker_best:+.4f}", f"{row.victims_worst:+.4f}", f"{row.victims_total:+.4f}")
        for row in report.rows
        if row.rule not in report.rules
    ]
    heads = ["attack", "constants", "attacker", "worst of the others", "all others"]
    print_table("If the planted accounts moved the portfolio constants (points, rule vouch)", heads, rows, words=2)


def _print_promises(report: AttackReport) -> None:
    """Print what was held, but for the bound for sybils, which stands beside the price."""
    from scoring.attacks.promises import SYBILS

    kept = [(each.attack, each.promise, each.found) for each in report.promises if each.promise != SYBILS]
    if kept:
        print_table("Promises of rule vouch, all kept", ["attack", "promise", "found"], kept, words=3)


def _points(value: float) -> str:
    """Write exactly 0 as 0, and what only rounds to it as 0.00."""
    if value == 0:
        return "0"
    return f"{value:+.2f}" if abs(value) >= 0.005 else "0.00"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
