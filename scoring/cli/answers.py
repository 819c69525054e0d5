"""How is an answer of the database printed: for people, for spreadsheets, for programs?"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from scoring.cli.display import print_table

if TYPE_CHECKING:
    from graph.inquiry.ask import Answer

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What would move the cursor of a terminal or turn its text around."""


UPRIGHT = 6
"""Columns up to which a single row is printed as a row; a longer one stands upright."""


class Shape(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def print_answer(answer: Answer, shape: Shape, title: str = "") -> None:
    """Print an answer on stdout."""
    if shape is Shape.json:
        typer.echo(as_json(answer))
    elif shape is Shape.csv:
        typer.echo(as_csv(answer), nl=False)
    else:
        cells = as_cells(answer)
        if len(cells) == 1 and len(answer.columns) > UPRIGHT:
            print_table(title, ("", ""), list(zip(answer.columns, cells[0], strict=True)), words=2)
        else:
            print_table(title, answer.columns, cells, words=_words(answer))
        typer.echo("1 row" if len(cells) == 1 else f"{len(cells):,} rows")


def as_json(answer: Answer) -> str:
    """Write an answer as a list of objects; times as ISO 8601, what is no number as null.

    Examples
    --------
    >>> from graph.inquiry.ask import Answer
    >>> print(as_json(Answer(("id", "share"), [("a1", 0.5)])))
    [
      {
        "id": "a1",
        "share": 0.5
      }
    ]
    """
    rows = [dict(zip(answer.columns, map(_simple, row), strict=True)) for row in answer.rows]
    return json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False)


def as_csv(answer: Answer) -> str:
    r"""Write an answer as RFC 4180 says, with an apostrophe before every text that a spreadsheet would run.

    Examples
    --------
    >>> from graph.inquiry.ask import Answer
    >>> as_csv(Answer(("id", "change"), [("=1+1", -2), ("a, b", None)]))
    'id,change\r\n\'=1+1,-2\r\n"a, b",\r\n'
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_cell(value) for value in row] for row in (answer.columns, *answer.rows))
    return text.getvalue()


def as_cells(answer: Answer) -> list[list[str]]:
    r"""Write each value for people; the last digits of fractions, which servers may add up differently, are left out.

    Examples
    --------
    >>> from graph.inquiry.ask import Answer
    >>> as_cells(Answer(("id", "money", "share", "none"), [("a\x1b1", 1234567, 0.123456789, None)]))
    [['a\\x1b1', '1,234,567', '0.123457', '']]
    """
    return [[_readable(value) for value in row] for row in answer.rows]


def _simple(value: Any) -> Any:
    """Make JSON's kinds of a value."""
    if isinstance(value, dict):
        return {str(key): _simple(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_simple(part) for part in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.hex() if isinstance(value, bytes) else value


def _cell(value: Any) -> Any:
    from scoring.export import FORMULA

    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    text = value if isinstance(value, str) else _text(value)
    return f"'{text}" if re.match(FORMULA, text) else text


def _text(value: Any) -> str:
    simple = _simple(value)
    return simple if isinstance(simple, str) else json.dumps(simple, ensure_ascii=False)


def _readable(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", value if isinstance(value, str) else _text(value))


def _words(answer: Answer) -> int:
    """Count the columns on the left that hold text."""
    numbers = [any(isinstance(row[place], int | float) for row in answer.rows) for place in range(len(answer.columns))]
    return next((place for place, number in enumerate(numbers) if number), len(numbers))
