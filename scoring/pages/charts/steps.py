"""How is a score's way from the base drawn? Floating bars, up filled and down hollow, and the running total."""

from __future__ import annotations

from scoring.explanation.cards import Waterfall, WaterfallStep
from scoring.pages.marks import Box, Chart, Line, Mark, Word, place, short, uprights

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 210, 660, 10, 30


def waterfall(found: Waterfall) -> Chart:
    """Draw each step from where the last one ended; the scale begins at the lowest score there is."""
    low = min(350, *(step.running for step in found.steps))
    high = max(950, *(step.running for step in found.steps))
    scale = (RIGHT - LEFT) / (high - low)
    floor = TOP + ROW * (len(found.steps) + 1)
    grid = [low] + [value for value in range(400, high + 1, 100) if value > low] + ([high] if high % 100 else [])
    marks: list[Mark] = uprights(TOP - 4, floor, LEFT, scale, grid)
    before = low
    for number, step in enumerate(found.steps):
        marks += _bar(step, before, number, low, scale)
        before = step.running
    y = TOP + ROW * len(found.steps)
    wide = place((found.score - low) * scale)
    marks.append(Word(LEFT - 12, y + 18, "score", "end", "strong"))
    marks.append(Box(LEFT, y + 3, wide, 20, "total", f"score: {found.score}"))
    marks.append(Word(place(LEFT + wide + 8), y + 18, str(found.score), "start", "strong halo"))
    words = "; ".join(f"{step_name(step)} {step.points:+d} to {step.running}" for step in found.steps[1:])
    text = f"From {found.steps[0].points}: {words}. The score is {found.score}."
    return Chart("chart-waterfall", f"How {short(found.account_id, 40)} comes to {found.score}", text, WIDTH,
                 floor + 26, tuple(marks))  # fmt: skip


def _bar(step: WaterfallStep, before: int, number: int, low: int, scale: float) -> list[Mark]:
    y = TOP + ROW * number
    if step.kind == "base":
        x = place(LEFT + (step.running - low) * scale)
        start: list[Mark] = [
            Word(LEFT - 12, y + 18, "base", "end"),
            Line(x, y + 1, x, y + ROW, "median"),
            Word(x + 8, y + 18, str(step.points), "start", "halo"),
        ]
        return start
    x = place(LEFT + (min(before, step.running) - low) * scale)
    wide = place(max(1.0, abs(step.points) * scale))
    end = place(LEFT + (step.running - low) * scale)
    tip = f"{step_name(step)}: {step.points:+d} points, {step.running} so far"
    reach = place(LEFT + (max(before, step.running) - low) * scale + 8)
    return [
        Word(LEFT - 12, y + 18, short(step_name(step), 30), "end"),
        Box(x, y + 3, wide, 20, "up" if step.points >= 0 else "down", tip),
        Line(end, y + 23, end, y + ROW + 3, "link"),
        Word(reach, y + 18, f"{step.points:+d}", "start", "halo"),
    ]


def step_name(step: WaterfallStep) -> str:
    """Say a step in words; what connections are made of is told with their name."""
    if step.kind in ("base", "dimension", "feature") or not step.dimension:
        return step.label
    return f"{step.dimension.replace('_', ' ')}: {step.label}"
