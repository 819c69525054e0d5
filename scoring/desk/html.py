"""How does a result look in a notebook? The pictures of the pages, and small tables; escaped, without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from markupsafe import escape

from scoring.pages.marks import Chart
from scoring.pages.svg import picture

DIGITS = 4
"""Significant digits of a number that is no whole one."""


def shown(*parts: str) -> str:
    """Put parts below each other.

    Examples
    --------
    >>> shown(text("1 < 2"))
    '<div class="renmai"><p>1 &lt; 2</p></div>'
    """
    return f'<div class="renmai">{"".join(parts)}</div>'


def text(words: str, *, strong: bool = False) -> str:
    """Give a line of words."""
    inside = f"<strong>{escape(words)}</strong>" if strong else f"{escape(words)}"
    return f"<p>{inside}</p>"


def listed(head: str, points: Iterable[str]) -> str:
    """Give points under a head.

    Examples
    --------
    >>> listed("Why?", ["so", "& so"])
    '<p>Why?</p><ul><li>so</li><li>&amp; so</li></ul>'
    """
    return f"{text(head)}<ul>{''.join(f'<li>{escape(point)}</li>' for point in points)}</ul>"


def drawn(chart: Chart) -> str:
    """Give a picture that stands alone."""
    return f"<div>{picture(chart)}</div>"


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Give a table, without a head where ``heads`` are none; numbers in few digits, everything escaped.

    Examples
    --------
    >>> table(["id", "v"], [("<b>", 0.123456)])
    '<table><thead><tr><th>id</th><th>v</th></tr></thead><tbody><tr><td>&lt;b&gt;</td><td>0.1235</td></tr></tbody></table>'
    """
    words = "".join(f"<th>{escape(word)}</th>" for word in heads)
    head = f"<thead><tr>{words}</tr></thead>" if heads else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(_said(value))}</td>' for value in row)}</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"


def table_of(frame: pd.DataFrame) -> str:
    """Give the rows of a DataFrame as a table, without its index."""
    return table([str(name) for name in frame.columns], frame.itertuples(index=False, name=None))


def _said(value: Any) -> str:
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}" if value == value else ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ", timespec="minutes")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
