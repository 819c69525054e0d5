"""How does a run get into the database so that a reader sees one whole run at every moment?

Everyone reads through ``(:Publication {id: 'current'})-[:CURRENT]->(:Run)``. A run is written beside the current one,
every row stamped with its id, read back and compared, and only then one transaction marks it complete and moves the
pointer. The ``Run`` node counts the rows written, in the same transactions, and names who is writing: a batch counts
once however often it is sent, a publication that was interrupted goes on where it stood, and a publisher that was
overtaken by another can write nothing more.
"""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graph.stores.batches import commit
from graph.stores.clearing import clear, execute
from graph.stores.proof import EPOCH, TIMES, Proof, prove
from graph.stores.publication import SCORE, TIE
from graph.stores.published import published
from graph.stores.statements import statement
from loaders.errors import LockedError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from neo4j import ManagedTransaction

    from graph.stores.batches import Progress
    from graph.stores.connection import Connection
    from graph.stores.publication import Publication, Row

CONFLICTS = 2
"""How often a batch is sent again because somebody else made one of its holders in the same moment."""


@dataclass(frozen=True)
class Published:
    """What a publication did.

    Attributes
    ----------
    run_id : str
        The run that is current now.
    number : int
        Its place in the order of publications, from 1.
    scores, ties : int
        Rows counted in the database.
    checksum : str
        SHA-256 (hex) over them, read back.
    changed : bool
        Whether anything was written; publishing the current run again only compares it.
    removed : tuple of str
        Runs cleared away, interrupted publications of other runs among them.
    """

    run_id: str
    number: int
    scores: int
    ties: int
    checksum: str
    changed: bool
    removed: tuple[str, ...]


def publish(
    connection: Connection,
    publication: Publication,
    *,
    keep: int | None = None,
    progress: Progress | None = None,
    around_move: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
) -> Published:
    """Write a run, compare it, make it current, and clear old ones away.

    Parameters
    ----------
    connection
        A prepared database; nothing need be loaded, missing holders are made.
    publication
        The run.
    keep
        How many published runs stay, the current one included, so that a reader in the middle of the one before is
        not disturbed; without it ``keep`` of the settings.
    progress
        Is told the rows written and compared, and of how many.
    around_move
        Is entered when the run is whole and before the pointer moves, and left when it has: the place to write the
        act down.

    Raises
    ------
    UsageError
        When ``keep`` is below 1.
    LockedError
        When another publisher took this run over.
    UnavailableError
        When the server can't do it, or holds other rows than it was given: the run published before stays.
    """
    keep = connection.settings.keep if keep is None else keep
    if keep < 1:
        raise UsageError(f"--keep must be at least 1; got {keep}")
    work = _Work(connection, publication, progress or _nobody)
    idle = _unfinished(connection, publication.id)
    state = work.state()
    proof = work.prove() if state is not None and state["complete"] else None
    if proof is None or not (proof.agrees or work.is_current(state)):
        proof = work.write(state)
    elif not proof.agrees:
        raise UnavailableError(work.differs(proof))
    with contextlib.nullcontext() if work.is_current(state) else around_move():
        number = work.finish(proof)
    removed = _clean(work, keep, idle)
    return Published(
        publication.id, number, proof.scores, proof.ties, proof.checksum, not work.is_current(state), removed
    )


class _Work:
    """One publication under way."""

    def __init__(self, connection: Connection, publication: Publication, progress: Progress) -> None:
        self.connection = connection
        self.publication = publication
        self.progress = progress
        self.writer = str(uuid.uuid4())

    def state(self) -> Row | None:
        """Say what the database knows of the run."""
        found = self.connection.read(statement("publish_state"), {"run_id": self.publication.id})
        return found[0] if found else None

    @staticmethod
    def is_current(state: Row | None) -> bool:
        """Say whether readers see the run already."""
        return state is not None and bool(state["complete"] and state["current"])

    def write(self, state: Row | None) -> Proof:
        """Bring the run into the database and compare it; what an earlier try left wrong is made anew."""
        if state is not None and (state["clearing"] or state["complete"]):
            clear(self.connection, self.publication.id, self.writer)
        resumed = self._write_rows()
        proof = self.prove()
        if not proof.agrees and resumed:
            self._require_ours()
            clear(self.connection, self.publication.id, self.writer)
            self._write_rows()
            proof = self.prove()
        if not proof.agrees:
            self._require_ours()
            raise UnavailableError(self.differs(proof))
        return proof

    def finish(self, proof: Proof) -> int:
        """Make the run whole and current in one transaction; give its number."""
        return commit(self.connection, partial(self._finish, proof.checksum))

    def prove(self) -> Proof:
        """Read the run back."""
        rows = self.publication.rows
        return prove(self.connection, self.publication, lambda done: self.progress(rows + done, 2 * rows))

    def differs(self, proof: Proof) -> str:
        """Say how the database differs from the run."""
        wanted = self.publication
        return (
            f"{self.connection.settings.place} does not hold run {wanted.id} as it is: {proof.wrong} rows differ, it"
            f" has {proof.scores} scores and {proof.ties} ties of {wanted.scores.num_rows} and {wanted.ties.num_rows};"
            " somebody changed them. The pointer was not moved: publish another run, or `renmai rollback --published`"
            " and publish this one again"
        )

    def _write_rows(self) -> bool:
        """Write what is not written yet; say whether something was."""
        run = self.publication
        counts = {"scores": run.scores.num_rows, "ties": run.ties.num_rows}
        facts = {**{key: value for key, value in run.run.items() if key != "id"}, **counts}
        begin = {"run_id": run.id, "writer": self.writer, "facts": facts}
        first = int(commit(self.connection, lambda tx, _again: execute(tx, "publish_begin", **begin))[0]["written"])
        size = self.connection.settings.batch_rows
        self.progress(first, 2 * run.rows)
        for start in range(first, run.rows, size):
            scores, ties = run.cut(start, size)
            end = start + len(scores) + len(ties)
            commit(self.connection, partial(self._batch, start, end, scores, ties), conflicts=CONFLICTS)
            self.progress(end, 2 * run.rows)
        return first > 0

    def _batch(
        self, start: int, end: int, scores: list[Row], ties: list[Row], transaction: ManagedTransaction, _again: bool
    ) -> None:
        run_id = self.publication.id
        if not execute(transaction, "publish_advance", run_id=run_id, writer=self.writer, start=start, end=end):
            self._require_ours(transaction)
            return  # an earlier try of this batch arrived, though its answer did not
        if scores:
            execute(
                transaction, "publish_scores", run_id=run_id, rows=[[row[name] for name in SCORE] for row in scores]
            )
        if ties:
            execute(transaction, "publish_ties", run_id=run_id, rows=[tie_row(row) for row in ties])

    def _finish(self, checksum: str, transaction: ManagedTransaction, _again: bool) -> int:
        run_id = self.publication.id
        state = next(iter(execute(transaction, "publish_state", run_id=run_id)), None)
        if state is not None and self.is_current(state):
            return int(state["number"])  # it was current before, or an earlier try arrived
        if state is None or not state["complete"]:
            self._require_ours(transaction)
        number = int(execute(transaction, "publish_last")[0]["number"]) + 1
        execute(transaction, "publish_finish", run_id=run_id, number=number, checksum=checksum)
        execute(transaction, "publish_point", run_id=run_id)
        return number

    def _require_ours(self, transaction: ManagedTransaction | None = None) -> None:
        known = {"run_id": self.publication.id}
        found = execute(transaction, "publish_state", **known) if transaction else [self.state()]
        if not found or found[0] is None or found[0]["writer"] != self.writer:
            raise LockedError(
                f"run {self.publication.id} was taken over by another publisher in {self.connection.settings.place};"
                " this one stopped: one at a time publishes into a database"
            )


def _clean(work: _Work, keep: int, idle: dict[str, Any]) -> tuple[str, ...]:
    """Clear away runs beyond ``keep``, and interrupted publications that nobody went on with meanwhile."""
    runs = published(work.connection)
    old = [str(run["id"]) for run in runs[keep:] if not run["current"]]
    left = _unfinished(work.connection, work.publication.id)
    orphans = [name for name, how_far in left.items() if idle.get(name) == how_far]
    return tuple(name for name in (*reversed(old), *orphans) if clear(work.connection, name, work.writer))


def _unfinished(connection: Connection, but: str) -> dict[str, Any]:
    found = connection.read(statement("unfinished_runs"))
    return {row["run_id"]: (row["writer"], row["written"]) for row in found if row["run_id"] != but}


def tie_row(tie: Row) -> list[Any]:
    """Give a tie as the statement takes it: its columns in order, each time as seconds since 1970 and nanoseconds.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> tie_row({**dict.fromkeys(TIE), "first_at": datetime(1970, 1, 2, tzinfo=UTC), "last_at": None})[7:11]
    [86400, 0, None, None]
    """
    row: list[Any] = []
    for name in TIE:
        row += _parted(tie[name]) if name in TIMES else (tie[name],)
    return row


def _parted(time: datetime | None) -> tuple[int, int] | tuple[None, None]:
    if time is None:
        return None, None
    since = time - EPOCH
    return since.days * 86_400 + since.seconds, since.microseconds * 1000


def _nobody(done: int, of: int, /) -> None:
    """Tell nobody."""
