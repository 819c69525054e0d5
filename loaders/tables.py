"""What does loading give: which rows stand, which were refused, and from which files?

All tables are sorted canonically, so the same accepted content has the same bytes whatever its files and order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

REJECTS_SCHEMA = pa.schema(
    [
        ("table", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("byte_offset", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("found", pa.string()),
        ("original", pa.string()),
        ("note", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file as it was read: ``records = accepted + rejected + blank``.

    ``name`` is relative to the data folder, ``sha256`` of its bytes (empty for DataFrames, as is ``bytes``).
    """

    table: str
    name: str
    sha256: str
    bytes: int
    records: int
    accepted: int
    rejected: int
    blank: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of one table; ``duplicates`` are among the rejected."""

    records: int
    accepted: int
    rejected: int
    blank: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Tables:
    """The accepted input, the refused records and the files they came from.

    Attributes
    ----------
    accounts
        account_id, holder_id (the account where it was blank), kind, opened_on (date32); by account_id.
    relations
        relation_id, kind, from_id, to_id, amount_minor (int64, null for contacts), currency (null for contacts), at
        (timestamp[us, UTC]), reverses (null: none); by (at, relation_id), in chunks of any size. kind, currency,
        from_id and to_id are dictionaries: the contract's kinds, the ISO codes, and twice the ids of ``accounts``, so
        that the code of a party is the row of its account. `plain` makes text of them.
    profiles
        account_id, known_at (null: undated) and the columns the input had: numbers float64, integers and money int64,
        yes-or-no bool; by (account_id, known_at).
    consents
        account_id, source, granted (bool), at; ``None`` when there is no such table.
    outcomes
        account_id, kind, severity (float64), at.
    rates
        currency, on (date32), rate (decimal128(38, 12)).
    rejects
        table, file, line, byte_offset, column, reason, found, original, note.
    files
        The files read, by table and name.
    ignored
        Names in part folders that were not opened.
    counts
        Per table.

    Examples
    --------
    >>> from loaders import load
    >>> from loaders.town import town
    >>> tables = load(**town())
    >>> tables.counts["relations"].accepted, tables.rejects.num_rows
    (291, 0)
    """

    accounts: pa.Table
    relations: pa.Table
    profiles: pa.Table
    consents: pa.Table | None
    outcomes: pa.Table
    rates: pa.Table
    rejects: pa.Table
    files: tuple[InputFile, ...]
    ignored: tuple[str, ...]
    counts: Mapping[str, Counts]

    def reject_rate(self, table: str) -> float:
        """Which share of the records of a table was refused?

        Exact duplicates are not counted as refused, so a file read twice has the rate of a file read once.

        Parameters
        ----------
        table
            Name of the table.

        Returns
        -------
        float
            In [0, 1]; 0 for a table without records.

        Examples
        --------
        >>> from loaders import load
        >>> from loaders.town import town
        >>> load(**town()).reject_rate("relations")
        0.0
        """
        counts = self.counts[table]
        records = counts.accepted + counts.rejected
        return (counts.rejected - counts.duplicates) / records if records else 0.0

    def reasons(self) -> pa.Table:
        """How many records were refused for which reason? Columns table, reason, count; the commonest first.

        Examples
        --------
        >>> from loaders import load
        >>> from loaders.town import town
        >>> load(**town()).reasons().num_rows
        0
        """
        grouped = self.rejects.group_by(["table", "reason"]).aggregate([([], "count_all")])
        named = grouped.rename_columns(["table", "reason", "count"])
        return named.take(
            pc.sort_indices(named, sort_keys=[("count", "descending"), ("table", "ascending"), ("reason", "ascending")])
        )


def plain(table: pa.Table) -> pa.Table:
    """Give a table its dictionary columns as text.

    Parameters
    ----------
    table
        Such as the relations of :class:`Tables`.

    Returns
    -------
    pyarrow.Table
        The same rows; other columns as they are.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.tables import plain
    >>> plain(pa.table({"kind": pa.array(["chat", None]).dictionary_encode()}))["kind"].type
    DataType(string)
    """
    columns = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def shown(found: str | None, limit: int = 60) -> str:
    """Show what was found in a refused cell, cut to a part of a line.

    Examples
    --------
    >>> shown("12.345"), shown(None), shown("x" * 99, 5)
    ("'12.345'", "''", "'xxxx…")
    """
    text = repr(found or "")
    return text if len(text) <= limit else f"{text[:limit]}…"
