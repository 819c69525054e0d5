"""Which finished stages of an interrupted run can be used again? Those whose files are exactly as they were written.

The state of one piece of work stands in ``.resume-<key>/``, the key being a hash of the inputs' bytes, the config,
``as_of``, the rule and the versions: other work has another key and finds nothing. A stage's folder holds Arrow files,
not compressed, and, written last, ``stage.json`` with the SHA-256 of their blocks; anything that does not match is told
and computed anew.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scoring.runs import disk
from scoring.runs.blocks import BlockFile, Checked
from scoring.runs.manifest import canonical, sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scoring.runs.lock import Lock

PREFIX = ".resume-"
_INDEX = "stage.json"
_BATCH = 1 << 20
LARGE = 1 << 29
"""Bytes of a table from which on its file goes past the page cache."""


@dataclass(frozen=True)
class Stored:
    """What one finished stage left: its tables and its facts (JSON)."""

    tables: Mapping[str, pa.Table]
    facts: Mapping[str, Any]


class Resume:
    """The finished stages of one piece of work, kept until it is published; the lock is held.

    Parameters
    ----------
    lock : Lock
        The held lock of the runs folder.
    wanted : callable, optional
        Names the work (hex) whose stages of an earlier start are used, and is asked only where one left any; without it
        none is used, all are removed.
    say : callable
        Told, in a sentence, what was found.
    """

    def __init__(self, lock: Lock, *, wanted: Callable[[], str] | None = None, say: Callable[[str], None]) -> None:
        self._lock, self._say = lock, say
        with disk.translated(lock.root):
            kept = [path for path in lock.root.iterdir() if path.name.startswith(PREFIX) and path.is_dir()]
            self.path = _place(lock, wanted() if wanted is not None and kept else "")
            others = [path for path in kept if path != self.path or wanted is None]
            for path in others:
                shutil.rmtree(path)
        if wanted is not None and self.path not in kept:
            cause = ": inputs, config, as_of, rule or versions are others" if others else ""
            say(f"nothing to resume{cause}; all stages are computed")

    def begin(self, key: str) -> None:
        """Name the work (hex), where that was not known before its input was read."""
        self.path = _place(self._lock, key)

    def folder(self, stage: str) -> Path:
        """Say where a finished stage lies."""
        return self.path / stage

    def load(self, stage: str) -> Stored | None:
        """Read a finished stage; None when it is missing or not exactly as it was written."""
        folder = self.path / stage
        if not folder.is_dir():
            return None
        try:
            return _read(folder)
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
            self._say(f"resume state of stage {stage} is damaged ({error}): it is not used, the stage is computed anew")
            with disk.translated(folder):
                shutil.rmtree(folder)
            return None

    def save(
        self,
        stage: str,
        tables: Mapping[str, pa.Table],
        facts: Mapping[str, Any],
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Write down a finished stage; where ``stop`` says so it is left unfinished, which makes it none."""
        folder = self.path / stage
        with disk.translated(folder):
            if folder.exists():
                shutil.rmtree(folder)
            disk.make_folder(self.path)
            disk.make_folder(folder)
            files = {name: _write(folder / f"{name}.arrow", table, stop) for name, table in tables.items()}
            if stop():
                return
            index = {"facts": dict(facts), "files": files}
            disk.write_new(folder / _INDEX, canonical({**index, "sha256": sha256(canonical(index))}))

    def remove(self) -> None:
        """Forget all stages: the work is published."""
        with disk.translated(self.path):
            shutil.rmtree(self.path, ignore_errors=not self.path.exists())


def _place(lock: Lock, key: str) -> Path:
    return lock.root / f"{PREFIX}{key[:32]}"


def _write(path: Path, table: pa.Table, stop: Callable[[], bool]) -> dict[str, Any]:
    # not compressed: a core packs more slowly than the disk takes bytes, and what lies flat is mapped by an update
    with BlockFile(path, large=table.get_total_buffer_size() >= LARGE) as file:
        with pa.ipc.new_file(file, table.schema) as writer:
            for batch in table.to_batches(max_chunksize=_BATCH):
                if stop():
                    break
                writer.write_batch(batch)
        if stop():
            file.forget()
    return file.listed


def _read(folder: Path) -> Stored:
    index = json.loads((folder / _INDEX).read_bytes())
    stated = index.pop("sha256")
    if stated != sha256(canonical(index)):
        raise ValueError(f"{_INDEX} does not have the SHA-256 it states")
    tables = {}
    for name, wanted in index["files"].items():
        found = Checked(folder / f"{name}.arrow", wanted)
        if found.damage():
            raise ValueError(f"{name}.arrow does not have its SHA-256")
        tables[name] = pa.ipc.open_file(pa.py_buffer(found.content)).read_all()
    return Stored(tables, index["facts"])
