"""How does an analyst ask from a notebook, and how does the answer become a table?"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from graph.inquiry.ask import Answer, ask, check_names
from graph.inquiry.catalog import Query, load_query, own
from graph.inquiry.gate import admit
from graph.inquiry.head import Entry
from graph.inquiry.parameters import complete, sendable
from loaders.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from graph.stores.connection import Connection
    from graph.stores.settings import StoreSettings

_A_NAME = re.compile(r"[A-Za-z0-9_-]+")


class Store(Protocol):
    """Whatever holds an open connection, such as :class:`graph.stores.bolt.BoltStore`."""

    @property
    def connection(self) -> Connection:
        """The connection it holds."""


def query(question: str, store: Store | Connection | StoreSettings | None = None, /, **parameters: Any) -> pd.DataFrame:
    """Ask the graph database a question that only reads.

    Parameters
    ----------
    question
        The name of a question of the library, such as ``who-lifts``, or a statement of your own in Cypher.
    store
        The database: settings, an open connection or store. Without it: what the environment says, else the embedded
        server.
    **parameters
        A value for each parameter of the question; those with a default may be left out.

    Returns
    -------
    pandas.DataFrame
        Columns as the question's head names them, or as the statement does. Times are in UTC.

    Raises
    ------
    UsageError
        When no question has this name, or a parameter is unknown, missing or of another type.
    RefusedQueryError
        When the statement does more than read, or was stopped at a limit.
    UnavailableError
        When the database cannot be used.

    Examples
    --------
    >>> query("who-lifts", idd="a1")
    Traceback (most recent call last):
    loaders.errors.UsageError: parameter 'idd' is unknown; did you mean 'id'? allowed here: id (string), run (string)
    """
    asked = load_query(question) if _A_NAME.fullmatch(question) else own(question, "the query")
    given = fill(asked, parameters)
    with _opened(store) as connection:
        answer = answer_to(connection, asked, given)
    return frame(answer, asked.columns)


def fill(asked: Query, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give each parameter of a question its value; a statement without a head takes the values as they are.

    What the gate or a missing parameter would stop is stopped here already, before a server is started for it.
    """
    statement = admit(asked.text)
    filled = complete(asked.parameters, given) if asked.columns else sendable(given)
    check_names(statement, filled)
    return filled


def answer_to(connection: Connection, asked: Query, given: Mapping[str, Any]) -> Answer:
    """Ask a question and give its answer in the columns and types that its head declares.

    Raises
    ------
    UsageError
        When the statement gives other columns than its head says.
    """
    answer = ask(connection, asked.text, given)
    if not asked.columns:
        return answer
    declared = tuple(column.name for column in asked.columns)
    if answer.columns != declared and (answer.rows or answer.columns):  # the embedded server names none without rows
        raise UsageError(
            f"{asked.name} gives the columns {', '.join(answer.columns)}; its head says {', '.join(declared)}"
        )
    return Answer(declared, [tuple(map(_typed, asked.columns, row)) for row in answer.rows])


def _typed(column: Entry, value: Any) -> Any:
    """Make a whole number whole and a fraction a fraction, since servers differ in what an aggregate gives."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if column.type == "integer" and float(value).is_integer():
        return int(value)
    return float(value) if column.type == "float" else value


def frame(answer: Answer, columns: Sequence[Entry] = ()) -> pd.DataFrame:
    """Put an answer into a frame; columns of known type keep it when there is no row or no value.

    Parameters
    ----------
    answer
        The rows.
    columns
        What the head says of them; empty when nothing is known.

    Examples
    --------
    >>> columns = [Entry("id", "string", ""), Entry("count", "integer", "")]
    >>> made = frame(Answer(("id", "count"), [("a1", 2), ("a2", None)]), columns)
    >>> made["count"].tolist(), str(made["count"].dtype)
    ([2, <NA>], 'Int64')
    """
    import pandas as pd

    made = pd.DataFrame(answer.rows, columns=list(answer.columns), dtype=object)
    if not columns:
        return made.infer_objects()
    for column in columns:
        values = made[column.name]
        if column.type == "datetime":
            values = pd.to_datetime(values, utc=True)
        kind = _dtype(column.type, bool(values.isna().any()))
        made[column.name] = values.astype(pd.api.types.pandas_dtype(kind))
    return made


def _dtype(type: str, gaps: bool) -> str:  # noqa: A002 (the word of the heads)
    whole = {"integer": "Int64" if gaps else "int64", "boolean": "boolean" if gaps else "bool"}
    return {**whole, "float": "float64", "datetime": "datetime64[us, UTC]", "string": "str"}.get(type, "object")


@contextlib.contextmanager
def _opened(store: Any) -> Iterator[Connection]:
    """Give a connection that only reads; one that is open and reads is used and left open."""
    from graph.stores.connection import Connection, connect
    from graph.stores.settings import StoreSettings

    if store is None:
        store = StoreSettings.from_environment()
    connection = getattr(store, "connection", store)
    if isinstance(connection, Connection):
        if connection.reader:
            yield connection
            return
        store = connection.settings
    if not isinstance(store, StoreSettings):
        raise UsageError(f"store must be settings, a connection or a store; got {type(store).__name__}")
    with connect(store, reader=True) as opened:
        yield opened
