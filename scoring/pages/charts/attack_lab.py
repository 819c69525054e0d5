"""How are attacks compared? One row per attack, one column per rule: bars to both sides of no change."""

from __future__ import annotations

from scoring.attacks.results import DECIMALS, AttackReport, AttackRow
from scoring.pages.marks import Box, Chart, Group, Line, Mark, Word, place, short

LEFT, TOP, ROW, GAP = 150, 40, 30, 14
NUMBER = 48.0  # room for a number beside its bar
WIDTH = 860


def attacks(report: AttackReport, *, victims: bool = False) -> Chart:
    """Draw the best attacker's change in points (or the worst victim's) per attack and rule, all on one scale.

    A change of no point at all is written as 0 without a bar, so that a zero is seen to be one.
    """
    cells = {(row.attack, row.rule): row for row in report.rows}
    names = list(dict.fromkeys(row.attack for row in report.rows))
    column = (WIDTH - LEFT - GAP * len(report.rules)) / max(1, len(report.rules))
    shown = [_change(row, victims) for row in report.rows if row.rule in report.rules]
    low, high = min([0.0, *shown]), max([0.0, *shown])
    before = NUMBER if low < 0 else 8.0
    scale = (column - before - NUMBER) / ((high - low) or 1.0)
    floor = TOP + ROW * len(names)
    marks: list[Mark] = []
    for place_of, rule in enumerate(report.rules):
        left = LEFT + GAP + place_of * (column + GAP)
        zero = place(left + before - low * scale)
        marks.append(Word(place(left + column / 2), 16, rule, "middle", "strong"))
        marks.append(Line(zero, TOP - 12, zero, floor, "axis"))
        for number, name in enumerate(names):
            if (name, rule) in cells:
                marks.append(_cell(cells[name, rule], TOP + ROW * number, zero, scale, victims))
    for number, name in enumerate(names):
        marks.append(Word(LEFT - 8, TOP + ROW * number + 15, short(name.replace("_", " "), 22), "end"))
    whose = "worst victim" if victims else "best attacker"
    told = "; ".join(f"{row.attack} under {row.rule} {_change(row, victims):+.2f}" for row in report.rows)
    return Chart(
        "chart-victims" if victims else "chart-attacks",
        f"Change of the {whose}'s score in points",
        f"Rows are attacks, columns rules. {told}.",
        WIDTH,
        floor + 12,
        tuple(marks),
    )


def _cell(row: AttackRow, y: float, zero: float, scale: float, victims: bool) -> Group:
    change = _change(row, victims)
    wide = place(abs(change) * scale)
    x = zero if change >= 0 else place(zero - wide)
    bad = (change < 0) if victims else (change > 0)
    marks: list[Mark] = []
    if change:
        marks.append(Box(x, y + 2, max(1.0, wide), 18, "down" if bad else "half"))
    marks.append(Word(place(x + wide + 4) if change >= 0 else place(x - 4), y + 15, points_said(change),
                      "start" if change >= 0 else "end", "small halo"))  # fmt: skip
    return Group(tuple(marks), "cell", f"{row.attack} under {row.rule}: {change:+.4f} points")


def points_said(change: float) -> str:
    """Write a change in points; zero is 0, and what only rounds to zero is not.

    Examples
    --------
    >>> points_said(0), points_said(12.34), points_said(-0.04), points_said(0.0003)
    ('0', '+12.3', '-0.04', '+3e-04')
    """
    if change == 0:
        return "0"
    decimals = 1 if abs(change) >= 0.05 else 2
    return f"{change:+.{decimals}f}" if abs(change) >= 0.005 else f"{change:+.0e}"


def _change(row: AttackRow, victims: bool) -> float:
    return round(row.victims_worst if victims else row.attacker_best, DECIMALS) + 0.0
