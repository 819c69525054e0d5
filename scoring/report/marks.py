"""What is a chart before it is drawn? Rectangles, lines and words with places; the page's template draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``tip`` is shown when pointed at and read aloud."""

    x: float
    y: float
    width: float
    height: float
    look: str
    tip: str = ""
    kind: str = "box"


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: str
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Word:
    """A text at a place; ``anchor`` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    look: str = "label"
    kind: str = "word"


Mark = Box | Line | Word


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title and its description in words; ``name`` is its id in the page."""

    name: str
    title: str
    description: str
    width: int
    height: int
    marks: tuple[Mark, ...]


def ticks(top: float, *, about: int = 4, least: float = 0.0) -> list[float]:
    """Round numbers from 0 to at least ``top`` in about ``about`` steps, each at least ``least``.

    Examples
    --------
    >>> ticks(870)
    [0.0, 500.0, 1000.0]
    >>> ticks(0)
    [0.0, 1.0]
    """
    if top <= 0:
        return [0.0, 1.0]
    raw = max(top / about, least)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= raw * (1 - 1e-12))
    return [round(step * place, 10) for place in range(int(-(-top // step)) + 1)]


def grid(chart_left: float, chart_right: float, floor: float, scale: float, values: list[float]) -> list[Mark]:
    """Draw horizontal lines with their numbers at ``values``; ``scale`` is height per unit above ``floor``."""
    marks: list[Mark] = []
    for value in values:
        y = round(floor - value * scale, 2)
        marks.append(Line(chart_left, y, chart_right, y, "axis" if value == 0 else "grid"))
        marks.append(Word(chart_left - 6, y + 4, f"{value:,.10g}", "end", "tick"))
    return marks
