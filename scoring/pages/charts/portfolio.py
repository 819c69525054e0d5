"""How is a whole portfolio drawn? Scores by band, the five dimensions, and whom connections move."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.explanation.text import name_of
from scoring.pages.marks import Box, Chart, Line, Mark, Word, grid, length, place, short, ticks
from scoring.summary import BIN, BandRow, DimensionSummary, LiftRow

WIDTH = 720
LEFT, RIGHT, TOP = 60, 700, 24
LOOKS = 5  # how many looks the style sheet has for bands
ROW = 17  # height of one row of band names


def band_look(band: int, bands: int) -> int:
    """Which of the five looks, worst to best, a band has."""
    return round(band * (LOOKS - 1) / (bands - 1)) if bands > 1 else LOOKS - 1


def distribution(histogram: Sequence[tuple[int, int]], bands: Sequence[BandRow]) -> Chart:
    """Draw how many accounts have which score, each bar in the look of the band it begins in."""
    names, rows = _band_names(bands)
    roof = 10 + ROW * rows
    floor, top = roof + 226, max((count for _, count in histogram), default=0)
    steps = ticks(top, least=1)
    scale = (floor - roof) / steps[-1]
    step = (RIGHT - LEFT) / max(1, len(histogram))
    marks = grid(LEFT, RIGHT, floor, scale, steps)
    for number, (low, count) in enumerate(histogram):
        band = next(number for number, row in enumerate(bands) if row.low <= low <= row.high)
        x, height = LEFT + number * step, count * scale
        last = 950 if number == len(histogram) - 1 else low + BIN - 1
        tip = f"{low} to {last}: {count:,} accounts, {bands[band].band}"
        look = f"band-{band_look(band, len(bands))}"
        marks.append(Box(place(x + 1), place(floor - height), place(step - 2), place(height), look, tip))
        if low % 50 == 0:
            marks.append(Word(place(x), floor + 18, str(low), "middle", "tick"))
    marks.append(Word(RIGHT, floor + 18, "950", "middle", "tick"))
    marks += [Line(_score(row.low), roof - 2, _score(row.low), floor, "link") for row in bands[1:]]
    words = "; ".join(f"{row.band} ({row.low} to {row.high}): {row.accounts:,}" for row in bands)
    text = f"Histogram of scores, counts of accounts. Accounts per band: {words}."
    return Chart("chart-bands", "Accounts by score", text, WIDTH, floor + 30, (*marks, *names))


def _band_names(bands: Sequence[BandRow]) -> tuple[list[Mark], int]:
    """Write each band's name over its scores, in the first row where it touches no other."""
    ends: list[float] = []
    marks: list[Mark] = []
    for number, row in enumerate(bands):
        name = short(row.band, 24)
        half = (1.1 * length(name) + 18) / 2
        middle = min(max((_score(row.low) + _score(row.high + 1)) / 2, LEFT + half), RIGHT - half)
        line = next((line for line, end in enumerate(ends) if end <= middle - half), len(ends))
        ends[line : line + 1] = [middle + half + 6]
        y = 16 + ROW * line
        marks.append(Box(place(middle - half), y - 9, 10, 10, f"band-{band_look(number, len(bands))}"))
        marks.append(Word(place(middle - half + 15), y, name, look="halo strong"))
    return marks, max(1, len(ends))


def _score(score: float) -> float:
    return place(LEFT + (min(score, 950) - 350) * (RIGHT - LEFT) / 600)


def spread(dimensions: Sequence[DimensionSummary]) -> Chart:
    """Draw for each dimension where the middle half and the middle four fifths of holders lie."""
    left, scale = 150, RIGHT - 150
    marks: list[Mark] = []
    for value in (0, 0.25, 0.5, 0.75, 1):
        x = place(left + value * scale)
        marks += [
            Line(x, TOP - 8, x, 24 + 36 * len(dimensions), "grid"),
            Word(x, 42 + 36 * len(dimensions), str(value), "middle", "tick"),
        ]
    for number, row in enumerate(dimensions):
        y = TOP + 36 * number
        tip = f"{name_of(row.dimension)}: median {row.median:.3f}, middle half {row.p25:.3f} to {row.p75:.3f}"
        marks.append(Word(left - 12, y + 17, name_of(row.dimension), "end"))
        marks.append(Line(place(left + row.p10 * scale), y + 12, place(left + row.p90 * scale), y + 12, "whisker"))
        width = max(1.0, (row.p75 - row.p25) * scale)
        marks.append(Box(place(left + row.p25 * scale), y + 3, place(width), 18, "half", tip))
        marks.append(Line(place(left + row.median * scale), y, place(left + row.median * scale), y + 24, "median"))
    words = "; ".join(f"{name_of(row.dimension)} {row.median:.2f}" for row in dimensions)
    text = f"Line: middle four fifths of holders; box: middle half; stroke: median. Medians: {words}."
    return Chart(
        "chart-dimensions", "The five dimensions, 0 to 1", text, WIDTH, 56 + 36 * len(dimensions), tuple(marks)
    )


def lift(rows: Sequence[LiftRow]) -> Chart:
    """Draw the share of holders lifted (filled) and lowered (hollow) by their connections, by length of history."""
    floor, half = 220, 40
    step = (RIGHT - LEFT) / max(1, len(rows))
    top = max((100 * max(row.lifted, row.lowered) / row.holders for row in rows if row.holders), default=0.0)
    scale = (floor - TOP) / ticks(top)[-1]
    marks = grid(LEFT, RIGHT, floor, scale, ticks(top))
    marks.append(Word(LEFT - 50, 14, "% of holders", look="tick"))
    for number, row in enumerate(rows):
        middle = LEFT + (number + 0.5) * step
        for offset, look, count, word in ((-half, "up", row.lifted, "lifted"), (2, "down", row.lowered, "lowered")):
            share = 100 * count / row.holders if row.holders else 0.0
            tip = f"{row.label} months: {count:,} of {row.holders:,} holders {word} ({share:.1f} %)"
            x, y = place(middle + offset), place(floor - share * scale)
            marks.append(Box(x, y, half - 2, place(share * scale), look, tip))
            marks.append(Word(place(x + half / 2 - 1), y - 5, f"{share:.1f}", "middle", "tick halo"))
        marks.append(Word(place(middle), floor + 18, row.label, "middle", "tick"))
    marks.append(Word((LEFT + RIGHT) / 2, floor + 38, "months of own history", "middle", "tick"))
    for x, look, word in ((LEFT, "up", "lifted"), (LEFT + 100, "down", "lowered")):
        marks += [Box(x + 1, floor + 28, 12, 12, look), Word(x + 20, floor + 38, word)]
    words = "; ".join(f"{row.label} months: {row.lifted:,} of {row.holders:,} lifted" for row in rows)
    return Chart(
        "chart-lift", "Whom connections move", f"Bars by months of own history. {words}.", WIDTH, 268, tuple(marks)
    )
