"""How do figures become a table that people read? Markdown, the same bytes for the same figures."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Goal:
    """One number to reach: what, the limit in words, what was reached, and whether that holds (None: no telling)."""

    what: str
    limit: str
    reached: str
    holds: bool | None


def rows(heads: Sequence[str], body: Iterable[Sequence[object]]) -> str:
    """Write a Markdown table.

    Examples
    --------
    >>> print(rows(("who", "s"), [("us", "1.2"), ("them", "3.4")]))
    | who | s |
    |---|---|
    | us | 1.2 |
    | them | 3.4 |
    """
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(str(cell) for cell in row)} |" for row in body)])


def prose(text: str) -> str:
    """A paragraph, wrapped at 120.

    Examples
    --------
    >>> prose("one    two")
    'one two'
    """
    return textwrap.fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)


def number(value: float) -> str:
    """Three figures, or whole with thousands.

    Examples
    --------
    >>> number(0.01234), number(1.5), number(17.84), number(1234567.0), number(0)
    ('0.0123', '1.50', '17.8', '1,234,567', '0')
    """
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    places = 2 if abs(value) < 10 else 1
    return f"{value:.{places}f}" if abs(value) >= 0.1 else f"{value:.3g}"


def seconds(found: Mapping[str, float]) -> str:
    """Median of a spread with its ends, in a unit that suits.

    Examples
    --------
    >>> seconds({"median": 1.25, "least": 1.0, "most": 2.0})
    '1.25 s (1.00 to 2.00)'
    >>> seconds({"median": 0.0012, "least": 0.001, "most": 0.002})
    '1.20 ms (1.00 to 2.00)'
    """
    factor, unit = (1, "s") if found["median"] >= 0.1 else (1000, "ms")
    middle, least, most = (number(factor * found[name]) for name in ("median", "least", "most"))
    return f"{middle} {unit} ({least} to {most})"


def times(found: Mapping[str, float]) -> str:
    """Median ratio with its ends.

    Examples
    --------
    >>> times({"median": 4.1, "least": 4.0, "most": 4.25})
    '4.10 × (4.00 to 4.25)'
    """
    middle, least, most = (number(found[name]) for name in ("median", "least", "most"))
    return f"{middle} × ({least} to {most})"


def at_most(what: str, limit: float, found: Mapping[str, float] | float | None, unit: str = "×") -> Goal:
    """A goal that a number stays at or below a limit."""
    return _goal(what, "≤", limit, found, unit)


def at_least(what: str, limit: float, found: Mapping[str, float] | float | None, unit: str = "×") -> Goal:
    """A goal that a number is at or above a limit."""
    return _goal(what, "≥", limit, found, unit)


def _goal(what: str, sign: str, limit: float, found: Any, unit: str) -> Goal:
    if found is None:
        return Goal(what, f"{sign} {limit:g} {unit}", "not measured", None)
    value = found["median"] if isinstance(found, Mapping) else float(found)
    ends = f" ({number(found['least'])} to {number(found['most'])})" if isinstance(found, Mapping) else ""
    holds = value <= limit if sign == "≤" else value >= limit
    return Goal(what, f"{sign} {limit:g} {unit}", f"{number(value)} {unit}{ends}", holds)


def goal_table(goals: Iterable[Goal]) -> str:
    """Write goals as a table."""
    said = {True: "yes", False: "no", None: ""}
    return rows(("what", "to reach", "reached", "holds"), [(g.what, g.limit, g.reached, said[g.holds]) for g in goals])
