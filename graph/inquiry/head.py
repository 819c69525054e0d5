"""What does a query file say about itself: its question, its parameters, its columns and its cap?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from loaders.errors import UsageError

TYPES = ("string", "integer", "float", "boolean", "datetime", "date", "list of string")
COLUMN_TYPES = (*TYPES, *(f"list of {kind}" for kind in TYPES[1:-1]))
REQUIRED = object()
"""Stands for the default of a parameter that has none."""

_ENTRY = re.compile(
    r"(?P<name>[a-z][A-Za-z0-9_]*): (?P<type>[a-z]+(?: of [a-z]+)?)(?: = (?P<default>\S+))?(?:\s+(?P<note>.+))?"
)
_SECTION = re.compile(r"(Parameters|Columns|Cap):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A parameter or a column: its name, its type, what it means; a parameter may have a default."""

    name: str
    type: str
    note: str
    default: Any = field(default=REQUIRED)

    @property
    def required(self) -> bool:
        """Whether a parameter must be given."""
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a query file.

    Attributes
    ----------
    title : str
        The question the query answers.
    description : str
        How its answer is to be read.
    parameters, columns : tuple of Entry
        In the order of the file.
    cap : str
        What is left out when there is too much; empty if nothing is.
    """

    title: str
    description: str
    parameters: tuple[Entry, ...]
    columns: tuple[Entry, ...]
    cap: str


def split(text: str) -> tuple[list[str], str]:
    r"""Take a query file apart: the comment lines at its top without their slashes, and the statement.

    Examples
    --------
    >>> split("// How many?\n//\nMATCH (n:Account) RETURN count(n) AS n\n")
    (['How many?', ''], 'MATCH (n:Account) RETURN count(n) AS n')
    """
    lines = text.split("\n")
    count = next((place for place, line in enumerate(lines) if not line.startswith("//")), len(lines))
    head = [line[2:].removeprefix(" ").rstrip() for line in lines[:count]]
    return head, "\n".join(lines[count:]).strip()


def read_head(lines: list[str], source: str) -> Head:
    """Read the head of a query file.

    Parameters
    ----------
    lines
        The comment lines without their slashes, as :func:`split` gives them.
    source
        Name of the file, for sentences.

    Raises
    ------
    UsageError
        When a line is not of the form heads have.

    Examples
    --------
    >>> head = read_head(["Who is it?", "", "Parameters:", "  id: string    an account", "Columns:",
    ...                   "  kind: string  of the account"], "who.cypher")
    >>> head.title, head.parameters[0].name, head.parameters[0].required, head.columns[0].note
    ('Who is it?', 'id', True, 'of the account')
    """
    if not lines or not lines[0].endswith("?"):
        raise UsageError(f"{source}: the first line must be the question the query answers, like '// Who pays whom?'")
    section, parts = "", {"": list[str](), "Parameters": [], "Columns": [], "Cap": []}
    for line in lines[1:]:
        begins = _SECTION.fullmatch(line)
        if begins:
            section, line = begins[1], begins[2]
        if line.strip():
            parts[section].append(line.strip())
    return Head(
        lines[0],
        " ".join(parts[""]),
        tuple(_entries(parts["Parameters"], TYPES, source)),
        tuple(_entries(parts["Columns"], COLUMN_TYPES, source)),
        " ".join(parts["Cap"]),
    )


def _entries(lines: list[str], types: tuple[str, ...], source: str) -> Iterator[Entry]:
    if lines in (["none"], ["none."]):
        return
    for line in lines:
        match = _ENTRY.fullmatch(line)
        if match is None or match["type"] not in types:
            form = "'name: type = default    what it means'"
            raise UsageError(f"{source}: {line!r} is not of the form {form}; types are {', '.join(types)}")
        default = REQUIRED if match["default"] is None else _default(match["type"], match["default"], source)
        yield Entry(match["name"], match["type"], match["note"] or "", default)


def _default(type: str, text: str, source: str) -> Any:  # noqa: A002 (the word of the heads)
    try:
        if text == "null":
            return None
        if type == "datetime":
            return datetime.fromisoformat(text)
        return date.fromisoformat(text) if type == "date" else json.loads(text)
    except ValueError as error:
        raise UsageError(f"{source}: the default {text} is no {type}") from error
