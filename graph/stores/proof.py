"""Does the database hold a publication exactly? All of it is read back, counted and compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.stores.publication import SCORE, lines, text
from graph.stores.statements import statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.stores.connection import Connection
    from graph.stores.publication import Publication, Row


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
    digest = hashlib.sha256()
    wrong = done = 0
    for columns, page in publication.pages(connection.settings.batch_rows):
        wanted = lines(page, columns)
        found = lines(_read(connection, publication.id, columns, page), columns)
        wrong += 0 if found == wanted else len(set(wanted) - set(found)) or abs(len(found) - len(wanted))
        digest.update(text(found))
        done += len(page)
        progress(done)
    run = {"run_id": publication.id}
    scores, ties = (int(connection.read(statement(name), run)[0]["count"]) for name in ("count_scores", "count_ties"))
    counted = (scores, ties) == (publication.scores.num_rows, publication.ties.num_rows)
    checksum = digest.hexdigest()
    return Proof(scores, ties, checksum, wrong, counted and checksum == publication.checksum)


def _read(connection: Connection, run_id: str, columns: Sequence[str], page: list[Row]) -> list[Row]:
    name, keys = ("read_scores", ("holder_id",)) if columns == SCORE else ("read_ties", ("from_id", "to_id"))
    ids = list(dict.fromkeys(row[keys[0]] for row in page))
    rows = connection.read(statement(name), {"run_id": run_id, "ids": ids})
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))
