"""How does a FinBench sample become a graph on disk, with every node, relationship and digit of money kept?

The tables of `loaders.finbench.graph_tables` stand in ``finbench/`` beside ours, with ``graph.json``, which says how
many rows there are. Readers of our tables never look into it.

Amounts are exact. FinBench writes up to 17 digits, more than an integer of 64 bits holds, and a sum of floats depends
on its order: an amount is two integers, ``amount_micro`` in millionths and ``amount_rest``, what is left, in 10^-16.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from loaders.errors import ContractError
from loaders.finbench.graph_tables import FOLDER, MARKER, NODES, RELATIONSHIPS, Table
from loaders.finbench.sample import Row, Sample
from loaders.table_folder import TableFolder

MOST_DECIMALS = 16
MOST_DIGITS = 10
"""Digits before the point: 900 amounts of that size still add up within 64 bits."""

_SOURCES = {
    "name": ("personName", "companyName"), "type": ("accoutType",), "kind": ("mediumType",), "share": ("ratio",),
    "is_blocked": ("isBlocked",), "created_at": ("createTime",), "amount": ("amount", "loanAmount"),
    "balance": ("balance",),
}  # fmt: skip


def write_graph(sample: Sample, folder: TableFolder) -> dict[str, int]:
    """Write the graph of a sample into a folder of tables that is being written.

    Parameters
    ----------
    sample
        All 18 files.
    folder
        The folder of the tables; gets a subfolder ``finbench``.

    Returns
    -------
    dict
        Rows of each table.

    Raises
    ------
    ContractError
        ``duplicate_id``, ``dangling`` (a relationship with an account, loan or medium that no file names),
        ``amount_scale`` (more digits than are kept), ``ratio_format``.
    """
    place = folder.subfolder(FOLDER)
    known = {table.kind: _ids(sample, table) for table in NODES if not table.name.startswith("unnamed_")}
    counts: dict[str, int] = {}
    for table in (*NODES, *RELATIONSHIPS):
        rows = _unnamed(sample, table, known) if table.name.startswith("unnamed_") else _rows(sample, table)
        counts[table.name] = place.write(table.name, [pa.Table.from_pylist(rows, table.schema)], "parquet")
    named = {**known, **{kind: known[kind] | _owners(sample, kind) for kind in ("Person", "Company")}}
    for table in RELATIONSHIPS:
        _require_ends(sample, table, named)
    place.write_text(MARKER, json.dumps({"rows": counts}, indent=1) + "\n")
    return counts


def split_amount(text: str, place: str = "amount") -> tuple[int, int]:
    """Split an amount into millionths and the rest in 10^-16, so that nothing is lost.

    Examples
    --------
    >>> split_amount("17693696.989343166")
    (17693696989343, 1660000000)
    >>> split_amount("0.12345678901234567")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(amount_scale): amount must have at most 10 digits and 16 decimals; got 0 and 17
    """
    whole, _, decimals = text.partition(".")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    if len(whole) > MOST_DIGITS or len(decimals) > MOST_DECIMALS:
        detail = f"{place} must have at most {MOST_DIGITS} digits and {MOST_DECIMALS} decimals"
        raise ContractError("amount_scale", f"{detail}; got {len(whole)} and {len(decimals)}")
    digits = decimals.ljust(MOST_DECIMALS, "0")
    return int(f"{whole}{digits[:6]}"), int(digits[6:])


def _rows(sample: Sample, table: Table) -> list[dict[str, Any]]:
    made = []
    for number, row in enumerate(sample[table.file], start=1):
        names = [row[column] for column in table.ids]
        ids = {"id": f"{table.name}-{number:08d}", "from_id": names[0], "to_id": names[-1]}
        made.append({**(ids if table.to else {"id": names[0]}), **_facts(table, row, f"{table.file} row {number}")})
    return made


def _facts(table: Table, row: Row, place: str) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, kind in table.facts:
        source = next(
            row[column] for column in _SOURCES[name.partition("_micro")[0].partition("_rest")[0]] if column in row
        )
        if name.endswith("_micro"):
            stem = name.removesuffix("_micro")
            facts[name], facts[f"{stem}_rest"] = split_amount(source, f"{place}: {stem}")
        elif name == "created_at":
            facts[name] = datetime.fromisoformat(source).replace(tzinfo=UTC)
        elif name == "share":
            facts[name] = _share(source, place)
        elif not name.endswith("_rest"):
            facts[name] = source == "true" if pa.types.is_boolean(kind) else source
    return facts


def _share(text: str, place: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ContractError("ratio_format", f"{place}: ratio must be a number from 0 to 1; got {text[:80]!r}")
    return share


def _ids(sample: Sample, table: Table) -> set[str]:
    ids = [row[table.ids[0]] for row in sample[table.file]]
    seen: set[str] = set()
    for number, name in enumerate(ids, start=1):
        if name in seen:
            raise ContractError("duplicate_id", f"{table.file} row {number}: {table.ids[0]} {name} is there before")
        seen.add(name)
    return seen


def _owners(sample: Sample, kind: str) -> set[str]:
    return {row[f"{kind.lower()}Id"] for row in sample[f"{kind}OwnAccount"]}


def _unnamed(sample: Sample, table: Table, known: dict[str, set[str]]) -> list[dict[str, Any]]:
    return [{"id": name} for name in sorted(_owners(sample, table.kind) - known[table.kind])]


def _require_ends(sample: Sample, table: Table, named: dict[str, set[str]]) -> None:
    for label, column in zip((table.start, table.to), table.ids, strict=True):
        for number, row in enumerate(sample[table.file], start=1):
            if row[column] not in named[label]:
                detail = f"{table.file} row {number}: {column} must be one of the file {label}; got {row[column]}"
                raise ContractError("dangling", detail)
