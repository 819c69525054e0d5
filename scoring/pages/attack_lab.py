"""What does the page about attacks say? Gains and losses per attack and rule, each with its price."""

from __future__ import annotations

from scoring.attacks.results import CONSTANTS, DECIMALS, AttackReport, AttackRow
from scoring.pages.charts.attack_lab import attacks
from scoring.pages.template import fill


def attack_page(report: AttackReport) -> str:
    """Write what the attack lab found as a page.

    Parameters
    ----------
    report
        What was found; figures that do not exist are left blank.

    Returns
    -------
    str
        HTML that needs no network; texts are escaped.

    Examples
    --------
    >>> row = AttackRow("ring", "vouch", 50, 0.0, 0.0, 0.0, 350, 350, None, 9, 0, 0.0, 0.0, 0.0, 0, 5000, 1, 0, 50)
    >>> page = attack_page(AttackReport("r", "2026-01-01", 7, "CNY", 2, ("vouch",), {}, 3.25, (row,), ()))
    >>> "at most 3.25 points" in page, "<td>50.00</td>" in page
    (True, True)
    """
    rows = [row for row in report.rows if row.rule != CONSTANTS]
    firsts = {row.attack: row for row in reversed(rows)}  # rule vouch is first, and alone has a bound
    return fill(
        "attacks.html.j2",
        report=report,
        bound=_points(report.supporter_bound).lstrip("+"),
        gain=attacks(report),
        harm=attacks(report, victims=True),
        price=[_price(report, firsts[name]) for name in dict.fromkeys(row.attack for row in rows)],
        rows=[_figures(row) for row in rows],
        notes=[(row.attack, row.rule, row.note) for row in rows if row.note],
        constants=[_constants(row) for row in report.rows if row.rule == CONSTANTS],
        promises=[(row.attack, row.promise, row.found) for row in report.promises],
    )


def _price(report: AttackReport, row: AttackRow) -> tuple[str, ...]:
    money = (report.money(row.money_out), report.money(row.money_moved))
    ends = (_points(row.bound).lstrip("+"), _points(row.reached))
    return (row.attack, *money, f"{row.months:,}", f"{row.honest_people:,}", f"{row.accounts:,}", *ends)


def _figures(row: AttackRow) -> tuple[str, ...]:
    gains = (row.attacker_best, row.attacker_mean, row.attacker_total, row.helpers_best)
    losses = (row.victims_worst, row.victims_mean, row.victims_total)
    return (
        row.attack,
        row.rule,
        f"{row.attackers:,}",
        *map(_points, gains),
        f"{row.victims_hurt:,} of {row.victims:,}",
        *map(_points, losses),
    )


def _constants(row: AttackRow) -> tuple[str, ...]:
    moved = "; ".join(f"{name.replace('_', ' ')} {by:+.4g}" for name, by in (row.constants or {}).items() if by)
    return (row.attack, _points(row.attacker_best), _points(row.victims_worst), moved or "none")


def _points(value: float | None) -> str:
    """Write points with two decimals; zero is 0, and what only rounds to zero is not."""
    if value is None:
        return ""
    if round(value, DECIMALS) == 0:
        return "0"
    return f"{value:+.2f}" if abs(value) >= 0.005 else f"{value:+.0e}"
