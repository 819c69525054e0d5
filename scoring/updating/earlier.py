"""Which rows of the log that a run was made of do new rows speak of?

The log lies in the run's state as it was accepted: pieces in order of (at, relation_id), each with a short hash of
every id. A few ids are looked up by their hashes and then compared as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scoring.runs.id_hashes import hash_texts

if TYPE_CHECKING:
    from scoring.runs.state import State

Rows = NDArray[np.int64]
_SHIFT = np.uint32(12)
"""Hashes are looked up in a table of 2^20 flags first, which stays in the processor's cache."""


@dataclass(frozen=True)
class Piece:
    """One segment of the log and the number of its first row."""

    name: str
    first: int
    table: pa.Table


class Earlier:
    """The log of a run, by row numbers that count through all pieces.

    Parameters
    ----------
    state : State
        The run's state.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    @cached_property
    def pieces(self) -> list[Piece]:
        """The segments of the log, oldest first; the first look waits until they were found to be sound."""
        found: list[Piece] = []
        first = 0
        for name in self.state.segments:
            table = self.state.table(name)
            assert table is not None  # noqa: S101 (segments are listed files)
            found.append(Piece(name, first, table))
            first += table.num_rows
        return found

    @property
    def accounts(self) -> pa.Table:
        """All accounts of the input."""
        accounts = self.state.table("accounts")
        assert accounts is not None  # noqa: S101 (every state has them)
        return accounts

    def with_ids(self, wanted: pa.Array) -> Rows:
        """Number the rows whose id is one of the wanted texts, ascending."""
        found = []
        for piece in self.pieces:
            rows = _candidates(self.state.ids(piece.name)["hash"], wanted)
            found.append(piece.first + _exactly(piece.table, "relation_id", rows, wanted))
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def taking_back(self, wanted: pa.Array) -> Rows:
        """Number the reversals that take back one of the wanted ids, ascending."""
        found = []
        for piece in self.pieces:
            backs = self.state.backs(piece.name)
            rows = backs["row"].to_numpy()[_candidates(backs["hash"], wanted)]
            found.append(piece.first + _exactly(piece.table, "reverses", rows, wanted))
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def rows(self, numbers: Rows) -> pa.Table:
        """Take rows by their numbers, ascending; in the order of the pieces."""
        batches = []
        for piece in self.pieces:
            begin, end = np.searchsorted(numbers, [piece.first, piece.first + piece.table.num_rows])
            batches += _taken(piece.table, numbers[begin:end] - piece.first)
        return pa.Table.from_batches(batches, schema=self.pieces[0].table.schema)


def _taken(table: pa.Table, rows: Rows) -> list[pa.RecordBatch]:
    """Take rows batch by batch: a column is never copied as a whole."""
    found, first = [], 0
    for batch in table.to_batches():
        begin, end = np.searchsorted(rows, [first, first + batch.num_rows])
        if end > begin:
            found.append(batch.take(pa.array(rows[begin:end] - first)))
        first += batch.num_rows
    return found


def _candidates(hashes: pa.ChunkedArray, wanted: pa.Array) -> Rows:
    """Number the places whose hash is that of a wanted text."""
    keys: Any = np.unique(hash_texts(wanted))
    flags = np.zeros(2**20, np.bool_)
    flags[keys >> _SHIFT] = True
    found, first = [], 0
    for chunk in hashes.chunks:
        values = chunk.to_numpy()
        rows = np.flatnonzero(flags[values >> _SHIFT])
        found.append(first + rows[np.isin(values[rows], keys)])
        first += len(values)
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _exactly(table: pa.Table, column: str, rows: Rows, wanted: pa.Array) -> Rows:
    """Keep of the candidates those whose text is a wanted one."""
    if not len(rows):
        return rows
    texts = pa.Table.from_batches(_taken(table.select([column]), rows))[column]
    return rows[pc.is_in(texts, value_set=wanted).to_numpy()]
