"""How are observed rates drawn? Bars per band with Wilson's interval, promised beside observed, and ROC curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoring.evaluation.results import BandRate, CalibrationRow
from scoring.pages.marks import Box, Chart, Dot, Group, Line, Mark, Path, Word, grid, place, short, ticks, uprights

WIDTH, LEFT, RIGHT, TOP, FLOOR = 720, 60, 700, 30, 240
SQUARE = 250  # side of a plot of two shares
LOOKS = 5


def default_rates(rows: Sequence[BandRate], segment: str = "all") -> Chart:
    """Draw how often bad came in each band, in per cent, with its 95 % Wilson interval."""
    top = max((100 * (row.observed.high or 0.0) for row in rows), default=0.0)
    steps = ticks(top)
    scale, step = (FLOOR - TOP) / steps[-1], (RIGHT - LEFT) / max(1, len(rows))
    marks = [Word(LEFT - 50, 16, "% bad", look="tick"), *grid(LEFT, RIGHT, FLOOR, scale, steps)]
    for number, row in enumerate(rows):
        marks.append(_band(row, place(LEFT + (number + 0.5) * step), number, len(rows), scale))
    told = "; ".join(f"{row.band} {_percent(row)}" for row in rows)
    title = f"Observed bad rate per band, {segment} files"
    text = f"Bar: observed rate; line: 95 % Wilson interval. {told}."
    return Chart(f"chart-rates-{segment}", title, text, WIDTH, FLOOR + 44, tuple(marks))


def _band(row: BandRate, middle: float, number: int, bands: int, scale: float) -> Group:
    look = f"band-{round(number * (LOOKS - 1) / (bands - 1)) if bands > 1 else LOOKS - 1}"
    found = row.observed
    marks: list[Mark] = [
        Word(middle, FLOOR + 18, short(row.band, 16), "middle"),
        Word(middle, FLOOR + 34, f"{found.bad:,} of {found.persons:,}", "middle", "tick"),
    ]
    if found.rate is not None:
        height = place(100 * found.rate * scale)
        marks.append(Box(middle - 30, place(FLOOR - height), 44, height, look))
    if found.low is not None and found.high is not None:
        low, high = (place(FLOOR - 100 * end * scale) for end in (found.low, found.high))
        x = middle + 24  # beside the bar, where no colour hides it
        marks += [Line(x, low, x, high, "whisker"), Line(x - 6, low, x + 6, low, "whisker")]
        marks.append(Line(x - 6, high, x + 6, high, "whisker"))
    return Group(tuple(marks), "row", f"{row.band}: {_percent(row)}")


def _percent(row: BandRate) -> str:
    found = row.observed
    if found.rate is None or found.low is None or found.high is None:
        return f"{found.bad:,} of {found.persons:,}, no rate"
    interval = f"{100 * found.low:.1f} to {100 * found.high:.1f}"
    return f"{found.bad:,} of {found.persons:,}, {100 * found.rate:.1f} % ({interval})"


def calibration(rows: Sequence[CalibrationRow], segment: str = "all") -> Chart:
    """Draw what was promised against what came; on the diagonal they are the same."""
    top = ticks(max([0.01, *(max(row.predicted, row.observed.high or 0.0) for row in rows)]))
    frame = _Square(top)
    marks = frame.marks("predicted probability of bad", "observed")
    for row in rows:
        x = frame.x(row.predicted)
        found = row.observed
        tip = f"predicted {row.predicted:.4f}, observed {_rate(found.rate)}: {found.bad:,} of {found.persons:,}"
        parts: list[Mark] = []
        if found.low is not None and found.high is not None:
            parts.append(Line(x, frame.y(found.low), x, frame.y(found.high), "whisker"))
        if found.rate is not None:
            parts.append(Dot(x, frame.y(found.rate), 5, "up"))
        marks.append(Group(tuple(parts), "row", tip))
    told = "; ".join(f"{row.predicted:.3f}: {_rate(row.observed.rate)}" for row in rows)
    text = f"Predicted and observed rate by tenths of the probability: {told}."
    name, title = f"chart-calibration-{segment}", f"Calibration, {segment} files"
    return Chart(name, title, text, 380, SQUARE + 66, tuple(marks))


def roc(curves: Sequence[Any], segment: str = "all") -> Chart:
    """Draw for each variant which share of the bads its lowest scores catch at which share of the goods."""
    frame = _Square([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    marks = frame.marks("share of good", "share of bad caught")
    shown = [curve for curve in curves if curve.segment == segment]
    for number, curve in enumerate(shown):
        look = f"curve-{min(number, LOOKS - 1)}"
        line = "L".join(f"{frame.x(good):g} {frame.y(bad):g}" for good, bad in curve.points)
        marks.append(Path(f"M{line}", look, f"{curve.variant}, {segment} files"))
        y = SQUARE - 2 - 20 * (len(shown) - 1 - number)  # below the diagonal, where a score worth its name has no curve
        marks.append(Line(frame.x(1.0) - 126, y, frame.x(1.0) - 96, y, look))
        marks.append(Word(frame.x(1.0) - 90, y + 4, short(curve.variant, 15), look="small halo"))
    told = ", ".join(curve.variant for curve in shown)
    text = f"ROC curves of {told}; the diagonal is guessing."
    name, title = f"chart-roc-{segment}", f"Who is caught first, {segment} files"
    return Chart(name, title, text, 380, SQUARE + 66, tuple(marks))


class _Square:
    """A plot of two shares on the same scale, with its diagonal."""

    def __init__(self, steps: list[float]) -> None:
        self._steps, self._scale = steps, SQUARE / steps[-1]

    def x(self, value: float) -> float:
        return place(LEFT + value * self._scale)

    def y(self, value: float) -> float:
        return place(16 + SQUARE - value * self._scale)

    def marks(self, across: str, up: str) -> list[Mark]:
        floor, right = 16 + SQUARE, LEFT + SQUARE
        marks = grid(LEFT, right, floor, self._scale, self._steps)
        marks += uprights(16, floor, LEFT, self._scale, self._steps)
        marks.append(Line(LEFT, floor, right, 16, "link"))
        marks.append(Word(LEFT + SQUARE / 2, floor + 38, across, "middle", "tick"))
        marks.append(Word(14, 16 + SQUARE / 2, up, "middle", "tick", -90))
        return marks


def _rate(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4f}"
