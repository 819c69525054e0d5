"""Which records surely pass, and which must be judged as text? Files become typed pieces, and doubtful rest.

Nearly all records of a good file are sure: they are typed and coded batch by batch, and nothing holds their text. What
is not sure goes as text into the database, where the checks of the contract decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import TableContract
from loaders.gate.conversion import typed
from loaders.gate.crew import StreamError, worked
from loaders.gate.ordering import ascend, order_of_times
from loaders.gate.pieces import Piece, keys, schema
from loaders.gate.rates import RateDays
from loaders.quick import Context, hash_ids, judge
from loaders.raw import PLACE, PLACE_FIELDS, Batch, RawFile


class Doubtful:
    """The records of one table that must be judged as text: the table ``raw`` of the database."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contract: TableContract, present: set[str]) -> None:
        self.records = 0
        self._connection = connection
        ordered = [name for name in contract.names if name in present]
        self._schema = pa.schema([*PLACE_FIELDS, *((name, pa.string()) for name in ordered)])
        self._lock = Lock()

    def add(self, text: pa.Table) -> None:
        """Lay records down; a column that their file lacks is blank."""
        if not text.num_rows:
            return
        text = text.rename_columns(["amount" if name == "amount_minor" else name for name in text.column_names])
        for name in self._schema.names:
            if name not in text.column_names:
                text = text.append_column(name, pa.array([""] * text.num_rows, pa.string()))
        with self._lock:
            self._connection.register("doubtful", text.select(self._schema.names).cast(self._schema))
            verb = "INSERT INTO raw" if self.records else "CREATE OR REPLACE TEMP TABLE raw AS"
            self._connection.execute(f"{verb} SELECT * FROM doubtful")  # noqa: S608 (no word of a user's)
            self._connection.unregister("doubtful")
            self.records += text.num_rows


class Lane:
    """Makes pieces of batches; what it is not sure of it hands on: everything, where there is no ``context``."""

    def __init__(
        self,
        contract: TableContract,
        present: set[str],
        context: Context | None,
        doubtful: Doubtful,
        days: RateDays | None,
    ) -> None:
        self._contract = contract
        self._present = present
        self._context = context
        self._doubtful = doubtful
        self._days = days
        self._schema = schema(contract.name, list(typed(contract, present)))

    def read(self, files: Sequence[RawFile], threads: int, begun: Callable[[RawFile], None]) -> list[Piece]:
        """Read files whole; ``begun`` is told of each before it is read.

        Raises
        ------
        ContractError
            Of the first file that breaks the contract as a whole.
        """
        units = [(file, part) for file in files for part in range(file.parts)]
        streams: list[Callable[[], Iterator[Batch]]] = [partial(file.batches, part) for file, part in units]
        broken: Exception | None = None

        def tell(number: int) -> None:
            file, part = units[number]
            if part == 0:
                begun(file)

        try:
            found = worked(streams, lambda number, batch: self._piece(units[number][0], batch), threads, tell)
        except StreamError as fault:
            files = files[: files.index(units[fault.number][0])]
            broken = fault.__cause__ if isinstance(fault.__cause__, Exception) else fault
        for file in files:
            file.facts()
        if broken is not None:
            raise broken
        return [piece for of_unit in found for piece in of_unit if piece is not None]

    def _piece(self, file: RawFile, batch: Batch) -> Piece | None:
        if self._context is None:
            self._doubtful.add(file.text(batch))
            return None
        judged = judge(self._contract, batch, self._present, self._context)
        if not judged.sure.any():
            self._doubtful.add(file.text(batch))
            return None
        columns = [judged.values.get(field.name, None) for field in self._schema]
        filled = [
            pa.nulls(len(batch), field.type) if values is None else values
            for field, values in zip(self._schema, columns, strict=True)
        ]
        rows = pa.RecordBatch.from_arrays(filled, schema=self._schema)
        chosen: NDArray[np.int64] | None = None
        if not judged.sure.all():
            self._doubtful.add(file.text(batch, ~judged.sure))
            chosen = np.flatnonzero(judged.sure)
            rows = rows.take(pa.array(chosen))
        ascending = len(self._contract.key) == 1 and ascend(rows[self._contract.key[0]])
        if self._contract.name == "relations":
            order = order_of_times(rows, ascending)
            if order is not None:
                chosen = order if chosen is None else chosen[order]
                rows, ascending = rows.take(pa.array(order)), False
        return self._placed(file, batch, rows, chosen, ascending=ascending)

    def _placed(
        self, file: RawFile, batch: Batch, rows: pa.RecordBatch, chosen: NDArray[np.int64] | None, *, ascending: bool
    ) -> Piece:
        line: NDArray[np.int64] | range = batch.line
        if chosen is not None:
            line = np.asarray(line, np.int64)[chosen]
        offset: NDArray[np.uint32] | None = None
        base = 0
        if batch.offset is not None:
            base = int(batch.offset[0]) if len(batch.offset) else 0
            # four bytes each: a batch is far smaller than 4 GiB
            offset = (batch.offset - base).astype(np.uint32)
            offset = offset if chosen is None else offset[chosen]
        suspects = back = np.zeros(0, np.int64)
        aims = np.zeros(0, np.uint64)
        if self._days is not None:
            suspects = self._days.missing(rows)
            back = np.flatnonzero(rows["reverses"].is_valid().to_numpy(zero_copy_only=False))
            aims = hash_ids(rows["reverses"].drop_null())
        hashed = keys(self._contract.name, rows)
        return Piece(rows, hashed, file.number, line, offset, base, suspects, back, aims, ascending)


def present_columns(contract: TableContract, files: Sequence[RawFile]) -> set[str]:
    """Which columns do the files of a table have together? Without files, those that are required."""
    if not files:
        required = {column.name for column in contract.columns if column.required}
        return required | ({"amount"} if contract.name == "relations" else set())
    names = {name for file in files for name in file.columns} - set(PLACE)
    return {"amount" if name == "amount_minor" else name for name in names}
