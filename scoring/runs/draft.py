"""How is a run written so that it exists wholly or not at all? In a temporary folder that gets its name last."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from loaders.errors import RenmaiError, UnavailableError
from scoring.runs import disk, index, log, pointer
from scoring.runs import manifest as manifests
from scoring.runs.columns import RESULTS, write_table
from scoring.runs.early import Early
from scoring.runs.patching import Revised
from scoring.runs.run import CURRENT, Run, current_id, open_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from scoring.runs.lock import Lock

TEMPORARY = ".tmp-"
TRASH = ".trash-"


class Draft:
    """A run being written, the lock held; without ``publish`` its folder is gone at the end of ``with``.

    Parameters
    ----------
    lock : Lock
        The held lock.
    run_id : str
        The run's id.
    """

    def __init__(self, lock: Lock, run_id: str) -> None:
        self.lock = lock
        self.run_id = run_id
        self.path = lock.root / f"{TEMPORARY}{run_id}-{os.getpid()}"
        self._outputs: list[dict[str, Any]] = []
        self._manifest_sha256 = ""

    def __enter__(self) -> Self:
        clear_orphans(self.lock)
        try:
            with disk.translated(self.path):
                disk.make_folder(self.path)
        except BaseException:  # a signal once the folder stands, but before ``with`` would take it away
            shutil.rmtree(self.path, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def add(self, name: str, table: pa.Table) -> None:
        """Write one table of the run."""
        self.add_all({name: table})

    def add_all(self, tables: Mapping[str, pa.Table | Revised | Early], *, threads: int | None = None) -> None:
        """Write tables of the run, two at a time unless fewer threads are allowed."""
        largest_first = sorted(tables, key=lambda name: tables[name].nbytes, reverse=True)
        # two: encoding keeps one core busy, and the disk brings the other file's bytes home meanwhile
        pool = ThreadPoolExecutor(max_workers=min(2, threads or 2))
        try:
            written = [pool.submit(self._write, name, tables[name]) for name in largest_first]
            self._outputs += [each.result() for each in written]
        finally:  # whatever stops us, nobody writes any more when the folder is taken away
            pool.shutdown(cancel_futures=True)

    def _write(self, name: str, table: pa.Table | Revised | Early) -> dict[str, Any]:
        path = self.path / f"{name}.parquet"
        with disk.translated(path):
            digest, size = table.write(path) if isinstance(table, Revised | Early) else write_table(path, table)
        return {"bytes": size, "name": path.name, "rows": table.num_rows, "sha256": digest}

    def adopt(self, folder: Path) -> None:
        """Take a sealed state into the run; its files have two names until the folder they came from is removed.

        So an interrupted start still finds them there, and the run appears with the whole of its state.
        """
        with disk.translated(self.path / index.FOLDER):
            disk.link_folder(folder, self.path / index.FOLDER)

    def seal(self, body: dict[str, Any]) -> None:
        """Write the manifest: ``body``, the list of files and the run before this one; then nothing may be added."""
        root = self.lock.root
        before = pointer.readable_current(root)
        previous = None
        if before is not None and before != self.run_id and (root / before / manifests.NAME).is_file():
            previous = {"manifest": manifest_sha256(root, before), "run_id": before}
        content = manifests.encode(
            {
                **body,
                "format_version": manifests.FORMAT_VERSION,
                "outputs": sorted(self._outputs, key=lambda output: str(output["name"])),
                "previous": previous,
                "run_id": self.run_id,
            }
        )
        with disk.translated(self.path):
            self._manifest_sha256 = disk.write_new(self.path / manifests.NAME, content)
            disk.sync_folder(self.path)

    def publish(self, *, note: str = "", data: str = "") -> Run:
        """Give the folder its name and make the run current.

        A run that stands whole under this id is kept as it is and made current: the same work gives the same result
        tables, which is checked. A damaged one is replaced.

        Raises
        ------
        RenmaiError
            When a run of this id stands whole and its result tables are others, made by the same versions.
        """
        lock, root = self.lock, self.lock.root
        stands = whole_run(root, self.run_id)
        if stands is not None:
            self._compare(stands)
            return repeat(lock, stands, note=note, data=data)
        action = "repair" if (root / self.run_id).exists() else "run"
        pointer.make_current(
            lock, self.run_id, self._manifest_sha256, action=action, source=self.path, note=note, data=data
        )
        return open_run(root, self.run_id)

    def _compare(self, stands: Run) -> None:
        ours = {output["name"]: output["sha256"] for output in self._outputs}
        theirs = {output["name"]: output["sha256"] for output in stands.manifest["outputs"]}
        other = [name for name in (f"{table}.parquet" for table in RESULTS) if ours.get(name) != theirs.get(name)]
        if other:
            raise RenmaiError(
                f"run {self.run_id} stands with other bytes in {', '.join(other)} though its inputs, config and as_of"
                " are the same: it was made by other versions (see its manifest) or one of the two is wrong; prune it"
                " to make it anew"
            )


def repeat(lock: Lock, run: Run, *, note: str = "", data: str = "") -> Run:
    """Make a run that stands whole current again."""
    pointer.make_current(lock, run.id, manifest_sha256(lock.root, run.id), action="repeat", note=note, data=data)
    return run


def whole_run(root: Path, run_id: str) -> Run | None:
    """Open a run and check every byte of it; None when it is missing, damaged or not the one that ``LOG`` names."""
    if not (root / run_id).is_dir():
        return None
    try:
        return checked_run(root, run_id)
    except UnavailableError:
        return None


def checked_run(root: Path, run_id: str) -> Run:
    """Open a run that a writer may make current: every byte as listed, the manifest the one that ``LOG`` names.

    Raises
    ------
    UsageError
        When there is no such run.
    UnavailableError
        When it is damaged, or was not made by a writer of this folder.
    """
    run = open_run(root, run_id)
    run.check()
    if log.read_log(root).manifests().get(run_id) != manifest_sha256(root, run_id):
        raise UnavailableError(
            f"{run.path / manifests.NAME} is not the one that {root / log.NAME} names: it was rewritten or planted;"
            " the same work again makes the run anew"
        )
    return run


def manifest_sha256(root: Path, run_id: str) -> str:
    """SHA-256 (hex) of a run's ``manifest.json``."""
    path = root / run_id / manifests.NAME
    with disk.translated(path), path.open("rb") as file:
        return disk.digest(file)


def clear_orphans(lock: Lock) -> None:
    """Remove what killed writers left: temporary folders, discarded runs, pointers that never took their place."""
    current_id(lock.root)  # a damaged pointer stops the writer before it removes anything
    with disk.translated(lock.root):
        for path in lock.root.iterdir():
            if path.name.startswith((TEMPORARY, TRASH)) and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name.startswith(f".{CURRENT}-"):
                path.unlink()
