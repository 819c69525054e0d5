"""How are differences drawn with their doubt? A dot, its interval as a whisker, and the line of no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from scoring.evaluation.results import Difference, VariantFigures
from scoring.pages.marks import Box, Chart, Dot, Group, Line, Mark, Word, place, short, span, uprights

WIDTH, LEFT, RIGHT, ROW = 720, 220, 610, 26
Row = tuple[str, float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one heading."""

    heading: str
    rows: tuple[Row, ...]


def uplift(rows: Sequence[Difference]) -> Chart:
    """Draw each difference of AUC with its interval, segment by segment; left of the line is worse."""
    parts = [
        Part(
            f"{segment} files",
            tuple((f"{row.variant} − {row.against}", row.difference, row.low, row.high) for row in found),
        )
        for segment, found in groupby(rows, key=lambda row: row.segment)
    ]
    return dots("chart-uplift", "Difference of AUC with 95 % interval", parts)


def dots(name: str, title: str, parts: Sequence[Part]) -> Chart:
    """Draw values with intervals around a line of zero; a dot is hollow where the interval holds zero."""
    known = [value for part in parts for row in part.rows for value in row[1:] if value is not None]
    steps = span(known)
    scale = (RIGHT - LEFT) / (steps[-1] - steps[0])
    lines = sum(len(part.rows) + 1 for part in parts)
    floor = 10 + ROW * lines
    marks: list[Mark] = uprights(6, floor, LEFT, scale, steps)
    y = 10
    for part in parts:
        marks.append(Word(12, y + 17, part.heading, look="strong"))
        y += ROW
        for row in part.rows:
            marks.append(_dot(row, y, steps[0], scale))
            y += ROW
    marks += [
        Dot(LEFT + 8, floor + 38, 5, "up"),
        Word(LEFT + 20, floor + 42, "interval without 0", look="tick"),
        Dot(LEFT + 168, floor + 38, 5, "none"),
        Word(LEFT + 180, floor + 42, "interval holds 0: no difference shown", look="tick"),
    ]
    told = "; ".join(f"{part.heading}, {row[0]}: {_said(row)}" for part in parts for row in part.rows)
    return Chart(name, title, f"Dot: difference; line: interval. {told}.", WIDTH, floor + 54, tuple(marks))


def _dot(row: Row, y: float, start: float, scale: float) -> Group:
    name, value, low, high = row
    marks: list[Mark] = [Word(LEFT - 16, y + 17, short(name, 32), "end")]
    if value is None:
        marks.append(Word(RIGHT + 14, y + 17, "not known", look="tick"))
        return Group(tuple(marks), "row", f"{name}: not known")
    sure = low is not None and high is not None and (low > 0 or high < 0)
    if low is not None and high is not None:
        x1, x2 = (place(LEFT + (end - start) * scale) for end in (low, high))
        marks += [Line(x1, y + 12, x2, y + 12, "whisker"), Line(x1, y + 7, x1, y + 17, "whisker")]
        marks.append(Line(x2, y + 7, x2, y + 17, "whisker"))
    marks.append(Dot(place(LEFT + (value - start) * scale), y + 12, 5, "up" if sure else "none"))
    marks.append(Word(RIGHT + 14, y + 17, f"{value:+.5f}"))
    return Group(tuple(marks), "row", f"{name}: {_said(row)}")


def _said(row: Row) -> str:
    _, value, low, high = row
    if value is None:
        return "not known"
    return f"{value:+.5f}" if low is None or high is None else f"{value:+.5f} ({low:+.5f} to {high:+.5f})"


def auc(rows: Sequence[VariantFigures]) -> Chart:
    """Draw the AUC of each variant, segment by segment, from 0.5, which is guessing, to 1."""
    lines = len(rows) + len({row.segment for row in rows})
    floor = 10 + ROW * lines
    known = [row.auc for row in rows if row.auc is not None]
    low, high = min([0.5, *known]), 1.0
    scale = (RIGHT - LEFT) / (high - low)
    steps = [low, *(step / 10 for step in range(1, 11) if low + 0.04 < step / 10 <= high)]
    marks: list[Mark] = uprights(6, floor, LEFT, scale, [round(step, 2) for step in steps])
    y = 10
    for segment, found in groupby(rows, key=lambda row: row.segment):
        marks.append(Word(12, y + 17, f"{segment} files", look="strong"))
        y += ROW
        for row in found:
            marks.append(Word(LEFT - 16, y + 17, short(row.variant, 32), "end"))
            if row.auc is not None:
                tip = f"{row.variant}, {row.segment} files: AUC {row.auc:.4f}"
                marks.append(Box(LEFT, y + 4, place((row.auc - low) * scale), 16,
                                 "up" if row.variant == "with" else "half", tip))  # fmt: skip
            marks.append(Word(RIGHT + 14, y + 17, "not known" if row.auc is None else f"{row.auc:.4f}"))
            y += ROW
    told = "; ".join(f"{row.segment} {row.variant} {row.auc:.3f}" for row in rows if row.auc is not None)
    return Chart("chart-auc", "AUC per variant", f"0.5 is guessing. {told}.", WIDTH, floor + 26, tuple(marks))
