"""Does the database hold a publication exactly? All of it is read back, counted and compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from graph.stores.failures import translated
from graph.stores.publication import SCORE, TIE, lines, text
from graph.stores.statements import statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection
    from graph.stores.publication import Publication, Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TIMES = ("first_at", "last_at")
"""Columns of a tie that are times."""


@dataclass(frozen=True)
class Proof:
    """What the database holds of a run.

    Attributes
    ----------
    scores, ties : int
        Rows counted there.
    checksum : str
        SHA-256 (hex) over the canonical text of the rows read back.
    wrong : int
        Rows of the publication that are missing or differ there.
    agrees : bool
        Whether it holds the publication, nothing else and nothing twice.
    """

    scores: int
    ties: int
    checksum: str
    wrong: int
    agrees: bool


def prove(connection: Connection, publication: Publication, progress: Callable[[int], None]) -> Proof:
    """Read a publication back out of the database and compare it.

    The rows are asked for by their holders, page by page; rows that no page asks for show in the counts.

    Parameters
    ----------
    connection
        Where it was written.
    publication
        What must be there.
    progress
        Is told how many rows were compared.

    Raises
    ------
    UnavailableError
        When the server can't be read.
    """
    digest, given = hashlib.sha256(), hashlib.sha256()
    wrong = done = 0
    for columns, page in publication.pages(connection.settings.batch_rows):
        wanted = lines(page, columns)
        found = lines(_read(connection, publication.id, columns, page), columns)
        wrong += 0 if found == wanted else len(set(wanted) - set(found)) or abs(len(found) - len(wanted))
        digest.update(text(found))
        given.update(text(wanted))
        done += len(page)
        progress(done)
    run = {"run_id": publication.id}
    scores, ties = (int(connection.read(statement(name), run)[0]["count"]) for name in ("count_scores", "count_ties"))
    counted = (scores, ties) == (publication.scores.num_rows, publication.ties.num_rows)
    checksum = digest.hexdigest()
    return Proof(scores, ties, checksum, wrong, counted and checksum == given.hexdigest())


def _read(connection: Connection, run_id: str, columns: Sequence[str], page: list[Row]) -> list[Row]:
    name, keys = ("read_scores", ("holder_id",)) if columns == SCORE else ("read_ties", ("from_id", "to_id"))
    ids = list(dict.fromkeys(row[keys[0]] for row in page))

    def work(transaction: ManagedTransaction) -> list[Row]:
        found = transaction.run(statement(name), {"run_id": run_id, "ids": ids})
        # by place: looking each value up by its name takes longer than all the rest of reading
        return [dict(zip(columns, record.values(), strict=True)) for record in found]

    with translated(connection.settings), connection.session() as session:
        rows = session.execute_read(work)
    for time in TIMES if columns == TIE else ():
        for row in rows:
            row[time] = since_1970(row[time])
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))


def since_1970(micros: int | None) -> datetime | None:
    """Give the time so many microseconds after the beginning of 1970, in UTC.

    Examples
    --------
    >>> since_1970(86_400_000_001).isoformat()
    '1970-01-02T00:00:00.000001+00:00'
    """
    return None if micros is None else EPOCH + timedelta(microseconds=micros)
