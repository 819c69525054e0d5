"""Which command asks the graph database? query, with a question of the library or a statement of one's own."""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from loaders.errors import UsageError
from scoring.cli.answers import Shape, print_answer
from scoring.cli.options import DatabaseConfig, Insecure, read_store

if TYPE_CHECKING:
    from graph.inquiry.ask import Answer
    from graph.inquiry.catalog import Query
    from graph.inquiry.head import Entry
    from graph.stores.settings import StoreSettings

QUIET_SECONDS = 2.0


class QueryCommand(TyperCommand):
    """``renmai query NAME --help`` tells of the question, not of the command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the help of a question when one is named beside ``--help``."""
        if args and {"-h", "--help"} & set(args):
            from graph.inquiry.catalog import load_query

            with contextlib.suppress(UsageError):  # no question of this name: then it is the command's own help
                typer.echo(described(load_query(args[0])))
                ctx.exit()
        return super().parse_args(ctx, args)


def query(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Name of a question, or `list`, or `show` and a name.", show_default=False),
    ] = None,
    shown: Annotated[
        str | None, typer.Argument(metavar="SHOWN", help="With show: the name.", show_default=False)
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="A parameter as key=value; once for each.", metavar="K=V")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="File with a statement of your own, instead of NAME.")
    ] = None,
    format: Annotated[Shape, typer.Option("--format", help="table for people, csv or json.")] = Shape.table,  # noqa: A002
    config: DatabaseConfig = None,
    insecure: Insecure = False,
) -> None:
    """Ask the graph database a question that only reads.

    Example: renmai query list

    Example: renmai query who-lifts --param id=a000123

    Example: renmai query show who-lifts

    Example: renmai query --file my.cypher --param id=a000123 --format csv
    """
    from graph.inquiry.catalog import load_query, queries, read_file
    from graph.inquiry.frames import fill

    if (name is None) == (file is None) or (shown is not None) != (name == "show"):
        raise UsageError("say `renmai query list`, `renmai query show NAME`, `renmai query NAME` or `--file FILE`")
    if name in ("list", "show") and param:
        raise UsageError(f"`renmai query {name}` takes no --param")
    if name == "list":
        print_answer(_listed(queries()), format)
        return
    if shown is not None:
        typer.echo(pasteable(load_query(shown)))
        return
    asked = read_file(file) if file is not None else load_query(name or "")
    given = fill(asked, read_parameters(asked, param or []))
    print_answer(_answered(read_store(config, insecure=insecure), asked, given), format, asked.title)


def read_parameters(asked: Query, texts: list[str]) -> dict[str, Any]:
    """Take ``key=value`` apart; without a head a value is text, but a whole number behind LIMIT and SKIP.

    Examples
    --------
    >>> from graph.inquiry.catalog import load_query, own
    >>> read_parameters(load_query("who-lifts"), ["id=a=1"])
    {'id': 'a=1'}
    >>> read_parameters(own("MATCH (a:Account {id: $id}) RETURN a LIMIT $n", "mine"), ["id=007", "n=5"])
    {'id': '007', 'n': 5}
    >>> read_parameters(own("RETURN $days AS days", "mine"), ["days:integer=5"])
    {'days': 5}
    """
    from graph.inquiry.gate import admit
    from graph.inquiry.head import TYPES, Entry
    from graph.inquiry.parameters import read

    counts = admit(asked.text).counts if texts and not asked.columns else frozenset()
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        name, _, type_name = key.partition(":")
        if not equals or not name or (type_name and (asked.columns or type_name not in TYPES)):
            kinds = "" if asked.columns else f", or key:type=value with a type of {', '.join(TYPES)}"
            raise UsageError(f"--param is {text!r}; it must be key=value{kinds}")
        if name in values:
            raise UsageError(f"parameter {name!r} is given twice")
        typed = type_name or ("integer" if name in counts else "")
        values[name] = read(Entry(name, typed, ""), value) if typed else value
    return values


def pasteable(asked: Query) -> str:
    """Write a question with its parameters so that it can be pasted into a client for Cypher, or kept as a file.

    Examples
    --------
    >>> from graph.inquiry.catalog import load_query
    >>> [line for line in pasteable(load_query("who-lifts")).splitlines() if ":params" in line]
    ["//   :params {id: '', run: null}"]
    """
    return f"{described(asked)}\n{asked.text}"


def described(asked: Query) -> str:
    """Tell of a question, as comments of Cypher: what it answers, how it is asked, what it wants and gives."""
    needed = "".join(f" --param {entry.name}=..." for entry in asked.parameters if entry.required)
    settings = ", ".join(f"{entry.name}: {_literal(entry.default)}" for entry in asked.parameters)
    lines = [asked.title, "", *wrap(asked.description, 110), "", f"Here:          renmai query {asked.name}{needed}"]
    lines += ["In a browser:  first", f"  :params {{{settings}}}", ""]
    lines += ["Parameters:", *map(_entry, asked.parameters)] if asked.parameters else ["Parameters: none"]
    lines += ["Columns:", *map(_entry, asked.columns)]
    lines += [f"Cap: {asked.cap}"] if asked.cap else []
    return "\n".join(f"// {line}".rstrip() for line in lines)


def _entry(entry: Entry) -> str:
    text = entry.default.isoformat() if isinstance(entry.default, date) else None
    default = "" if entry.required else f" = {text or json.dumps(entry.default)}"
    return f"  {f'{entry.name}: {entry.type}{default}':<31} {entry.note}"


def _literal(value: Any) -> str:
    """Write a default as Cypher does; what has none is an empty text to be filled in."""
    from graph.inquiry.head import REQUIRED

    if isinstance(value, date):
        kind = "datetime" if isinstance(value, datetime) else "date"
        return f"{kind}('{value.isoformat()}')"
    return "''" if value is REQUIRED else json.dumps(value, ensure_ascii=False)


def _listed(found: tuple[Query, ...]) -> Answer:
    from graph.inquiry.ask import Answer

    rows = [
        (one.name, one.title, ", ".join(f"{p.name}{'' if p.required else '?'}" for p in one.parameters))
        for one in found
    ]
    return Answer(("name", "question", "parameters"), list[tuple[Any, ...]](rows))


def _answered(settings: StoreSettings, asked: Query, given: dict[str, Any]) -> Answer:
    """Ask, and say on a terminal that somebody is at it when it takes long."""
    from graph.inquiry.frames import answer_to
    from graph.stores.connection import connect

    with _waiting(asked.name), connect(settings, reader=True) as connection:
        return answer_to(connection, asked, given)


@contextlib.contextmanager
def _waiting(name: str) -> Iterator[None]:
    """Show on a terminal that the database is still at it, once that has taken a while."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    status = Console(stderr=True).status(f"asking {name}")
    timer = threading.Timer(QUIET_SECONDS, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()
