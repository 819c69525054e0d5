"""Which graph of ties does the database hold: of its log as of a moment, or of the run that is published?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graph.building import build
from graph.credit_graph import CreditGraph
from graph.stores.batches import cut
from graph.stores.published import published
from graph.stores.reading import STAMP, read, rows
from loaders.asof import at
from loaders.errors import UsageError
from loaders.limits import check_rates
from loaders.reader import rejoin
from loaders.settings import LoadSettings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import datetime

    import pandas as pd

    from graph.parameters import TieParameters
    from graph.stores.connection import Connection

HOLDERS = pa.schema([("id", pa.string()), ("standing", pa.float64())])
TIES = pa.schema(
    [
        *(("from_id", pa.string()), ("to_id", pa.string()), ("v", pa.float64()), ("g", pa.float64())),
        *((name, pa.int64()) for name in ("money", "count", "months")),
        *((name, STAMP) for name in ("first_at", "last_at")),
    ]
)


def credit_graph(connection: Connection, as_of: datetime | None = None, **choices: Any) -> CreditGraph:
    """Make the graph of ties from what the database holds: see :meth:`graph.CreditGraph.from_store`.

    Parameters
    ----------
    connection
        Where from.
    as_of
        The moment, with an offset; None: the ties of the published current run.
    **choices
        ``tables``, ``scale``, ``settings``, ``parameters``; without ``as_of`` only ``parameters``.

    Raises
    ------
    UsageError
        When a choice has no meaning here, or no run is published.
    """
    if as_of is not None:
        return from_log(connection, as_of, **choices)
    if left := sorted(name for name, value in choices.items() if value is not None and name != "parameters"):
        raise UsageError(f"{', '.join(left)}: ties of a published run are made already; give as_of to make them anew")
    return from_published(connection, choices.get("parameters"))


def from_log(
    connection: Connection,
    as_of: datetime,
    *,
    tables: str | os.PathLike[str] | None = None,
    scale: float | Mapping[str, float] | pd.Series[float] | None = None,
    settings: LoadSettings | None = None,
    parameters: TieParameters | None = None,
) -> CreditGraph:
    """Build the ties of the log that the database holds, as of a moment, as :func:`graph.build` does of files."""
    settings = settings or LoadSettings()
    joined = rejoin(read(connection), tables, settings)
    check_rates(joined, settings)
    return build(at(joined, as_of), scale=scale, settings=settings, parameters=parameters)


def from_published(connection: Connection, parameters: TieParameters | None = None) -> CreditGraph:
    """Take the ties of the published current run as they were written, with everyone's ``standing``."""
    run = next((run["id"] for run in published(connection) if run["current"]), None)
    if run is None:
        raise UsageError(
            f"{connection.settings.place} holds no published run; `renmai publish` makes one, or give as_of to build"
            " the ties of the log"
        )
    holders = rows(connection, "graph_holders", {"run_id": run}, HOLDERS).sort_by("id")
    ids = holders["id"].to_pylist()
    tables = [TIES.empty_table()]
    tables += [
        rows(connection, "graph_ties", {"run_id": run, "ids": page}, TIES)
        for page in cut(ids, connection.settings.batch_rows)
    ]
    standing = holders["standing"].to_numpy()
    return CreditGraph.from_ties(ids, pa.concat_tables(tables), parameters=parameters, standing=standing)
