"""Where does every bar of the page's pictures stand? Numbers of a run in, charts of marks out."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.explanation.cards import DimensionRow, Supporter
from scoring.explanation.text import name_of
from scoring.report.marks import Box, Chart, Line, Mark, Word, grid, ticks
from scoring.summary import BIN, BandRow, DimensionSummary, LiftRow

WIDTH = 720
LEFT, RIGHT, TOP = 60, 700, 24
LOOKS = 5  # how many looks the style sheet has for bands


def distribution(histogram: Sequence[tuple[int, int]], bands: Sequence[BandRow]) -> Chart:
    """Draw how many accounts have which score, each bar in the look of the band it begins in."""
    floor, top = 250, max((count for _, count in histogram), default=0)
    steps = ticks(top, least=1)
    scale = (floor - TOP) / steps[-1]
    step = (RIGHT - LEFT) / max(1, len(histogram))
    marks = grid(LEFT, RIGHT, floor, scale, steps)
    for place, (low, count) in enumerate(histogram):
        band = next(place for place, row in enumerate(bands) if row.low <= low <= row.high)
        x, height = LEFT + place * step, count * scale
        last = 950 if place == len(histogram) - 1 else low + BIN - 1
        tip = f"{low} to {last}: {count:,} accounts, {bands[band].band}"
        marks.append(Box(_at(x + 1), _at(floor - height), _at(step - 2), _at(height), _look(band, len(bands)), tip))
        if low % 50 == 0:
            marks.append(Word(_at(x), floor + 18, str(low), "middle", "tick"))
    marks.append(Word(RIGHT, floor + 18, "950", "middle", "tick"))
    for place, row in enumerate(bands):
        x = 190.0 + 104 * place if len(bands) > 1 else 190.0
        marks.append(Box(_at(x - 130), 284, 12, 12, _look(place, len(bands))))
        marks.append(Word(_at(x - 112), 294, row.band))
    words = "; ".join(f"{row.band} ({row.low} to {row.high}): {row.accounts:,}" for row in bands)
    return Chart(
        "chart-bands",
        "Accounts by score",
        f"Histogram of scores. Accounts per band: {words}.",
        WIDTH,
        304,
        tuple(marks),
    )


def spread(dimensions: Sequence[DimensionSummary]) -> Chart:
    """Draw for each dimension where the middle half and the middle four fifths of holders lie."""
    left, scale = 150, RIGHT - 150
    marks: list[Mark] = []
    for value in (0, 0.25, 0.5, 0.75, 1):
        x = _at(left + value * scale)
        marks += [
            Line(x, TOP - 8, x, 24 + 36 * len(dimensions), "grid"),
            Word(x, 42 + 36 * len(dimensions), str(value), "middle", "tick"),
        ]
    for place, row in enumerate(dimensions):
        y = TOP + 36 * place
        tip = f"{name_of(row.dimension)}: median {row.median:.3f}, middle half {row.p25:.3f} to {row.p75:.3f}"
        marks.append(Word(left - 12, y + 17, name_of(row.dimension), "end"))
        marks.append(Line(_at(left + row.p10 * scale), y + 12, _at(left + row.p90 * scale), y + 12, "whisker"))
        width = max(1.0, (row.p75 - row.p25) * scale)
        marks.append(Box(_at(left + row.p25 * scale), y + 3, _at(width), 18, "half", tip))
        marks.append(Line(_at(left + row.median * scale), y, _at(left + row.median * scale), y + 24, "median"))
    words = "; ".join(f"{name_of(row.dimension)} {row.median:.2f}" for row in dimensions)
    text = f"Line: middle four fifths of holders; box: middle half; stroke: median. Medians: {words}."
    return Chart(
        "chart-dimensions", "The five dimensions, 0 to 1", text, WIDTH, 56 + 36 * len(dimensions), tuple(marks)
    )


def lift(rows: Sequence[LiftRow]) -> Chart:
    """Draw the share of holders lifted and lowered by their connections, by length of history."""
    floor, half = 220, 40
    step = (RIGHT - LEFT) / max(1, len(rows))
    top = max((100 * max(row.lifted, row.lowered) / row.holders for row in rows if row.holders), default=0.0)
    scale = (floor - TOP) / ticks(top)[-1]
    marks = grid(LEFT, RIGHT, floor, scale, ticks(top))
    marks.append(Word(LEFT - 50, 14, "% of holders", look="tick"))
    for place, row in enumerate(rows):
        middle = LEFT + (place + 0.5) * step
        for offset, look, count, word in ((-half, "up", row.lifted, "lifted"), (2, "down", row.lowered, "lowered")):
            share = 100 * count / row.holders if row.holders else 0.0
            tip = f"{row.label} months: {count:,} of {row.holders:,} holders {word} ({share:.1f} %)"
            marks.append(Box(_at(middle + offset), _at(floor - share * scale), half - 2, _at(share * scale), look, tip))
        marks.append(Word(_at(middle), floor + 18, row.label, "middle", "tick"))
    marks.append(Word((LEFT + RIGHT) / 2, floor + 38, "months of own history", "middle", "tick"))
    for x, look, word in ((LEFT, "up", "lifted"), (LEFT + 100, "down", "lowered")):
        marks += [Box(x, floor + 28, 12, 12, look), Word(x + 18, floor + 38, word)]
    words = "; ".join(f"{row.label} months: {row.lifted:,} of {row.holders:,} lifted" for row in rows)
    return Chart(
        "chart-lift", "Whom connections move", f"Bars by months of own history. {words}.", WIDTH, 268, tuple(marks)
    )


def earned(rows: Sequence[DimensionRow]) -> Chart:
    """Draw one account's points per dimension: earned, and lost up to what the dimension could give."""
    left = 150
    scale = (RIGHT - left - 90) / (max((row.points + row.lost for row in rows), default=0) or 1)
    marks: list[Mark] = []
    for place, row in enumerate(rows):
        y = 8 + 34 * place
        full, own = (row.points + row.lost) * scale, row.points * scale
        marks.append(Word(left - 12, y + 16, name_of(row.dimension), "end"))
        marks.append(Box(left, y, _at(full), 22, "lost", f"{name_of(row.dimension)}: {row.lost} points lost"))
        marks.append(Box(left, y, _at(own), 22, "earned", f"{name_of(row.dimension)}: {row.points} points"))
        marks.append(Word(_at(left + full + 8), y + 16, f"{row.points} of {row.points + row.lost}"))
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
        bars.append((f"and {len(rest)} more", sum(row.points for row in rest)))
    left = 190
    scale = (RIGHT - left - 90) / (max((points for _, points in bars), default=0.0) or 1.0)
    marks: list[Mark] = []
    for place, (name, points) in enumerate(bars):
        y = 8 + 34 * place
        marks.append(Word(left - 12, y + 16, name if len(name) <= 24 else f"{name[:23]}…", "end"))
        marks.append(Box(left, y, _at(max(1.0, points * scale)), 22, "up", f"{name}: {points:.2f} points"))
        marks.append(Word(_at(left + max(1.0, points * scale) + 8), y + 16, f"+{points:.2f}"))
    words = "; ".join(f"{name} {points:.2f}" for name, points in bars)
    return Chart(
        "chart-support", "Who lifts this account", f"Points: {words}.", WIDTH, 8 + 34 * len(bars), tuple(marks)
    )


def _look(band: int, bands: int) -> str:
    return f"band-{round(band * (LOOKS - 1) / (bands - 1)) if bands > 1 else LOOKS - 1}"


def _at(value: float) -> float:
    return round(value, 2)
