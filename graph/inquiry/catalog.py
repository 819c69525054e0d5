"""Which questions does the library answer, and with which statement?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.inquiry.head import Entry, Head, read_head, split
from loaders.errors import UnavailableError, UsageError
from loaders.spelling import did_you_mean

FOLDER = Path(__file__).parents[1] / "cypher"
SHELVES = ("investigate", "finbench")
"""Folders of the library; the store's own statements are no questions."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question and its statement.

    Attributes
    ----------
    name : str
        What it is called by.
    head : Head
        Its question, parameters, columns and cap.
    text : str
        The statement, without the head.
    """

    name: str
    head: Head
    text: str

    @property
    def title(self) -> str:
        """The question it answers."""
        return self.head.title

    @property
    def description(self) -> str:
        """How the answer is to be read."""
        return self.head.description

    @property
    def parameters(self) -> tuple[Entry, ...]:
        """What it wants to know."""
        return self.head.parameters

    @property
    def columns(self) -> tuple[Entry, ...]:
        """What each row of the answer holds."""
        return self.head.columns

    @property
    def cap(self) -> str:
        """What is left out when there is too much."""
        return self.head.cap


def queries() -> tuple[Query, ...]:
    """Give every question of the library, by shelf and name.

    Examples
    --------
    >>> "who-lifts" in [query.name for query in queries()]
    True
    """
    return tuple(_read(path) for path in _paths().values())


def load_query(name: str) -> Query:
    """Find a question by its name.

    Parameters
    ----------
    name
        The name, such as ``who-lifts``.

    Raises
    ------
    UsageError
        When there is none of this name.

    Examples
    --------
    >>> load_query("who-lifts").title
    'Who lifts this score?'
    >>> load_query("who-lift")
    Traceback (most recent call last):
    loaders.errors.UsageError: no query is called 'who-lift'; did you mean 'who-lifts'? `renmai query list` names all
    """
    paths = _paths()
    path = paths.get(name.replace("_", "-"))
    if path is None:
        hint = did_you_mean(name, paths) or ";"
        raise UsageError(f"no query is called {name!r}{hint} `renmai query list` names all")
    return _read(path)


def read_file(path: Path) -> Query:
    """Read a query of one's own; its head may be missing, then nothing is known of its parameters and columns.

    Raises
    ------
    UnavailableError
        When the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start})") from error
    return own(text, str(path))


def own(text: str, source: str) -> Query:
    """Take a text as a query; a head that declares columns is read, other comments at the top are only comments."""
    lines, _ = split(text)
    head = read_head(lines, source) if "Columns:" in lines else Head("", "", (), (), "")
    return Query(source, head, text)


@cache
def _paths() -> dict[str, Path]:
    files = (path for shelf in SHELVES for path in sorted((FOLDER / shelf).glob("*.cypher")))
    return {path.stem.replace("_", "-"): path for path in files}


@cache
def _read(path: Path) -> Query:
    lines, body = split(path.read_text(encoding="utf-8"))
    return Query(path.stem.replace("_", "-"), read_head(lines, f"{path.parent.name}/{path.name}"), body)
