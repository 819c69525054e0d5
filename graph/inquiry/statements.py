"""Which Cypher does the watch send, and what is added to an analyst's query?"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from graph.inquiry.catalog import FOLDER
from graph.inquiry.head import split


@cache
def watch_statement(name: str) -> str:
    """Read a statement of the watch.

    Examples
    --------
    >>> watch_statement("terminate")
    'TERMINATE TRANSACTIONS $ids'
    """
    return split((FOLDER / "watch" / f"{name}.cypher").read_text(encoding="utf-8"))[1]


def marked(text: str, mark: str) -> str:
    r"""Put a mark behind a query, in a comment, by which its transaction is found.

    Examples
    --------
    >>> marked("RETURN 1 AS one", "m7")
    'RETURN 1 AS one\n// m7'
    """
    return text + "\n// " + mark


def renamed(text: str, ends: tuple[int, ...], tail: str) -> str:
    """Put a tail behind the name of every parameter.

    The embedded server takes a value such as the text ``$id`` in ``{id: $name}`` for the parameter of that name; behind
    a tail that nobody can guess there is none of that name.

    Examples
    --------
    >>> renamed("RETURN $id AS id", (10,), "_m7")
    'RETURN $id_m7 AS id'
    """
    cuts = [0, *ends, len(text)]
    return tail.join(text[start:end] for start, end in pairwise(cuts))


def explained(text: str) -> str:
    """Ask for the plan of a query that passed the gate, instead of its answer.

    Examples
    --------
    >>> explained("RETURN 1 AS one")
    'EXPLAIN RETURN 1 AS one'
    """
    return "EXPLAIN " + text
