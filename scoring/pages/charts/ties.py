"""How are ties drawn by their strength? Paired bars: what vouches, and what was sent."""

from __future__ import annotations

from scoring.pages.marks import Box, Chart, Word, grid, place, ticks
from scoring.pages.strengths import Strengths

WIDTH, LEFT, RIGHT, TOP, FLOOR, HALF = 720, 70, 700, 30, 220, 36


def strengths(found: Strengths) -> Chart:
    """Draw how many ties have which strength: vouching (filled) and sent (hollow); those without any are told."""
    step = (RIGHT - LEFT) / len(found.rows)
    top = max(max(row.v, row.g) for row in found.rows)
    steps = ticks(top, least=1)
    scale = (FLOOR - TOP) / steps[-1]
    marks = grid(LEFT, RIGHT, FLOOR, scale, steps)
    marks.append(Word(LEFT - 60, 16, "ties", look="tick"))
    for number, row in enumerate(found.rows):
        middle = LEFT + (number + 0.5) * step
        for offset, look, count, word in ((-HALF, "up", row.v, "vouching"), (3, "down", row.g, "sent")):
            x, y = place(middle + offset), place(FLOOR - count * scale)
            tip = f"{word} strength {row.label}: {count:,} ties"
            marks.append(Box(x, y, HALF - 3, place(count * scale), look, tip))
            marks.append(Word(place(x + HALF / 2 - 1), y - 5, f"{count:,}", "middle", "tick halo"))
        marks.append(Word(place(middle), FLOOR + 18, row.label, "middle", "tick"))
    words = (f"vouching (v): {found.zero_v:,} of {found.ties:,} have none", f"sent (g): {found.zero_g:,} have none")
    for x, look, word in ((LEFT, "up", words[0]), (LEFT + 330, "down", words[1])):
        marks += [Box(x + 1, FLOOR + 32, 12, 12, look), Word(x + 20, FLOOR + 42, word)]
    told = "; ".join(f"{row.label}: {row.v:,} and {row.g:,}" for row in found.rows)
    text = f"{words[0]}; {words[1]}. Ties by strength, vouching and sent: {told}."
    return Chart("chart-ties", "Ties by strength", text, WIDTH, FLOOR + 54, tuple(marks))
