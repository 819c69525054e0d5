"""What can be done with the graph database? Prepare, load, read, publish, ask, erase: one class for either server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from graph.inquiry.frames import query
from graph.stores import erasing, graphs, loading, publishing, reading, schema
from graph.stores.connection import Connection, connect
from graph.stores.embedded import bulk
from graph.stores.settings import StoreSettings
from loaders.errors import LockedError

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    import pandas as pd
    import pyarrow as pa

    from graph.credit_graph import CreditGraph
    from graph.stores.batches import Progress
    from graph.stores.publication import Publication
    from loaders.tables import Tables


class BoltStore:
    """A graph database that is spoken to by the official driver; closes with its ``with`` block.

    Attributes
    ----------
    connection : Connection
        The open way to it; another one after a load that built the database anew.

    Examples
    --------
    >>> import tempfile, graph, loaders
    >>> from pathlib import Path
    >>> from loaders.town import town
    >>> with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    ...     with graph.open_store(graph.StoreSettings(folder=Path(folder, "db"))) as store:
    ...         print(store.load(loaders.load(**town()))["relations"].written)
    291
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def prepare(self) -> None:
        """Make constraints and indexes there are not yet, and wait for them: see :mod:`graph.stores.schema`."""
        schema.prepare(self.connection)

    def load(self, tables: Tables, progress: Progress | None = None) -> dict[str, loading.Loaded]:
        """Write accounts, relations and outcomes, each once: see :func:`graph.stores.loading.load`.

        A large log goes into an empty embedded database by :mod:`graph.stores.embedded.bulk`, unless others use it.
        """
        if bulk.pays(self.connection, tables):
            settings = self.connection.settings
            self.connection.close()
            try:
                with contextlib.suppress(LockedError):
                    built = bulk.build(settings, tables, progress)
                    if built is not None:
                        return built
            finally:
                self.connection = connect(settings)
        schema.prepare(self.connection)
        return loading.load(self.connection, tables, progress)

    def read(self, progress: Progress | None = None) -> dict[str, pa.Table]:
        """Read accounts, relations and outcomes back: see :func:`graph.stores.reading.read`."""
        return reading.read(self.connection, progress)

    def publish(
        self, publication: Publication, *, keep: int | None = None, progress: Progress | None = None
    ) -> publishing.Published:
        """Write scores and ties of a run and make it the current one: see :func:`graph.stores.publishing.publish`."""
        schema.prepare(self.connection)
        return publishing.publish(self.connection, publication, keep=keep, progress=progress)

    def query(self, question: str, /, **parameters: Any) -> pd.DataFrame:
        """Ask a question that only reads, by its name or its text: see :func:`graph.query`."""
        return query(question, self, **parameters)

    def erase(self, holder_id: str) -> erasing.Erased:
        """Take out a holder with all that names it: see :func:`graph.stores.erasing.erase`."""
        return erasing.erase(self.connection, holder_id)

    def credit_graph(self, as_of: datetime | None = None, **choices: Any) -> CreditGraph:
        """Make the graph of ties: see :meth:`graph.CreditGraph.from_store`."""
        return graphs.credit_graph(self.connection, as_of, **choices)


@contextlib.contextmanager
def open_store(settings: StoreSettings | None = None, *, reader: bool = False) -> Iterator[BoltStore]:
    """Open the graph database, for the length of a ``with`` block.

    Parameters
    ----------
    settings
        Which one; by default what the environment says, without ``NEO4J_URI`` the embedded server in ``.renmai/db``.
    reader
        Whether nothing can be written through it.

    Raises
    ------
    UsageError, UnavailableError
        As :func:`graph.stores.connection.connect`.

    Examples
    --------
    >>> with open_store(StoreSettings("bolt://db.example")) as store:
    ...     store.prepare()
    Traceback (most recent call last):
    loaders.errors.UsageError: bolt://db.example is remote and not encrypted, so the password and the data could be\
 read on the way; use bolt+s:// or neo4j+s://, or allow it with --insecure
    """
    with BoltStore(connect(settings or StoreSettings.from_environment(), reader=reader)) as store:
        yield store
