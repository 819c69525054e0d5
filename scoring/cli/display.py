"""How are results shown? Tables and JSON on stdout, progress on stderr where somebody is watching."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from enum import StrEnum
from typing import Annotated, Any, Protocol

import typer

WIDE = 160  # columns of a table that goes to a file or a pipe


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


Formatted = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]


def print_json(value: Any) -> None:
    """Print a value as indented JSON; dataclasses become objects."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    typer.echo(json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]], *, words: int = 1) -> None:
    """Print a table; the first ``words`` columns are text on the left, the others stand on the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < words else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    console.print(table)


class Tell(Protocol):
    """Takes how many are done, and of how many when that is known only now."""

    def __call__(self, done: int, of: int | None = None, /) -> None:
        """Move the bar."""


@contextlib.contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Tell]:
    """Show a bar with the time left on stderr if it is a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield _nobody
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=total)

        def tell(done: int, of: int | None = None, /) -> None:
            bars.update(task, completed=done, total=of if of is not None else total)

        yield tell


def _nobody(done: int, of: int | None = None, /) -> None:
    """Tell nobody."""
