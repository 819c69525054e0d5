"""What is a chart before it is drawn? Rectangles, lines, dots and words with places; `picture` draws them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDE = 0.58  # width of an average sign in units of its font size, with room to spare


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``tip`` is shown when pointed at and read aloud."""

    x: float
    y: float
    width: float
    height: float
    look: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    look: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle."""

    x: float
    y: float
    radius: float
    look: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """Any outline, as SVG writes it; ``stroke`` is the line's width where it is not the look's."""

    d: str
    look: str
    tip: str = ""
    stroke: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A text at a place; ``anchor`` is start, middle or end, ``turn`` its rotation in degrees."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    look: str = "label"
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Marks that are one thing, as a node with its texts; ``data`` names it for whoever counts."""

    marks: tuple[Mark, ...]
    look: str
    tip: str = ""
    data: tuple[tuple[str, str], ...] = ()


Mark = Box | Line | Dot | Path | Word | Group


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title and its description in words; ``name`` is what its ids begin with."""

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
    step = _step(top, about, least)
    return [round(step * place, 10) for place in range(int(-(-top // step)) + 1)]


def span(values: Iterable[float], *, about: int = 5) -> list[float]:
    """Round numbers that reach below the lowest value, above the highest, and hold 0.

    Examples
    --------
    >>> span([-0.012, 0.031])
    [-0.02, -0.01, 0.0, 0.01, 0.02, 0.03, 0.04]
    """
    found = [*values, 0.0]
    low, high = min(found), max(found)
    if low == high:
        return [-1.0, 0.0, 1.0]
    step = _step(high - low, about, 0.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * place, 10) + 0.0 for place in range(first, last + 1)]


def _step(reach: float, about: int, least: float) -> float:
    raw = max(reach / about, least)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= raw * (1 - 1e-12))


def grid(chart_left: float, chart_right: float, floor: float, scale: float, values: Sequence[float]) -> list[Mark]:
    """Draw horizontal lines with their numbers at ``values``; ``scale`` is height per unit above ``floor``."""
    marks: list[Mark] = []
    for value in values:
        y = place(floor - value * scale)
        marks.append(Line(chart_left, y, chart_right, y, "axis" if value == 0 else "grid"))
        marks.append(Word(chart_left - 6, y + 4, f"{value:,.10g}", "end", "tick"))
    return marks


def uprights(top: float, floor: float, left: float, scale: float, values: Sequence[float]) -> list[Mark]:
    """Draw vertical lines with their numbers below ``floor``; ``scale`` is width per unit right of ``left``."""
    marks: list[Mark] = []
    for value in values:
        x = place(left + (value - values[0]) * scale)
        marks.append(Line(x, top, x, floor, "axis" if value == 0 else "grid"))
        marks.append(Word(x, floor + 16, f"{value:,.10g}", "middle", "tick"))
    return marks


def place(value: float) -> float:
    """Round a place to a hundredth of a pixel; never minus zero."""
    return round(value, 2) + 0.0


def length(text: str, size: float = 13) -> float:
    """Guess how wide a text is: signs of East Asia are twice as wide.

    Examples
    --------
    >>> length("12345", 10), length("信用", 10)
    (29.0, 20.0)
    """
    return round(sum(size * (1.0 if ord(sign) > 0x2E7F else WIDE) for sign in text), 2)


def short(text: str, signs: int) -> str:
    """Cut a text that is longer than ``signs`` in its middle, as the ends of ids tell them apart.

    Examples
    --------
    >>> short("nina", 8), short("a-very-long-account-id-0001", 12)
    ('nina', 'a-very…-0001')
    """
    if len(text) <= signs:
        return text
    end = (signs - 1) * 2 // 5 + 1
    return f"{text[: signs - 1 - end]}…{text[-end:]}"
