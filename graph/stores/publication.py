"""What of a run goes into the database, and is what the database holds exactly that?

Rows are compared as canonical text: one JSON list per row, numbers to the last bit, times in UTC. SHA-256 over all of
them, scores by holder and then ties by payer and payee, is the checksum of a publication.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from loaders.errors import RenmaiError

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
DIMENSIONS = ("credit_history", "ability", "behaviour", "identity", "connections")
SCORE = (
    "holder_id", "score", "band", "thin", "history_months", "tabular",
    "evidence", "standing", "lift", "distress", "credibility", *DIMENSIONS, *(f"points_{name}" for name in DIMENSIONS),
)  # fmt: skip
"""Columns of the score of a holder."""
TIE = ("from_id", "to_id", "v", "g", "money_minor", "count", "months", "first_at", "last_at", "share", "contribution",
       "points")  # fmt: skip
"""Columns of a tie, from the payer to the payee."""


@dataclass(frozen=True)
class Publication:
    """A run as the database shall hold it.

    Attributes
    ----------
    run : mapping
        Facts of the run: ``id``, ``as_of`` (zoned), ``rule``, ``certificate`` and whatever else is worth a property.
    scores : pyarrow.Table
        Columns ``SCORE``; one row per holder, by ``holder_id``.
    ties : pyarrow.Table
        Columns ``TIE``; one row per tie, by payer and payee, both of them in ``scores``.

    Raises
    ------
    RenmaiError
        When a table has other columns, another order or a key twice: a fault of ours, never published.
    """

    run: Mapping[str, Any]
    scores: pa.Table
    ties: pa.Table

    def __post_init__(self) -> None:
        for name, table, columns, keys in (("scores", self.scores, SCORE, 1), ("ties", self.ties, TIE, 2)):
            if tuple(table.schema.names) != columns:
                raise RenmaiError(f"{name} of a publication must have {columns}; got {tuple(table.schema.names)}")
            _require_order(name, [table[column] for column in columns[:keys]])

    @property
    def id(self) -> str:
        """The run's id."""
        return str(self.run["id"])

    @property
    def rows(self) -> int:
        """How many scores and ties there are."""
        return int(self.scores.num_rows + self.ties.num_rows)

    @cached_property
    def checksum(self) -> str:
        """SHA-256 (hex) over the canonical text of all rows."""
        digest = hashlib.sha256()
        for columns, page in self.pages(10_000):
            digest.update(text(lines(page, columns)))
        return digest.hexdigest()

    def cut(self, start: int, size: int) -> tuple[list[Row], list[Row]]:
        """Give ``size`` rows from place ``start`` of all scores and then all ties, as two lists."""
        after = max(0, start - self.scores.num_rows)
        scores = self.scores.slice(min(start, self.scores.num_rows), size)
        ties = self.ties.slice(after, size - scores.num_rows)
        return _plain(scores), _plain(ties)

    def pages(self, size: int) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
        """Give the rows in order with their columns, about ``size`` at a time; a payer's ties stay together."""
        for start in range(0, self.scores.num_rows, size):
            yield SCORE, _plain(self.scores.slice(start, size))
        for start, end in _together(self.ties["from_id"], size):
            yield TIE, _plain(self.ties.slice(start, end - start))


def lines(rows: Sequence[Row], columns: Sequence[str]) -> list[str]:
    r"""Write rows as canonical text, one line each.

    Examples
    --------
    >>> lines([{"a": "人", "b": 0.1, "c": datetime(2026, 1, 1, tzinfo=UTC), "d": None}], "abcd")
    ['["\\u4eba",0.1,"2026-01-01T00:00:00.000000+00:00",null]']
    """
    encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_time).encode
    return [encode([row[column] for column in columns]) for row in rows]


def text(page: Sequence[str]) -> bytes:
    """Give the bytes of lines as they enter a checksum."""
    return "".join(f"{line}\n" for line in page).encode("ascii")


def moment(value: Any) -> datetime:
    """Give a time of a database as a datetime in UTC; the embedded server gives it without a zone, and means UTC.

    Examples
    --------
    >>> moment(datetime(2026, 1, 1)).isoformat()
    '2026-01-01T00:00:00+00:00'
    """
    native = value if isinstance(value, datetime) else value.to_native()
    return native.replace(tzinfo=UTC) if native.tzinfo is None else native.astimezone(UTC)


def _time(value: Any) -> str:
    return moment(value).isoformat(timespec="microseconds")


def _plain(table: pa.Table) -> list[Row]:
    rows: list[Row] = table.to_pylist()
    for column in ("first_at", "last_at") if "first_at" in table.schema.names else ():
        for row in rows:
            row[column] = moment(row[column])
    return rows


def _require_order(name: str, keys: list[pa.ChunkedArray]) -> None:
    import numpy as np
    import pyarrow.compute as pc

    if any(key.null_count for key in keys):
        raise RenmaiError(f"{name} of a publication have a row without {'an id' if len(keys) == 1 else 'both ids'}")
    after = np.zeros(max(0, len(keys[0]) - 1), bool)
    same = ~after
    for key in keys:
        array = key.combine_chunks()
        after |= same & pc.greater(array[1:], array[:-1]).to_numpy(zero_copy_only=False)
        same &= pc.equal(array[1:], array[:-1]).to_numpy(zero_copy_only=False)
    if not after.all():
        raise RenmaiError(f"{name} of a publication must be sorted by id, each key once")


def _together(keys: pa.ChunkedArray, size: int) -> Iterator[tuple[int, int]]:
    """Cut sorted keys into spans of at least ``size`` in which no key is cut."""
    import numpy as np
    import pyarrow.compute as pc

    count = len(keys)
    array = keys.combine_chunks()
    first = pc.not_equal(array[1:], array[:-1]).to_numpy(zero_copy_only=False) if count > 1 else np.zeros(0, bool)
    borders = np.append(np.flatnonzero(first) + 1, count)
    start = 0
    while start < count:
        end = int(borders[np.searchsorted(borders, min(start + size, count))])
        yield start, end
        start = end
