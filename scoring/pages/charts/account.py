"""How is one account's score drawn? Points per dimension, and what each supporter adds."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.explanation.cards import DimensionRow, Supporter
from scoring.explanation.text import name_of
from scoring.pages.marks import Box, Chart, Mark, Word, place, short

WIDTH, RIGHT = 720, 700


def earned(rows: Sequence[DimensionRow]) -> Chart:
    """Draw one account's points per dimension: earned, and lost up to what the dimension could give."""
    left = 150
    scale = (RIGHT - left - 90) / (max((row.points + row.lost for row in rows), default=0) or 1)
    marks: list[Mark] = []
    for number, row in enumerate(rows):
        y = 8 + 34 * number
        full, own = (row.points + row.lost) * scale, row.points * scale
        marks.append(Word(left - 12, y + 16, name_of(row.dimension), "end"))
        marks.append(Box(left, y, place(full), 22, "lost", f"{name_of(row.dimension)}: {row.lost} points lost"))
        marks.append(Box(left, y, place(own), 22, "earned", f"{name_of(row.dimension)}: {row.points} points"))
        marks.append(Word(place(left + full + 8), y + 16, f"{row.points} of {row.points + row.lost}"))
    words = "; ".join(f"{name_of(row.dimension)} {row.points} of {row.points + row.lost}" for row in rows)
    return Chart(
        "chart-account", "Points earned and lost", f"Points: {words}.", WIDTH, 8 + 34 * len(rows), tuple(marks)
    )


def support(rows: Sequence[Supporter], limit: int = 8) -> Chart:
    """Draw what the strongest supporters add to one score; the rest is folded into one bar."""
    shown = sorted(rows, key=lambda row: (-row.points, row.supporter_id))
    rest = shown[limit:]
    bars = [(row.supporter_id, row.points) for row in shown[:limit]]
    if rest:
        bars.append((f"and {len(rest):,} more", sum(row.points for row in rest)))
    left = 190
    scale = (RIGHT - left - 90) / (max((points for _, points in bars), default=0.0) or 1.0)
    marks: list[Mark] = []
    for number, (name, points) in enumerate(bars):
        y = 8 + 34 * number
        marks.append(Word(left - 12, y + 16, short(name, 24), "end"))
        marks.append(Box(left, y, place(max(1.0, points * scale)), 22, "up", f"{name}: {points:.2f} points"))
        marks.append(Word(place(left + max(1.0, points * scale) + 8), y + 16, f"+{points:.2f}"))
    words = "; ".join(f"{name} {points:.2f}" for name, points in bars)
    return Chart(
        "chart-support", "Who lifts this account", f"Points: {words}.", WIDTH, 8 + 34 * len(bars), tuple(marks)
    )
