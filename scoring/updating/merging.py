"""What is the whole input of a run, new rows included? The accepted tables, in the order in which a load gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import TABLES
from loaders.tables import Counts, InputFile, Tables
from scoring.updating.earlier import Earlier, named

if TYPE_CHECKING:
    from scoring.runs.state import State

NO_COUNTS = Counts(0, 0, 0, 0, 0)
_ORDER = {
    "profiles": ("account_id", "known_at"),
    "consents": ("account_id", "source", "at", "granted"),
    "outcomes": ("account_id", "at", "kind", "severity"),
}
"""By which columns a load sorts a table; what is not known comes first."""


def stored_tables(state: State, rejects: pa.Table) -> Tables:
    """Take a run's whole input from its state.

    Parameters
    ----------
    state
        The run's state.
    rejects
        The run's ``rejects``.
    """
    relations, words = None, Earlier(state).words
    for segment in state.segments:
        piece = state.look(segment).table
        piece = piece if relations is None else pa.Table.from_batches([named(one, words) for one in piece.to_batches()])
        relations = piece if relations is None else with_relations(relations, piece)
    return Tables(
        accounts=state.table("accounts"),
        relations=relations,
        profiles=state.table("profiles"),
        consents=state.table("consents"),
        outcomes=state.table("outcomes"),
        rates=state.table("rates"),
        rejects=rejects,
        files=tuple(InputFile(**file) for file in state.facts["files"]),
        ignored=tuple(state.facts["ignored"]),
        counts={name: Counts(**counts) for name, counts in state.facts["counts"].items()},
    )


def merged(before: Tables, added: Tables) -> Tables:
    """Put new rows that stand to those that stood: the tables of one load of all of them."""
    tables: dict[str, Any] = {name: _merged(name, getattr(before, name), getattr(added, name)) for name in _ORDER}
    return Tables(
        accounts=before.accounts,
        relations=with_relations(before.relations, added.relations),
        **tables,
        rates=before.rates,
        rejects=pa.concat_tables([before.rejects, added.rejects.cast(before.rejects.schema)]),
        files=(*before.files, *added.files),
        ignored=before.ignored,
        counts=summed(before.counts, added.counts),
    )


def summed(before: Mapping[str, Counts], added: Mapping[str, Counts]) -> dict[str, Counts]:
    """Add counts up, table by table."""
    sums = {}
    for name, counts in before.items():
        more = asdict(added.get(name, NO_COUNTS))
        sums[name] = Counts(**{key: value + more[key] for key, value in asdict(counts).items()})
    return sums


def with_relations(before: pa.Table, added: pa.Table) -> pa.Table:
    """Merge two logs in order of (at, relation_id)."""
    if not added.num_rows:
        return before
    added = added.select(before.column_names).cast(before.schema)
    place = _places(before, added)
    size = before.num_rows
    order = np.insert(np.arange(size, dtype=np.int64), place, size + np.arange(added.num_rows, dtype=np.int64))
    both = pa.concat_tables([before, added])
    # one piece, so that a column of text is gathered once
    return both.combine_chunks().take(pa.array(order))


def _places(before: pa.Table, added: pa.Table) -> Any:
    """Say before which row of the log each new one comes; equal times are told apart by the ids' bytes."""
    times = before["at"].cast(pa.int64()).to_numpy()
    new = added["at"].cast(pa.int64()).to_numpy()
    low, high = np.searchsorted(times, new, "left"), np.searchsorted(times, new, "right")
    for row in np.flatnonzero(low < high).tolist():
        own = added["relation_id"][row].as_py().encode()
        ids = before["relation_id"].slice(low[row], high[row] - low[row]).to_pylist()
        low[row] += sum(one.encode() < own for one in ids)
    return low


def _merged(name: str, before: pa.Table | None, added: pa.Table | None) -> pa.Table | None:
    if added is None or not added.num_rows:
        return before
    if before is None or not before.num_rows:
        both = added if before is None else pa.concat_tables([before, added], promote_options="default")
    else:
        both = pa.concat_tables([before, added], promote_options="default")
    names = [column for column in TABLES[name].names if column in both.column_names]
    order = pc.sort_indices(both, sort_keys=[(column, "ascending", "at_start") for column in _ORDER[name]])
    return both.select(names).combine_chunks().take(order)
