"""How are moves since the last run drawn, and what the gate measured? Bars around zero, bars under a limit."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.comparison import Mover
from scoring.explanation.text import name_of
from scoring.pages.gate import GateRow
from scoring.pages.marks import Box, Chart, Line, Mark, Word, length, place, short, span

WIDTH, LEFT, RIGHT = 720, 170, 640
LEAST = 10  # points that the scale reaches at least, so that a move of one point looks like one


def movers(rows: Sequence[Mover]) -> Chart:
    """Draw the largest moves: up filled to the right, down hollow to the left."""
    steps = span([-LEAST, LEAST, *(row.change for row in rows)])
    scale = (RIGHT - LEFT) / (steps[-1] - steps[0])
    zero = place(LEFT - steps[0] * scale)
    floor = 12 + 30 * len(rows)
    marks: list[Mark] = []
    for step in steps:
        x = place(zero + step * scale)
        marks.append(Line(x, 4, x, floor, "axis" if step == 0 else "grid"))
        marks.append(Word(x, floor + 16, f"{step:+g}" if step else "0", "middle", "tick"))
    for number, row in enumerate(rows):
        y, wide = 8 + 30 * number, place(abs(row.change) * scale)
        x = zero if row.change > 0 else place(zero - wide)
        tip = f"{row.account_id}: {row.before} to {row.after}, most by {name_of(row.cause)} ({row.cause_points:+d})"
        marks.append(Word(LEFT - 60, y + 15, short(row.account_id, 16), "end"))
        marks.append(Box(x, y, wide, 20, "up" if row.change > 0 else "down", tip))
        marks.append(Word(place(x + wide + 6) if row.change > 0 else place(x - 6), y + 15, f"{row.change:+d}",
                          "start" if row.change > 0 else "end", "halo"))  # fmt: skip
    words = "; ".join(f"{row.account_id} {row.change:+d}" for row in rows)
    text = f"Points of change against the last run: {words}."
    return Chart("chart-movers", "Largest movers", text, WIDTH, floor + 24, tuple(marks))


def gates(rows: Sequence[GateRow]) -> Chart:
    """Draw each measure of the gate as a share of its limit's scale: the bar, and the stroke that is the limit."""
    left, right = 210, 560
    marks: list[Mark] = []
    for number, row in enumerate(rows):
        y = 8 + 34 * number
        reach = max(row.value, row.limit) * 1.25 or 1.0
        bar, limit = place((right - left) * row.value / reach), place(left + (right - left) * row.limit / reach)
        marks.append(Word(left - 12, y + 16, row.name, "end"))
        marks.append(Box(left, y, right - left, 22, "lost"))
        marks.append(Box(left, y, bar, 22, "up" if row.kept else "down", f"{row.name}: {row.said}, {row.limit_said}"))
        marks.append(Line(limit, y - 4, limit, y + 26, "median"))
        word = f"{row.said} · {'kept' if row.kept else 'NOT kept'}"
        marks.append(Word(right + 10, y + 16, word, look="label" if row.kept else "strong"))
    width = max([WIDTH, *(int(right + 20 + length(f"{row.said} · NOT kept")) for row in rows)])
    told = "; ".join(f"{row.name} {row.said} ({row.limit_said})" for row in rows)
    text = f"Bar: what was measured; stroke: the limit. {told}."
    return Chart("chart-gates", "What the gate measured", text, width, 12 + 34 * len(rows), tuple(marks))
