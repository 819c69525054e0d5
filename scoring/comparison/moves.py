"""Whose doing is a move? Each account's change of score in four parts that add up to it, with names and reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.errors import UsageError
from scoring.comparison.lines import Line, Teller
from scoring.comparison.parts import PARTS, MovePart, MoveSplit
from scoring.comparison.replacement import Steps, replacements
from scoring.comparison.retelling import retell
from scoring.explanation.rounding import whole_parts
from scoring.recall import Recalled, recall
from scoring.runs.run import Run


def split_moves(older: Run, newer: Run, account: str) -> MoveSplit:
    """Split one account's move between two runs into own data, connections, policy and missing data.

    Parameters
    ----------
    older, newer
        Two runs.
    account
        An account scored in both.

    Returns
    -------
    MoveSplit
        Its four parts add up to the change exactly.

    Raises
    ------
    UsageError
        When one of the runs has no score for the account.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from datetime import timedelta
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tables = loaders.load(**town())
    ...     first = scoring.run(tables, as_of=AS_OF - timedelta(days=90), runs=folder)
    ...     last = scoring.run(tables, as_of=AS_OF, runs=folder, force=True)
    ...     split = split_moves(first, last, "nina")
    >>> split.change == split.own + split.connections + split.policy + split.missing
    True
    >>> [(part.part, part.label, part.points, part.what) for part in split.parts]
    [('connections', 'sam', 2, 'lifts more')]
    """
    return Moves.between(older, newer).of(account)


@dataclass(frozen=True, eq=False)
class Moves:
    """All moves between two runs; ``parts`` has a row of four whole numbers per account, in the order of ``PARTS``."""

    accounts: pa.Array
    parts: npt.NDArray[np.int32]
    teller: Teller

    @classmethod
    def between(cls, older: Run, newer: Run) -> Moves:
        """Compare two runs account by account; accounts in only one of them are left out."""
        first, last = recall(older), recall(newer)
        retold = retell(first, last)
        names = last.accounts["account_id"].combine_chunks()
        place = pc.index_in(names, value_set=first.accounts["account_id"].combine_chunks())
        there = place.is_valid()
        holder = first.accounts["holder_id"].take(place.drop_null()), last.accounts["holder_id"].filter(there)
        before, after = (
            pc.index_in(ids, value_set=known.assessment.holders).to_numpy().astype(np.int64)
            for ids, known in zip(holder, (first, last), strict=True)
        )
        steps = replacements(first, last, retold, before, after)
        return cls(names.filter(there), steps.whole(), Teller(first, last, retold, before, after, steps))

    @property
    def steps(self) -> Steps:
        """The moves of all rows, step by step."""
        return self.teller.steps

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be told apart."""
        return self.teller.retold.notes

    def of(self, account: str) -> MoveSplit:
        """Tell one account's move."""
        row = pc.index(self.accounts, account).as_py()
        if row < 0:
            runs = f"{self.teller.older.run.id} and {self.teller.newer.run.id}"
            raise UsageError(f"account {account!r} has no score in both runs, {runs}: there is no move to split")
        return self.at(row)

    def at(self, row: int) -> MoveSplit:
        """Tell the move of one row."""
        points = dict(zip(PARTS, self.parts[row].tolist(), strict=True))
        lines = [line for part in PARTS for line in _whole(part, points[part], list(self.teller.lines(part, row)))]
        before, after = (_score(known, place[row]) for known, place in self.teller.sides)
        return MoveSplit(
            account_id=self.accounts[row].as_py(),
            before=before,
            after=after,
            change=int(self.steps.change[row]),
            parts=tuple(lines),
            notes=self.notes,
            **points,
        )


def _whole(part: str, total: int, lines: list[Line]) -> Iterator[MovePart]:
    """Round the lines of a part so that they add up to it."""
    points = whole_parts([line[2] for line in lines], total)
    for (_, label, _, what), number in zip(lines, points, strict=True):
        yield MovePart(part, label, number, what)


def _score(known: Recalled, place: int) -> int:
    holder = known.assessment.holders[int(place)].as_py()
    return int(known.run.rows("scores", "holder_id", [holder])["score"][0].as_py())
