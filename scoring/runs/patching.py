"""Which rows of a table of a run are others in the next one? What replaces them, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.runs import disk
from scoring.runs.columns import ROW_GROUP, encodings, repeating, write_table
from scoring.runs.run import content_of
from scoring.runs.splicing import Encoded, encoded, splice

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from scoring.runs.run import Run


@dataclass(frozen=True, eq=False)
class Patch:
    """New values of some rows.

    Attributes
    ----------
    rows : int64[k]
        Which rows, ascending; without any the table stays as it is.
    columns : mapping
        Per column that changes, an array of k values.
    """

    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: Mapping[str, pa.Array] = field(default_factory=dict)

    def applied(self, table: pa.Table) -> pa.Table:
        """Put the new values into a table, or into some columns of it.

        Examples
        --------
        >>> patch = Patch(np.array([1]), {"score": pa.array([712])})
        >>> patch.applied(pa.table({"who": ["ann", "bob"], "score": [700, 700]}))["score"].to_pylist()
        [700, 712]
        """
        marks = np.zeros(table.num_rows, np.bool_)
        marks[self.rows] = True
        for name, values in self.columns.items():
            if name in table.column_names:
                place = table.schema.get_field_index(name)
                table = table.set_column(place, table.schema.field(place), _replaced(table[name], marks, values))
        return table


def changes(rows: NDArray[np.int64], old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Patch, ...]:
    """Say of each column which of some rows have another value now.

    Parameters
    ----------
    rows : int64[k]
        The rows, ascending.
    old, new
        Per column, what these rows had and have (NumPy arrays).

    Examples
    --------
    >>> old, new = {"a": np.array([1, 2]), "b": np.zeros(2)}, {"a": np.array([1, 7]), "b": np.zeros(2)}
    >>> found = changes(np.array([3, 5]), old, new)
    >>> [(patch.rows.tolist(), patch.columns["a"].to_pylist()) for patch in found]
    [([5], [7])]
    """
    found = []
    for name, values in new.items():
        other = np.flatnonzero(values != old[name])
        if len(other):
            found.append(Patch(rows[other], {name: pa.array(values[other])}))
    return tuple(found)


def _replaced(column: pa.ChunkedArray, marks: NDArray[np.bool_], values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    found: Any = pc.replace_with_mask(column.combine_chunks(), pa.array(marks), values.cast(column.type))
    return found


@dataclass(frozen=True, eq=False)
class Revised:
    """A table of a run with other values in some rows.

    Attributes
    ----------
    run : Run
        The run.
    name : str
        The table.
    patches : tuple of Patch
        What is other.
    """

    run: Run
    name: str
    patches: tuple[Patch, ...] = ()

    @property
    def num_rows(self) -> int:
        """How many rows it has."""
        return int(self._listed["rows"])

    @property
    def nbytes(self) -> int:
        """How many bytes are written for it, about."""
        return int(self._listed["bytes"]) if self.patches else 0

    def write(self, path: Path) -> tuple[str, int]:
        """Write it; where nothing is other the file gets a second name. Give SHA-256 (hex) and size."""
        if not self.patches:
            return self._handed_on(path)
        content = content_of(self.run, self.name)
        base, file = Encoded.of(content), pq.ParquetFile(pa.py_buffer(content))
        groups: list[list[tuple[Encoded, int]]] = [[(base, number)] for number in range(len(base.groups))]
        for patch in self.patches:
            numbers, within = np.unique(patch.rows // ROW_GROUP, return_inverse=True)
            old = file.read_row_groups(numbers.tolist(), [*patch.columns], use_threads=False)
            new = Patch(within * ROW_GROUP + patch.rows % ROW_GROUP, patch.columns).applied(old).combine_chunks()
            words = base.with_words & {*patch.columns}
            if 0 in numbers and repeating(new) != words:  # another encoding from the first row on
                return self._anew(path, file)
            made = encoded(new, ROW_GROUP, **encodings(new.schema, words))
            for place, number in enumerate(numbers.tolist()):
                groups[number].append((made, place))
        with disk.NewFile(path) as out:
            splice(out, base, groups)
        return out.sha256, out.size

    def _anew(self, path: Path, file: pq.ParquetFile) -> tuple[str, int]:
        table = file.read(use_threads=False)
        for patch in self.patches:
            table = patch.applied(table)
        return write_table(path, table)

    def _handed_on(self, path: Path) -> tuple[str, int]:
        content_of(self.run, self.name).close()  # a damaged file is not handed on
        disk.link_files([self.run.path / path.name], path.parent)
        return str(self._listed["sha256"]), int(self._listed["bytes"])

    @property
    def _listed(self) -> dict[str, Any]:
        name = f"{self.name}.parquet"
        return next(output for output in self.run.manifest["outputs"] if output["name"] == name)
