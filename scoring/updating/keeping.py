"""What does the run that an update makes keep for the next one? The files of the run before, and the new rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scoring.runs import disk
from scoring.runs.index import write_index
from scoring.runs.state import SEGMENTS, lay_ids, write_arrow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from loaders.tables import Tables
    from scoring.runs.state import State
    from scoring.updating.additions import Additions
    from scoring.updating.found import Found

TABLES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates")
_CODED = ("kind", "from_id", "to_id", "currency")


def keep_state(folder: Path, run_id: str, found: Found, kept: Mapping[str, pa.Table]) -> None:
    """Write the state of an updated run into a folder that is made for it.

    Files that stay as they are get a second name; new relations stand in a file of their own, until there are too many
    such files and the log is written whole.

    Parameters
    ----------
    folder, run_id
        Where, and of which run.
    found
        The new rows and the state before.
    kept
        What was found out of everybody, as far as it is other than before.
    """
    state, added = found.state, found.added
    if state is not None and added is not None and _may_add(state, added):
        files = _beside(folder, state, added, kept)
    else:
        files = _anew(folder, found.whole())
        if state is not None:
            files |= _linked(folder, state, [f"{name}.arrow" for name in KEPT if name not in kept])
    files |= {f"{name}.arrow": write_arrow(folder / f"{name}.arrow", table) for name, table in kept.items()}
    write_index(folder, run_id, _facts(found), files)
    disk.sync_folder(folder)


KEPT = ("persons", "people", "ends", "severity")


def _may_add(state: State, added: Additions) -> bool:
    return added.size == added.tables.relations.num_rows and len(state.segments) <= SEGMENTS


def _beside(folder: Path, state: State, added: Additions, kept: Mapping[str, pa.Table]) -> dict[str, Any]:
    disk.make_folder(folder)
    files = _linked(folder, state, [name for name in state.files if name.removesuffix(".arrow") not in kept])
    relations = added.tables.relations
    if relations.num_rows:
        segment = f"relations_{len(state.segments)}"
        files[f"{segment}.arrow"] = write_arrow(folder / f"{segment}.arrow", _coded(relations))
        files |= lay_ids(folder, segment, relations)
    return files


def _linked(folder: Path, state: State, names: list[str]) -> dict[str, Any]:
    disk.link_files([state.path / name for name in names if name in state.files], folder)
    return {name: dict(state.files[name]) for name in names if name in state.files}


def _coded(relations: pa.Table) -> pa.Table:
    """Write codes without their words, which are those of the contract and of ``accounts``."""
    for name in _CODED:
        chunks = [chunk.indices for chunk in relations[name].chunks]
        place = relations.schema.get_field_index(name)
        relations = relations.set_column(place, name, pa.chunked_array(chunks, relations[name].type.index_type))
    return relations


def _anew(folder: Path, tables: Tables) -> dict[str, Any]:
    disk.make_folder(folder)
    held = {name: getattr(tables, name) for name in TABLES if getattr(tables, name) is not None}
    files = {f"{name}.arrow": write_arrow(folder / f"{name}.arrow", table) for name, table in held.items()}
    return files | lay_ids(folder, "relations", tables.relations)


def _facts(found: Found) -> dict[str, Any]:
    told = found.told
    counts = {name: asdict(counts) for name, counts in told.counts.items()}
    return {"counts": counts, "files": [asdict(file) for file in told.files], "ignored": list(told.ignored)}
