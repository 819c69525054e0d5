"""What does the run that an update makes keep for the next one? The files of the run before, and the new rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scoring.runs import disk
from scoring.runs.state import SEGMENTS, lay_ids, write_arrow, write_index

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.tables import Tables
    from scoring.runs.state import State
    from scoring.updating.additions import Additions
    from scoring.updating.found import Found

TABLES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates")


def keep_state(folder: Path, run_id: str, found: Found, ends: tuple[Any, Any]) -> None:
    """Write the state of an updated run into a folder that is made for it.

    Files that stay as they are get a second name; new relations stand in a file of their own, until there are too many
    such files and the log is written whole.
    """
    state, added = found.state, found.added
    if state is not None and added is not None and _may_add(state, added):
        files = _beside(folder, state, added)
    else:
        files = _anew(folder, found.whole())
    files["ends.arrow"] = write_arrow(folder / "ends.arrow", pa.table(dict(zip(("payer", "payee"), ends, strict=True))))
    write_index(folder, run_id, _facts(found), files)
    disk.sync_folder(folder)


def _may_add(state: State, added: Additions) -> bool:
    return added.size == added.tables.relations.num_rows and len(state.segments) <= SEGMENTS


def _beside(folder: Path, state: State, added: Additions) -> dict[str, Any]:
    disk.link_folder(state.path, folder)
    for path in folder.iterdir():
        if path.name not in state.files or path.name == "ends.arrow":
            path.unlink()
    files = {name: dict(listed) for name, listed in state.files.items() if name != "ends.arrow"}
    relations = added.tables.relations
    if relations.num_rows:
        segment = f"relations_{len(state.segments)}"
        files[f"{segment}.arrow"] = write_arrow(folder / f"{segment}.arrow", relations)
        files |= lay_ids(folder, segment, relations)
    return files


def _anew(folder: Path, tables: Tables) -> dict[str, Any]:
    disk.make_folder(folder)
    held = {name: getattr(tables, name) for name in TABLES if getattr(tables, name) is not None}
    files = {f"{name}.arrow": write_arrow(folder / f"{name}.arrow", table) for name, table in held.items()}
    return files | lay_ids(folder, "relations", tables.relations)


def _facts(found: Found) -> dict[str, Any]:
    told = found.told
    counts = {name: asdict(counts) for name, counts in told.counts.items()}
    return {"counts": counts, "files": [asdict(file) for file in told.files], "ignored": list(told.ignored)}
