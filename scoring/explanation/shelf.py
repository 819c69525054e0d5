"""Which rows of a run belong to these ids? One filtered read for one account, an index in memory for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scoring.runs.run import Run

Row = dict[str, Any]


class Shelf:
    """Rows by key, read from the run's files each time: right for one account."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def rows(self, name: str, column: str, values: Iterable[str]) -> list[Row]:
        """Rows of table ``name`` whose ``column`` is in ``values``, in the table's order; none without the table."""
        if name not in self.run.names:
            return []
        wanted = sorted(set(values))
        return self.run.rows(name, column, wanted).to_pylist() if wanted else []

    def totals(self, name: str, column: str, values: Iterable[str], of: str) -> dict[str, float]:
        """Sum column ``of`` per key, added up in the order of the table."""
        wanted = sorted(set(values))
        return _sums(self.run.rows(name, column, wanted), column, of) if wanted else {}


class Index(Shelf):
    """Rows by key from tables read once: right for every account of a run.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pyarrow as pa
    >>> ties = pa.table({"from_id": ["ann", "bob", "ann"], "v": [1.0, 2.0, 3.0]})
    >>> whole = Index(SimpleNamespace(names=("ties",), table=lambda name: ties))
    >>> [row["v"] for row in whole.rows("ties", "from_id", ["ann"])]
    [1.0, 3.0]
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._tables: dict[str, pa.Table] = {}
        self._places: dict[tuple[str, str], dict[str, Any]] = {}
        self._totals: dict[tuple[str, str, str], dict[str, float]] = {}

    def rows(self, name: str, column: str, values: Iterable[str]) -> list[Row]:
        """Rows of table ``name`` whose ``column`` is in ``values``, in the table's order; none without the table."""
        if name not in self.run.names:
            return []
        places = self._places.get((name, column)) or self._index(name, column)
        found = [places[value] for value in set(values) if value in places]
        if not found:
            return []
        return self._tables[name].take(pa.array(np.sort(np.concatenate(found)))).to_pylist()

    def totals(self, name: str, column: str, values: Iterable[str], of: str) -> dict[str, float]:
        """Sum column ``of`` per key, added up in the order of the table."""
        if (name, column, of) not in self._totals:
            self._totals[name, column, of] = _sums(self._whole(name), column, of)
        sums = self._totals[name, column, of]
        return {value: sums[value] for value in values if value in sums}

    def _whole(self, name: str) -> pa.Table:
        if name not in self._tables:
            self._tables[name] = self.run.table(name).combine_chunks()
        return self._tables[name]

    def _index(self, name: str, column: str) -> dict[str, Any]:
        keys, codes = _coded(self._whole(name), column)
        order = np.argsort(codes, kind="stable")
        borders = np.searchsorted(codes[order], np.arange(1, len(keys)))
        self._places[name, column] = dict(zip(keys, np.split(order, borders), strict=True)) if keys else {}
        return self._places[name, column]


def _coded(table: pa.Table, column: str) -> tuple[list[str], npt.NDArray[np.int64]]:
    coded = pc.dictionary_encode(pa.concat_arrays(table.column(column).chunks or [pa.array([], pa.string())]))
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _sums(table: pa.Table, column: str, of: str) -> dict[str, float]:
    keys, codes = _coded(table, column)
    return dict(zip(keys, np.bincount(codes, table[of].to_numpy(), len(keys)).tolist(), strict=True))
