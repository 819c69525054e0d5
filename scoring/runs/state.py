"""What does a run keep so that an update need not read its input again? The accepted tables, mapped and hashed.

``<run>/state/`` holds the tables as uncompressed Arrow files, ``ids.arrow`` (a short hash of every relation's id and of
what each reversal takes back), what is known of every person and ``state.json``, written last: names, sizes and SHA-256
of every block of them, the run's id and its own hash. Nothing is used of a block of which one byte is another; a state
that cannot be used is told in one sentence and never taken for an empty one.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scoring.runs import disk
from scoring.runs.blocks import BlockFile, Checked
from scoring.runs.id_hashes import hash_texts
from scoring.runs.index import FOLDER, NAME, StateError, read_index, write_index
from scoring.runs.mapped import Mapped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scoring.runs.run import Run

SEGMENTS = 16
"""Most additions to the log that are kept as files of their own; then the log is written whole again."""
STAGE = "stage.json"
READ_FIRST = ("kind", "from_id", "to_id", "amount_minor", "currency", "at")
"""Columns of the log that every update reads."""
_BATCH = 1_048_576
_SEGMENT = "relations"


@dataclass(frozen=True)
class State:
    """A run's state; what is read of it is compared with what was written, when it is read.

    Attributes
    ----------
    path : Path
        Its folder.
    facts : dict
        counts, files and ignored names of the input, as the ``read`` stage laid them down.
    files : dict
        Per file: its bytes and the sums of its blocks.
    pool : ThreadPoolExecutor
        Compares blocks in the background.
    """

    path: Path
    facts: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]]
    pool: ThreadPoolExecutor = field(repr=False, compare=False)
    _held: dict[str, Mapped] = field(default_factory=dict, repr=False, compare=False)

    def look(self, name: str) -> Mapped:
        """Map a table, to read some columns or rows of it.

        Raises
        ------
        StateError
            When it is not listed, not there, or its layout is not as it was written.
        """
        if name not in self._held:
            if not self.has(name):
                raise StateError(f"{self.path / NAME} does not list {name}.arrow")
            self._held[name] = Mapped(self.path / f"{name}.arrow", dict(self.files[f"{name}.arrow"]), self.pool)
        return self._held[name]

    def table(self, name: str) -> pa.Table | None:
        """Map a whole table into memory, all of it compared; None when the run's input had none of that name."""
        return self.look(name).table if self.has(name) else None

    def has(self, name: str) -> bool:
        """Say whether there is a table of this name."""
        return f"{name}.arrow" in self.files

    @property
    def segments(self) -> tuple[str, ...]:
        """Name the pieces of the log, oldest first; each is in order of (at, relation_id)."""
        return (_SEGMENT, *(f"{_SEGMENT}_{n}" for n in range(1, SEGMENTS + 1) if self.has(f"{_SEGMENT}_{n}")))

    def ids(self, segment: str) -> Mapped:
        """Give a segment's hashes: one column ``hash`` (uint32), in the order of its rows."""
        return self.look(segment.replace(_SEGMENT, "ids"))

    def backs(self, segment: str) -> Mapped:
        """Give a segment's reversals: ``row`` (int64) and ``hash`` (uint32) of what each takes back."""
        return self.look(segment.replace(_SEGMENT, "backs"))


def write_arrow(path: Path, table: pa.Table) -> dict[str, Any]:
    """Write a table as an uncompressed Arrow file; give its bytes and the sums of its blocks."""
    with BlockFile(path) as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=_BATCH)
    return file.listed


def lay_ids(folder: Path, segment: str, relations: pa.Table) -> dict[str, dict[str, Any]]:
    """Write the hashes of a segment of the log."""
    from pyarrow import compute as pc

    back = relations["reverses"]
    rows = pc.indices_nonzero(pc.is_valid(back))
    ids = pa.table({"hash": hash_texts(relations["relation_id"])})
    backs = pa.table({"row": rows.cast(pa.int64()), "hash": hash_texts(back.drop_null())})
    names = (segment.replace("relations", "ids"), segment.replace("relations", "backs"))
    tables = zip(names, (ids, backs), strict=True)
    return {f"{name}.arrow": write_arrow(folder / f"{name}.arrow", table) for name, table in tables}


def seal(folder: Path, *, run_id: str, relations: pa.Table) -> None:
    """Make the laid down ``read`` stage of a run its state, before the run gets its name.

    Parameters
    ----------
    folder : Path
        ``<draft>/state/`` with the tables and ``stage.json``, whose digests are taken over.
    run_id : str
        The run that it belongs to.
    relations : pyarrow.Table
        The log among the tables, which is still in memory and need not be read back.

    Raises
    ------
    UnavailableError
        When the disk fails.
    """
    with disk.translated(folder):
        index = json.loads((folder / STAGE).read_bytes())
        files: dict[str, dict[str, Any]] = {}
        for name, listed in index["files"].items():
            path = folder / f"{name}.arrow"
            if name == "rejects":
                path.unlink()
            else:
                files[path.name] = listed
        files |= lay_ids(folder, "relations", relations)
        log = Mapped(folder / "relations.arrow", files["relations.arrow"], ThreadPoolExecutor(1))
        files["relations.arrow"]["first"] = log.spans(*READ_FIRST)
        write_index(folder, run_id, index["facts"], files)
        (folder / STAGE).unlink()
        disk.sync_folder(folder)


def complete(folder: Path, tables: Mapping[str, pa.Table]) -> None:
    """Put to a sealed state what the run found out of its input, such as whose each account is.

    So an update need not look millions of ids up again, nor assess anybody whom it does not touch.
    """
    with disk.translated(folder):
        index = json.loads((folder / NAME).read_bytes())
        paths = [folder / f"{name}.arrow" for name in tables]
        with ThreadPoolExecutor(2) as pool:
            listed = dict(
                zip((path.name for path in paths), pool.map(write_arrow, paths, tables.values()), strict=True)
            )
        (folder / NAME).unlink()
        write_index(folder, index["run_id"], index["facts"], {**index["files"], **listed})
        disk.sync_folder(folder)


def has_state(run: Run) -> bool:
    """Say whether a run has a folder of state at all."""
    return (run.path / FOLDER).exists()


def open_state(run: Run, threads: int = 2) -> State:
    """Open a run's state.

    Parameters
    ----------
    run : Run
        The run.
    threads : int
        How many threads compare blocks.

    Raises
    ------
    StateError
        When its index is missing, damaged, of another run or of another release.
    """
    folder = run.path / FOLDER
    index = read_index(folder, run.id)
    return State(folder, index["facts"], index["files"], ThreadPoolExecutor(threads))


def damages(folder: Path) -> list[str]:
    """Tell what of a run's state is not as it was written: one sentence each, none when all is well."""
    try:
        files = read_index(folder, folder.parent.name)["files"]
    except StateError as error:
        return [str(error)]
    listed = {NAME, *files}
    foreign = [f"{path} is not listed in {NAME}" for path in sorted(folder.iterdir()) if path.name not in listed]
    return [fault for name in sorted(files) if (fault := Checked(folder / name, files[name]).damage())] + foreign
