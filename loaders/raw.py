"""What is a file before its values are checked? Batches of records in the file's own types, each with its place.

Nothing keeps a file: its batches come one after the other, its facts when the last one is read, and the text of single
records when somebody asks for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import TABLES
from loaders.readers.arrow_text import text_of

BATCH_ROWS = 262_144
"""How many records a batch has at most."""
FOUND_CHARS = 200
"""How much of what was found a refusal shows."""
FILE, LINE, OFFSET, MINOR = "_file", "_line", "_offset", "_minor"
PLACE = (FILE, LINE, OFFSET, MINOR)
PLACE_FIELDS = (
    pa.field(FILE, pa.int32()),
    pa.field(LINE, pa.int64()),
    pa.field(OFFSET, pa.int64()),
    pa.field(MINOR, pa.bool_()),
)

Format = Literal["csv", "csv.gz", "parquet", "frame"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused record: where it stood, which column failed why, what was found, and its original text.

    ``file`` is the file's number. ``offset`` is None where there are no bytes. ``original`` is None until it is read
    back from its file. ``stands`` is the place (file, line, offset) of the record that stands instead of this one.
    """

    table: str
    file: int
    line: int
    offset: int | None
    column: str
    reason: str
    found: str
    original: str | None = None
    note: str = ""
    stands: tuple[int, int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of one file, in its order.

    Attributes
    ----------
    columns
        Our names; the file's own types (CSV: text), dictionaries among them; null only where the input has null.
    line
        Line (CSV) or number of the row from 1 on, ascending.
    offset
        Where each record begins in the file's text, in bytes; None where there is no text.
    """

    columns: Mapping[str, pa.Array]
    line: NDArray[np.int64] | range
    offset: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.line)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file when it is read: its hash, its size, its records and those that are not well formed."""

    sha256: str
    bytes: int
    records: int
    blank: int
    refusals: tuple[Refusal, ...] = ()


class RawFile(ABC):
    """One file of the input: its columns are known, its records come in batches, once.

    Attributes
    ----------
    number, table, name
        Which file it is; ``number`` counts all files of a load.
    format
        Lines of a CSV file are read back when one is refused, others are told as JSON.
    names
        Our column name to the name in the file, in the file's order.
    parts
        Into how many units its records fall that can be read at the same time, at least 1.
    """

    def __init__(self, number: int, table: str, name: str, format: Format, names: dict[str, str]) -> None:  # noqa: A002
        self.number = number
        self.table = table
        self.name = name
        self.format: Format = format
        self.names = names
        self.parts = 1

    @property
    def columns(self) -> tuple[str, ...]:
        """Our names of its columns, in its order."""
        return tuple(self.names)

    @property
    def minor(self) -> bool:
        """Whether its amounts are in minor units."""
        return "amount_minor" in self.names

    @abstractmethod
    def batches(self, part: int | None = None) -> Iterator[Batch]:
        """Read the well-formed records of one part, or of all parts in order; each part is read once.

        Raises
        ------
        ContractError
            When the file as a whole breaks the contract.
        """

    @abstractmethod
    def facts(self) -> FileFacts:
        """Tell what the file was, after all its parts were read to their ends.

        Raises
        ------
        ContractError
            ``truncated`` when it is not what its sidecar says.
        """

    @abstractmethod
    def originals(self, places: Sequence[tuple[int, int | None]]) -> list[str]:
        """Read records back by their places (line, offset), ascending: the line of a CSV file, else JSON."""

    def text(self, batch: Batch, chosen: NDArray[np.bool_] | None = None) -> pa.Table:
        """Give chosen records of a batch (default all) as text with their places, as the checks in SQL take them.

        Returns
        -------
        pyarrow.Table
            ``PLACE_FIELDS``, then the columns as text, null where the file has null.
        """
        contract = TABLES[self.table]
        index = np.arange(len(batch)) if chosen is None else np.flatnonzero(chosen)
        taken = pa.array(index)
        texts = {our: text_of(contract.column(our), values.take(taken)) for our, values in batch.columns.items()}
        line = np.asarray(batch.line, np.int64)[index]
        offset = pa.nulls(len(index), pa.int64()) if batch.offset is None else pa.array(batch.offset[index])
        number, minor = np.full(len(index), self.number, np.int32), np.full(len(index), self.minor)
        places = [pa.array(number), pa.array(line), offset, pa.array(minor)]
        return pa.table([*places, *texts.values()], names=[*PLACE, *texts])
