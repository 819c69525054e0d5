"""Which new rows stand, beside everything that was accepted before?

New files pass the same gate as any input. The earlier rows that they speak of (of the same id, taken back by them or
taking them back, of the same account) pass it again together with them: so duplicates, conflicts and reversals are
judged by the one judge there is. If an earlier row would fall, or an earlier refused one is spoken of, the whole input
has to be judged again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.tables import Counts, InputFile, Tables
from scoring.updating.earlier import Earlier

if TYPE_CHECKING:
    from loaders.settings import LoadSettings
    from scoring.runs.state import State

ADDED = ("relations", "profiles", "consents", "outcomes")
"""Tables that an update may bring rows of."""
TANGLED = ("tx_id_conflict", "reversal_mismatch", "refund_exceeds")
"""Reasons for which a relation falls because of others, so that it may stand beside yet others."""


@dataclass(frozen=True)
class Additions:
    """What of the new files stands.

    Attributes
    ----------
    tables : Tables
        The new rows that stand, their rejects, files and counts; accounts and rates are the run's.
    spoken : pyarrow.Table
        Earlier relations that the new ones speak of.
    entangled : str
        Why the whole input has to be judged again; "" when it need not be.
    """

    tables: Tables
    spoken: pa.Table
    entangled: str

    @property
    def size(self) -> int:
        """How many new rows stand."""
        return sum(counts.accepted for counts in self.tables.counts.values())


def judge_additions(
    inputs: Mapping[str, Sequence[Any]], state: State, earlier: Earlier, rejects: pa.Table, settings: LoadSettings,
    name: str,
) -> Additions:  # fmt: skip
    """Let new files through the gate beside what a run has.

    Parameters
    ----------
    inputs
        Per table, files, folders of parts or DataFrames.
    state, earlier
        What the run was made of.
    rejects
        What was refused of its input.
    settings
        How files are read.
    name
        What the earlier rows are called in rejects.

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract.
    """
    from scoring.updating.passing import pass_additions  # the whole gate takes longer to load than a small update

    first = pass_additions(inputs, state, settings, name=name)
    spoken = _spoken_of(first, inputs, state, earlier)
    both = pass_additions(inputs, state, settings, earlier=spoken, name=name) if spoken else first
    old = {f"{name} {table}" for table in spoken}
    fell = sum(file.rejected for file in both.files if file.name in old)
    entangled = ""
    if fell:
        entangled = f"{fell} earlier row(s) would fall beside the new ones"
    elif tangled := refused_ids(rejects) & set(_ids(first)):
        entangled = f"new relations speak of {len(tangled)} id(s) of which rows were refused before"
    made = _without(both, spoken, old)
    nothing = earlier.rows(np.zeros(0, np.int64))
    return Additions(made, spoken.get("relations", nothing), entangled)


def _spoken_of(first: Tables, inputs: Mapping[str, Any], state: State, earlier: Earlier) -> dict[str, pa.Table]:
    """Find the earlier rows that the new ones speak of, by table."""
    spoken: dict[str, pa.Table] = {}
    if "relations" in inputs:
        wanted = pa.array(sorted(set(_ids(first))), pa.string())
        numbers = np.union1d(earlier.with_ids(wanted), earlier.taking_back(wanted)).astype(np.int64)
        if len(numbers):
            spoken["relations"] = earlier.rows(numbers)
    for table in ADDED[1:]:
        held = state.table(table)
        if table in inputs and held is not None and held.num_rows:
            named = pa.array(getattr(first, table)["account_id"].unique().to_pylist(), pa.string())
            rows = held.filter(pc.is_in(held["account_id"], value_set=named))
            if rows.num_rows:
                spoken[table] = rows
    return spoken


def _ids(new: Tables) -> Iterable[str]:
    """Name every id that new relations are called or take back, those that fell because of others included."""
    yield from new.relations["relation_id"].to_pylist()
    yield from (one for one in new.relations["reverses"].to_pylist() if one)
    yield from refused_ids(new.rejects)


def refused_ids(rejects: pa.Table) -> set[str]:
    """Gather the cells of relations that fell because of others: their ids are among them."""
    if not rejects.num_rows:
        return set()
    fell = pc.is_in(rejects["reason"], value_set=pa.array(TANGLED))
    cells: set[str] = set()
    for original in rejects.filter(fell)["original"].to_pylist():
        cells |= set(_cells(original))
    return cells - {""}


def _cells(original: str) -> list[str]:
    """Read the cells of a refused record, told as JSON or as a line of CSV."""
    if original.startswith("{"):
        try:
            return [str(value) for value in json.loads(original).values() if value is not None]
        except ValueError:
            pass
    try:
        return next(csv.reader([original]), [])
    except csv.Error:
        return original.split(",")


def _without(both: Tables, spoken: Mapping[str, pa.Table], old: set[str]) -> Tables:
    """Leave the earlier rows out again: of the tables, the files, the rejects and the counts."""
    files = tuple(file for file in both.files if file.name not in old)
    rejects = both.rejects.filter(
        pc.invert(pc.is_in(both.rejects["file"], value_set=pa.array(sorted(old), pa.string())))
    )
    tables: dict[str, Any] = {name: _but(getattr(both, name), spoken.get(name), name) for name in ADDED}
    counts = {name: _counted(name, files, rejects) for name in ADDED}
    return replace(both, **tables, files=files, rejects=rejects, counts=counts)


def _but(table: pa.Table | None, earlier: pa.Table | None, name: str) -> pa.Table | None:
    """Take the rows of a table that are not among the earlier ones."""
    if table is None or earlier is None:
        return table
    if name == "relations":
        known = pc.is_in(table["relation_id"], value_set=earlier["relation_id"].combine_chunks())
        return table.filter(pc.invert(known))
    key = ("account_id", "known_at") if name == "profiles" else tuple(earlier.column_names)
    known_keys = set(_rows(earlier, key))
    return table.filter(pa.array([row not in known_keys for row in _rows(table, key)], pa.bool_()))


def _rows(table: pa.Table, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def _counted(table: str, files: Sequence[InputFile], rejects: pa.Table) -> Counts:
    own = [file for file in files if file.table == table]
    fell = rejects.filter(pc.equal(rejects["table"], table))["reason"].to_pylist()
    sums = {key: sum(getattr(file, key) for file in own) for key in ("records", "accepted", "rejected", "blank")}
    return Counts(**sums, duplicates=fell.count("duplicate"))
