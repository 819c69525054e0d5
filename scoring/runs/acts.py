"""How is written down what is done with a run outside its folder, such as its publication?"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scoring.runs import log
from scoring.runs.draft import manifest_sha256
from scoring.runs.lock import Lock
from scoring.runs.pointer import settle
from scoring.runs.run import run_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def noted(root: Path, action: str, run_id: str, *, note: str = "") -> Iterator[None]:
    """Write an act into ``LOG`` before it is done, holding the folder until it is.

    An act that fails leaves its line open: ``renmai verify`` tells that it was interrupted.

    Parameters
    ----------
    root : Path
        The runs folder; without one there is no log to write.
    action : str
        ``publish`` or ``rollback published``.
    run_id : str
        The run that it concerns; it need not stand any more.
    note : str
        Where it was done.

    Raises
    ------
    LockedError
        When another process writes in the folder.
    """
    if not root.is_dir():
        yield
        return
    with Lock(root) as lock:
        settle(lock)
        manifest = manifest_sha256(root, run_id) if run_id in run_ids(root) else ""
        head = log.append(lock, action=action, run_id=run_id, manifest=manifest, note=note)
        yield
        lock.note_head(head)
