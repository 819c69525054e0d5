"""How is a Parquet file made of column chunks that were encoded before? They are copied; only the footer is new.

A chunk knows nothing of its file: its pages have no addresses, and what they hold depends on its rows and on how the
column is encoded. So the file has the bytes of one that is encoded as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.runs.footer import Struct, read_struct, set_value, value_of, write_struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scoring.runs.disk import NewFile

MAGIC = b"PAR1"
# numbers of the fields that tell where things lie, see parquet.thrift
_ROWS, _GROUPS = 3, 4
_CHUNKS, _GROUP_BYTES, _GROUP_AT, _GROUP_PACKED = 1, 2, 5, 6
_META, _PATH, _UNPACKED, _PACKED, _DATA_AT, _WORDS_AT = 3, 3, 6, 7, 9, 11


@dataclass(frozen=True, eq=False)
class Encoded:
    """The bytes of a Parquet file and what its footer says.

    Attributes
    ----------
    content
        All bytes of it.
    footer
        Its footer as :mod:`scoring.runs.footer` reads it.
    """

    content: memoryview
    footer: Struct

    @staticmethod
    def of(content: Any) -> Encoded:
        """Read the footer of a file's bytes."""
        view = memoryview(content)
        size = int.from_bytes(view[-8:-4], "little")
        return Encoded(view, read_struct(bytes(view[-8 - size : -8])))

    @property
    def groups(self) -> list[Struct]:
        """Its row groups."""
        found: list[Struct] = value_of(self.footer, _GROUPS)[1]
        return found

    def chunks(self, group: int) -> dict[str, tuple[Struct, memoryview]]:
        """Give the chunks of a row group by column: what is said of each, and its bytes."""
        found = {}
        for chunk in value_of(self.groups[group], _CHUNKS)[1]:
            meta = value_of(chunk, _META)
            begin = value_of(meta, _WORDS_AT) or value_of(meta, _DATA_AT)
            name = value_of(meta, _PATH)[1][0].decode()
            found[name] = (chunk, self.content[begin : begin + value_of(meta, _PACKED)])
        return found

    @property
    def with_words(self) -> set[str]:
        """Which columns have a dictionary, by the first row group."""
        chunks = self.chunks(0) if self.groups else {}
        return {name for name, (chunk, _) in chunks.items() if value_of(value_of(chunk, _META), _WORDS_AT)}


def encoded(table: pa.Table, row_group: int, **options: Any) -> Encoded:
    """Encode a table in memory."""
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, **options) as writer:
        writer.write_table(table, row_group_size=row_group)
    return Encoded.of(sink.getvalue())


def splice(file: NewFile, whole: Encoded, groups: Sequence[Sequence[tuple[Encoded, int]]]) -> None:
    """Write a file of chunks of others.

    Parameters
    ----------
    file
        Takes the bytes; nothing was written to it.
    whole
        A file with all columns; what its footer says of columns and writer is kept.
    groups
        Per row group, files and numbers of a row group of theirs: of each column the last one that has it counts. The
        first has as many rows as the group.
    """
    file.write(MAGIC)
    at, rows, described = len(MAGIC), 0, []
    order = _columns(whole)
    for sources in groups:
        chunks: Mapping[str, tuple[Struct, memoryview]] = {}
        for source, number in sources:
            chunks = {**chunks, **source.chunks(number)}
        first, number = sources[0]
        group = [list(field) for field in first.groups[number]]
        began, unpacked = at, 0
        for name in order:
            chunk, content = chunks[name]
            meta = value_of(chunk, _META)
            _move(chunk, meta, at)
            file.write(content)
            at, unpacked = at + len(content), unpacked + value_of(meta, _UNPACKED)
        set_value(group, _CHUNKS, [value_of(group, _CHUNKS)[0], [chunks[name][0] for name in order]])
        for field, value in ((_GROUP_BYTES, unpacked), (_GROUP_AT, began), (_GROUP_PACKED, at - began)):
            set_value(group, field, value)
        rows += value_of(group, 3)
        described.append(group)
    footer = [list(field) for field in whole.footer]
    set_value(footer, _ROWS, rows)
    set_value(footer, _GROUPS, [value_of(footer, _GROUPS)[0], described])
    tail = write_struct(footer)
    file.write(tail + len(tail).to_bytes(4, "little") + MAGIC)


def _columns(whole: Encoded) -> list[str]:
    """Name the columns in their order; the first element of the schema is its root."""
    return [value_of(element, 4).decode() for element in value_of(whole.footer, 2)[1][1:]]


def _move(chunk: Struct, meta: Struct, to: int) -> None:
    """Tell that a chunk begins somewhere else."""
    data, words = value_of(meta, _DATA_AT), value_of(meta, _WORDS_AT)
    by = to - (words or data)
    set_value(meta, _DATA_AT, data + by)
    if words:
        set_value(meta, _WORDS_AT, words + by)
    if value_of(chunk, 2):
        set_value(chunk, 2, value_of(chunk, 2) + by)
