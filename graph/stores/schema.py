"""Which keys must be unique in the graph database, and what is found by an index?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.stores.connection import NEO4J
from graph.stores.failures import translated
from graph.stores.statements import statement
from loaders.contract import RELATION_KINDS

if TYPE_CHECKING:
    from graph.stores.connection import Connection

KEYS = ("account", "holder", "outcome", "run", "publication", "score")


def statements(dialect: str) -> list[str]:
    """List what makes the schema on a server of this dialect.

    Examples
    --------
    >>> statements("embedded")[0]
    'CREATE CONSTRAINT account_id IF NOT EXISTS FOR (n:Account) REQUIRE n.id IS UNIQUE'
    >>> statements("neo4j")[-1]
    'CALL db.awaitIndexes(600)'
    """
    texts = [statement(f"schema_{name}") for name in KEYS]
    texts += [statement("schema_relation", kind) for kind in RELATION_KINDS]
    if dialect == NEO4J:
        # the embedded server answers only when an index stands; one on ties makes removing them quadratic there
        texts += [statement("schema_tie"), statement("schema_await")]
    return texts


def prepare(connection: Connection) -> None:
    """Make the constraints and indexes there are not yet, and wait until they work.

    Doing it again changes nothing.

    Parameters
    ----------
    connection
        Where to; it must be allowed to change the schema.

    Raises
    ------
    UnavailableError
        When the server could not do it, for one because what stands there already breaks a constraint.
    """
    texts = statements(connection.dialect)
    # each is a transaction of its own, outside a managed one: schema and data don't mix
    with translated(connection.settings):
        for text in texts:
            connection.driver.execute_query(text, database_=connection.database)
