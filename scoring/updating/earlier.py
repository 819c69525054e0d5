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

from loaders.contract import RELATION_KINDS
from scoring.runs.id_hashes import hash_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.runs.mapped import Mapped
    from scoring.runs.state import State

Rows = NDArray[np.int64]
_SHIFT = np.uint32(12)
"""Hashes are looked up in a table of 2^20 flags first, which stays in the processor's cache."""
_PIECE = 65_536
PARTIES = ("kind", "from_id", "to_id")
MONEY = ("amount_minor", "currency", "at")
KINDS = pa.array(sorted(RELATION_KINDS), pa.string())
"""The words of the column ``kind``, by their codes."""


@dataclass(frozen=True)
class Piece:
    """One segment of the log and the number of its first row."""

    name: str
    first: int
    log: Mapped


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
        """The segments of the log, oldest first."""
        found: list[Piece] = []
        first = 0
        for name in self.state.segments:
            log = self.state.look(name)
            found.append(Piece(name, first, log))
            first += len(log)
        return found

    def begin(self) -> None:
        """Begin to compare what every update reads, in the order in which it does."""
        self.state.look("accounts").begin("account_id")
        for name in self.state.segments:
            self.state.ids(name).begin("hash")
            self.state.backs(name).begin("row", "hash")
        if self.state.has("people"):
            self.state.look("people").begin("person")
        for columns in (PARTIES, MONEY):
            for piece in self.pieces:
                piece.log.begin(*columns)
        for name, column in (("persons", "scale"), ("ends", "payer"), ("ends", "payee"), ("severity", "severity")):
            if self.state.has(name):
                self.state.look(name).begin(column)

    @property
    def accounts(self) -> pa.Table:
        """All accounts of the input."""
        accounts = self.state.table("accounts")
        assert accounts is not None  # noqa: S101 (every state has them)
        return accounts

    @cached_property
    def ids(self) -> pa.StringArray:
        """Ids of all accounts, by bytes: parties are coded by their places."""
        accounts = self.state.look("accounts")
        accounts.check("account_id")
        return accounts.unchecked["account_id"].combine_chunks()

    @cached_property
    def currencies(self) -> pa.StringArray:
        """The words of the column ``currency``, by their codes, as the first piece has them."""
        return self.pieces[0].log.words("currency")

    @cached_property
    def words(self) -> dict[str, pa.Array]:
        """What codes stand for, by column."""
        return {"kind": KINDS, "currency": self.currencies, "from_id": self.ids, "to_id": self.ids}

    def with_ids(self, wanted: pa.Array) -> Rows:
        """Number the rows whose id is one of the wanted texts, ascending."""
        found = [np.zeros(0, np.int64)]
        for piece in self.pieces:
            rows = _candidates(self.state.ids(piece.name), wanted)
            found.append(piece.first + _exactly(piece.log, "relation_id", rows, wanted))
        return np.concatenate(found)

    def taking_back(self, wanted: pa.Array) -> Rows:
        """Number the reversals that take back one of the wanted ids, ascending."""
        found = [np.zeros(0, np.int64)]
        for piece in self.pieces:
            backs = self.state.backs(piece.name)
            rows = backs.values("row")[_candidates(backs, wanted)]
            found.append(piece.first + _exactly(piece.log, "reverses", rows, wanted))
        return np.concatenate(found)

    def hashes(self, numbers: Rows) -> NDArray[np.uint32]:
        """Give the hashes of the ids of some rows, by their numbers, ascending."""
        found = [np.zeros(0, np.uint32)]
        for piece in self.pieces:
            own = _within(numbers, piece)
            hashes = self.state.ids(piece.name)
            hashes.check("hash")
            found += [batch["hash"].to_numpy() for batch in _taken(hashes.unchecked, own)]
        return np.concatenate(found)

    def texts(self, column: str, numbers: Rows) -> pa.Array:
        """Give a column of text for some rows, by their numbers, ascending."""
        found = []
        for piece in self.pieces:
            own = _within(numbers, piece)
            if len(own):
                piece.log.check_texts(column, own)
                found += _taken(piece.log.unchecked.select([column]), own)
        return pa.concat_arrays([batch[column] for batch in found]) if found else pa.array([], pa.string())

    def rows(self, numbers: Rows) -> pa.Table:
        """Take whole rows by their numbers, ascending; in the order of the pieces."""
        batches = []
        for piece in self.pieces:
            own = _within(numbers, piece)
            if len(own):
                piece.log.check(*PARTIES, *MONEY)
                for column in ("relation_id", "reverses"):
                    piece.log.check_texts(column, own)
                batches += [named(batch, self.words) for batch in _taken(piece.log.unchecked, own)]
        if not batches:
            nothing = pa.RecordBatch.from_pylist([], self.pieces[0].log.unchecked.schema)
            batches = [named(nothing, self.words)]
        return pa.Table.from_batches(batches)


def codes_of(column: pa.Array) -> NDArray[Any]:
    """Give the codes of a coded column, as they lie in memory."""
    plain = column.indices if pa.types.is_dictionary(column.type) else column
    return np.asarray(plain.fill_null(0).to_numpy(zero_copy_only=False) if plain.null_count else plain.to_numpy())


def named(batch: pa.RecordBatch, words: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """Let codes stand for words that were compared, whatever words lie beside them in the file."""
    columns = {}
    for name in batch.schema.names:
        column = batch[name]
        if name in words:
            plain = column.indices if pa.types.is_dictionary(column.type) else column
            column = pa.DictionaryArray.from_arrays(plain, words[name], safe=False)
        columns[name] = column
    return pa.RecordBatch.from_pydict(columns)


def _within(numbers: Rows, piece: Piece) -> Rows:
    begin, end = np.searchsorted(numbers, [piece.first, piece.first + len(piece.log)])
    return numbers[begin:end] - piece.first


def _taken(table: pa.Table, rows: Rows) -> list[pa.RecordBatch]:
    """Take rows batch by batch: a column is never copied as a whole."""
    found, first = [], 0
    for batch in table.to_batches():
        begin, end = np.searchsorted(rows, [first, first + batch.num_rows])
        if end > begin:
            found.append(batch.take(pa.array(rows[begin:end] - first)))
        first += batch.num_rows
    return found


def _candidates(hashes: Mapped, wanted: pa.Array) -> Rows:
    """Number the places whose hash is that of a wanted text."""
    keys: Any = np.unique(hash_texts(wanted))
    flags = np.zeros(2**20, np.bool_)
    flags[keys >> _SHIFT] = True
    hashes.check("hash")
    found, first = [np.zeros(0, np.int64)], 0
    for chunk in hashes.unchecked["hash"].chunks:
        values = chunk.to_numpy()
        # piece by piece, so that what lies in between stays in the cache as well
        near = [_flagged(values, start, flags) for start in range(0, len(values), _PIECE)]
        rows = np.concatenate([np.zeros(0, np.int64), *near])
        place = np.minimum(np.searchsorted(keys, values[rows]), len(keys) - 1)
        found.append(first + rows[keys[place] == values[rows]] if len(keys) else rows)
        first += len(values)
    return np.concatenate(found)


def _flagged(values: Any, start: int, flags: Any) -> Rows:
    found: Rows = flags.take(values[start : start + _PIECE] >> _SHIFT).nonzero()[0] + start
    return found


def _exactly(log: Mapped, column: str, rows: Rows, wanted: pa.Array) -> Rows:
    """Keep of the candidates those whose text is a wanted one."""
    if not len(rows):
        return rows
    log.check_texts(column, rows)
    texts = pa.Table.from_batches(_taken(log.unchecked.select([column]), rows))[column]
    return rows[pc.is_in(texts, value_set=wanted).to_numpy()]
