"""What stands in some columns, or in some rows, of a table that a run keeps? Only what is read is compared first.

The table lies in an Arrow file without compression, mapped into memory. Its layout is always checked; of its values the
blocks that hold the columns or the rows that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from scoring.runs.ahead import begun
from scoring.runs.blocks import blocks_of
from scoring.runs.index import StateError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_PADDING = 64
"""Bytes that Arrow leaves between two buffers at most; what is longer tells of the layout."""


class Mapped:
    """One table of a run's state.

    Parameters
    ----------
    path : Path
        Its file.
    listed : dict
        Its bytes and the sums of its blocks.
    pool : ThreadPoolExecutor
        Compares blocks in the background.

    Raises
    ------
    StateError
        When the file is not as it was written, as soon as that is seen.
    """

    def __init__(self, path: Path, listed: dict[str, Any], pool: ThreadPoolExecutor) -> None:
        self._checked, self._pool = begun(path, listed), pool
        self._refuse(())
        self._whole = pa.py_buffer(self._checked.content)
        try:
            self._table = pa.ipc.open_file(self._whole).read_all()
        except (pa.ArrowException, OSError) as error:
            raise StateError(f"{path} is damaged: it is no Arrow file any more") from error
        self._refuse(self._layout)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    @property
    def table(self) -> pa.Table:
        """The whole table, all of it compared."""
        self._refuse(None)
        return self._table

    @property
    def unchecked(self) -> pa.Table:
        """The table, for somebody who asks :meth:`check` for what it reads."""
        return self._table

    @property
    def batches(self) -> list[pa.RecordBatch]:
        """Its pieces, for somebody who asks for what it reads."""
        return self._table.to_batches()

    def begin(self, *columns: str) -> None:
        """Begin to compare columns in the background."""
        self._checked.begin(self._blocks(columns), self._pool)

    def check(self, *columns: str) -> None:
        """Compare columns; of words that are coded the codes alone."""
        blocks = self._blocks(columns)
        self._checked.begin(blocks, self._pool)
        self._refuse(blocks)

    def spans(self, *columns: str) -> list[list[int]]:
        """Say in which blocks columns lie: the first of each range and the one behind it."""
        blocks = [-2, *self._blocks(columns), -2]
        firsts = [block for before, block in pairwise(blocks) if block != before + 1 and block >= 0]
        behind = [block + 1 for block, after in pairwise(blocks) if after != block + 1 and block >= 0]
        return [list(span) for span in zip(firsts, behind, strict=True)]

    def values(self, column: str) -> Any:
        """Give a column of fixed width as one array, compared."""
        self.check(column)
        return self._table[column].to_numpy()

    def words(self, column: str) -> pa.Array:
        """Give the words that the codes of a column stand for, compared; all pieces of it share them."""
        words = self._table[column].chunk(0).dictionary
        spans = [self._span(buffer) for buffer in words.buffers() if buffer is not None and buffer.size]
        self._refuse({block for span in spans for block in blocks_of(*span)})
        return words

    def check_validity(self, column: str) -> None:
        """Compare what tells where a column has a value at all."""
        valid = [buffer for chunk in self._table[column].chunks if (buffer := chunk.buffers()[0]) is not None]
        self._refuse({block for buffer in valid for block in blocks_of(*self._span(buffer))})

    def check_texts(self, column: str, rows: NDArray[np.int64]) -> None:
        """Compare the texts of some rows, ascending."""
        first, asked = 0, []
        for batch in self.batches:
            begin, end = np.searchsorted(rows, [first, first + len(batch)])
            asked.append((batch[column], rows[begin:end] - first))
            first += len(batch)
        ends = [list(self._spans(array, own)) for array, own in asked]
        self._refuse({block for span in chain(*ends) for block in blocks_of(*span)})
        spans = chain(*(self._spans(array, own, data=True) for array, own in asked))
        self._refuse({block for span in spans for block in blocks_of(*span)})

    def _spans(self, array: pa.Array, rows: NDArray[np.int64], *, data: bool = False) -> Iterable[tuple[int, int]]:
        """Say where the offsets of some texts lie, or, once those are compared, the texts themselves."""
        if not len(rows):
            return
        valid, offsets, content = array.buffers()
        where = np.frombuffer(offsets, np.int32)
        at = (array.offset + rows).tolist()
        if not data:
            begin = self._place(offsets)
            yield from ((begin + 4 * row, begin + 4 * row + 8) for row in at)
            if valid is not None:
                begin = self._place(valid)
                yield from ((begin + row // 8, begin + row // 8 + 1) for row in at)
        elif content is not None:
            begin = self._place(content)
            yield from ((begin + int(where[row]), begin + int(where[row + 1])) for row in at)

    @cached_property
    def _layout(self) -> list[int]:
        """The blocks that tell where everything lies."""
        spans = sorted(chain(*(self._buffers(name, words=True) for name in self._table.column_names)))
        ends = [(0, 0), *spans, (len(self._whole), len(self._whole))]
        furthest, gaps = 0, []
        for (_, end), (begin, _) in pairwise(ends):
            furthest = max(furthest, end)
            if begin - furthest > _PADDING:
                gaps.append((furthest, begin))
        return sorted({block for gap in gaps for block in blocks_of(*gap)})

    def _blocks(self, columns: Sequence[str]) -> list[int]:
        spans = chain(*(self._buffers(name) for name in columns))
        return sorted({block for span in spans for block in blocks_of(*span)})

    def _buffers(self, column: str, *, words: bool = False) -> Iterable[tuple[int, int]]:
        """Say where the values of a column lie; with ``words`` the words that its codes stand for, too."""
        for chunk in self._table[column].chunks:
            coded = pa.types.is_dictionary(chunk.type)
            arrays = [chunk.indices, *([chunk.dictionary] if words else [])] if coded else [chunk]
            for buffer in chain(*(array.buffers() for array in arrays)):
                if buffer is not None and buffer.size:
                    yield self._span(buffer)

    def _span(self, buffer: pa.Buffer) -> tuple[int, int]:
        return self._place(buffer), self._place(buffer) + int(buffer.size)

    def _place(self, buffer: pa.Buffer) -> int:
        return int(buffer.address - self._whole.address)

    def _refuse(self, blocks: Iterable[int] | None) -> None:
        if fault := self._checked.damage(None if blocks is None else list(blocks)):
            raise StateError(fault)
