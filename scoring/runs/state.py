"""What does a run keep so that an update need not read its input again? The accepted tables, mapped and hashed.

``<run>/state/`` holds the tables as uncompressed Arrow files, ``ids.arrow`` (a short hash of every relation's id and of
what each reversal takes back) and ``state.json``, written last: the names, sizes and SHA-256 of all of them, the run's
id and its own hash. Nothing is used of a state of which one byte is another; a state that cannot be used is told in one
sentence and never taken for an empty one.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from loaders.errors import UnavailableError
from scoring.runs import disk
from scoring.runs.id_hashes import hash_texts
from scoring.runs.manifest import canonical, sha256

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from scoring.runs.run import Run

FOLDER = "state"
NAME = "state.json"
FORMAT = 1
SEGMENTS = 16
"""Most additions to the log that are kept as files of their own; then the log is written whole again."""
STAGE = "stage.json"
_BATCH = 1_048_576
_SEGMENT = "relations"


class StateError(UnavailableError):
    """A run's state that cannot be used: a file of it is missing, damaged, of another run or of another release."""


@dataclass(frozen=True)
class State:
    """A run's state, as far as it was checked.

    Attributes
    ----------
    path : Path
        Its folder.
    facts : dict
        counts, files and ignored names of the input, as the ``read`` stage laid them down.
    files : dict
        Per file: bytes and sha256.
    """

    path: Path
    facts: Mapping[str, Any]
    files: Mapping[str, Mapping[str, Any]]
    _faults: Mapping[str, Future[str]] = field(repr=False, compare=False)
    _held: dict[str, pa.Table] = field(default_factory=dict, repr=False, compare=False)

    def check(self, names: Collection[str] | None = None) -> None:
        """Wait until files, or all of them, are found to be as they were written.

        Raises
        ------
        StateError
            Naming one that is not.
        """
        for name in self._faults if names is None else names:
            if name in self._faults and (fault := self._faults[name].result()):
                raise StateError(fault)

    def table(self, name: str) -> pa.Table | None:
        """Map a table into memory; None when the run's input had none of that name."""
        if f"{name}.arrow" not in self.files:
            return None
        self.check([f"{name}.arrow"])
        if name not in self._held:
            self._held[name] = mapped(self.path / f"{name}.arrow")
        return self._held[name]

    @property
    def segments(self) -> tuple[str, ...]:
        """Name the pieces of the log, oldest first; each is in order of (at, relation_id)."""
        return (_SEGMENT, *(f"{_SEGMENT}_{n}" for n in range(1, SEGMENTS + 1) if self._has(n)))

    def ids(self, segment: str) -> pa.Table:
        """Give a segment's hashes: one column ``hash`` (uint32), in the order of its rows."""
        return self._beside("ids", segment)

    def backs(self, segment: str) -> pa.Table:
        """Give a segment's reversals: ``row`` (int64) and ``hash`` (uint32) of what each takes back."""
        return self._beside("backs", segment)

    def _beside(self, what: str, segment: str) -> pa.Table:
        found = self.table(segment.replace(_SEGMENT, what))
        if found is None:
            raise StateError(f"{self.path / NAME} does not list {segment.replace(_SEGMENT, what)}.arrow")
        return found

    def _has(self, number: int) -> bool:
        return f"{_SEGMENT}_{number}.arrow" in self.files


def mapped(path: Path) -> pa.Table:
    """Map an Arrow file without reading it."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def write_arrow(path: Path, table: pa.Table) -> dict[str, Any]:
    """Write a table as an uncompressed Arrow file; give its bytes and sha256."""
    with disk.NewFile(path) as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=_BATCH)
    return {"bytes": file.size, "sha256": file.sha256}


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


def seal(folder: Path, *, run_id: str) -> None:
    """Make the laid down ``read`` stage of a run its state, before the run gets its name.

    Parameters
    ----------
    folder : Path
        ``<draft>/state/`` with the tables and ``stage.json``, whose digests are taken over.
    run_id : str
        The run that it belongs to.

    Raises
    ------
    UnavailableError
        When the disk fails.
    """
    with disk.translated(folder):
        index = json.loads((folder / STAGE).read_bytes())
        files: dict[str, dict[str, Any]] = {}
        for name, digest in index["files"].items():
            path = folder / f"{name}.arrow"
            if name == "rejects":
                path.unlink()
            else:
                files[path.name] = {"bytes": path.stat().st_size, "sha256": digest}
        files |= lay_ids(folder, "relations", mapped(folder / "relations.arrow"))
        write_index(folder, run_id, index["facts"], files)
        (folder / STAGE).unlink()
        disk.sync_folder(folder)


def add_ends(folder: Path, payer: Any, payee: Any) -> None:
    """Put the places of the holders of every tie to a sealed state, in the order of the run's ``ties``.

    So an update need not look millions of ids up to find them.
    """
    with disk.translated(folder):
        index = json.loads((folder / NAME).read_bytes())
        listed = write_arrow(folder / "ends.arrow", pa.table({"payer": payer, "payee": payee}))
        (folder / NAME).unlink()
        write_index(folder, index["run_id"], index["facts"], {**index["files"], "ends.arrow": listed})
        disk.sync_folder(folder)


def write_index(folder: Path, run_id: str, facts: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> None:
    """Write ``state.json``, after which the state is whole."""
    body = {"facts": dict(facts), "files": dict(files), "format": FORMAT, "run_id": run_id}
    disk.write_new(folder / NAME, canonical({**body, "sha256": sha256(canonical(body))}))


def has_state(run: Run) -> bool:
    """Say whether a run has a folder of state at all."""
    return (run.path / FOLDER).exists()


def open_state(run: Run, threads: int = 2, first: Collection[str] | None = None) -> State:
    """Open a run's state; every byte of it is checked before it is used.

    Parameters
    ----------
    run : Run
        The run.
    threads : int
        How many threads hash.
    first : collection of str, optional
        Tables that are checked at once, while the others are hashed in the background until ``State.check`` asks for
        them; by default all are checked at once.

    Raises
    ------
    StateError
        Naming the file that is missing, damaged, of another run or of another release.
    """
    folder = run.path / FOLDER
    index = _index(folder, run.id)
    files = index["files"]
    at_once = {f"{name}.arrow" for name in first} if first is not None else set(files)
    # those that are needed first come first, then the largest: hashing lets go of the interpreter, so threads help
    names = sorted(files, key=lambda name: (name not in at_once, -int(files[name]["bytes"]), name))
    pool = ThreadPoolExecutor(threads)
    found = {name: pool.submit(_fault, folder / name, files[name]) for name in names}
    pool.shutdown(wait=False)
    state = State(folder, index["facts"], files, found)
    state.check(at_once)
    return state


def damages(folder: Path) -> list[str]:
    """Tell what of a run's state is not as it was written: one sentence each, none when all is well."""
    try:
        files = _index(folder, folder.parent.name)["files"]
    except StateError as error:
        return [str(error)]
    listed = {NAME, *files}
    foreign = [f"{path} is not listed in {NAME}" for path in sorted(folder.iterdir()) if path.name not in listed]
    return [fault for name in sorted(files) if (fault := _fault(folder / name, files[name]))] + foreign


def _index(folder: Path, run_id: str) -> dict[str, Any]:
    """Read ``state.json`` and check it against its own hash, its form and the run."""
    path = folder / NAME
    try:
        index = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise StateError(f"{path} is missing") from error
    except (OSError, ValueError) as error:
        raise StateError(f"{path} is damaged: not an index of a state") from error
    if not isinstance(index, dict) or index.get("format") != FORMAT:
        found = index.get("format") if isinstance(index, dict) else None
        raise StateError(f"{path} has format {found!r}; this release reads {FORMAT}")
    stated = index.pop("sha256", None)
    if stated != sha256(canonical(index)):
        raise StateError(f"{path} is damaged: its content does not have the SHA-256 it states")
    if index["run_id"] != run_id:
        raise StateError(f"{path} belongs to run {index['run_id']}, not to {run_id}")
    return index


def _fault(path: Path, listed: Mapping[str, Any]) -> str:
    """Say what is wrong with a file; "" when it is as it was written."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size != listed["bytes"]:
                return f"{path} is damaged: it has {size} bytes, written were {listed['bytes']}"
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                found = hashlib.sha256(content).hexdigest()
    except FileNotFoundError:
        return f"{path} is missing"
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    return "" if found == listed["sha256"] else f"{path} is damaged: it does not have the SHA-256 it was written with"
