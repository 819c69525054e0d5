"""Which run is current, and how does that change? One line of ``LOG``, then one rename.

The order of a move: the line is written, the new run's folder gets its name, ``CURRENT`` is replaced, the lock file
notes the line as done. Killed between two of these steps, a reader still gets the old run or the new one; the next
writer sees the open line and writes down what came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from loaders.errors import UnavailableError
from scoring.runs import disk, log
from scoring.runs.run import CURRENT, current_id

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.runs.lock import Lock


def make_current(
    lock: Lock,
    run_id: str,
    manifest_sha256: str,
    *,
    action: str,
    source: Path | None = None,
    note: str = "",
    data: str = "",
) -> None:
    """Make a run current, the lock held.

    Parameters
    ----------
    lock : Lock
        The held lock; its fence is checked before anything moves.
    run_id : str
        The run that becomes current.
    manifest_sha256 : str
        SHA-256 (hex) of its ``manifest.json``.
    action : str
        ``run``, ``repeat``, ``repair`` or ``rollback``, as ``LOG`` will tell it.
    source : Path, optional
        The finished temporary folder that becomes ``<root>/<run_id>``; a folder of that name is discarded.
    note : str
        What else ``LOG`` should tell.
    data : str
        The folder whose tables went in, so that they are found again; "": they came from elsewhere.

    Raises
    ------
    LockedError
        When the lock was taken away.
    UnavailableError
        When the disk fails; what was current stays.
    """
    root = lock.root
    settle(lock)
    lock.check()
    more = {name: text for name, text in (("note", note), ("data", data)) if text}
    head = log.append(lock, action=action, run_id=run_id, manifest=manifest_sha256, **more)
    with disk.translated(root):
        if source is not None:
            if (root / run_id).exists():
                disk.discard(root / run_id)
            disk.move(source, root / run_id)
        lock.check()
        disk.replace(root / CURRENT, f"{run_id}\n".encode())
    lock.note_head(head)


def settle(lock: Lock) -> None:
    """Write down what came of an act that was interrupted, so that ``LOG`` tells the truth again.

    A move whose pointer was not replaced, and a log that lost lines, is followed by a line ``interrupted`` with the run
    that stayed current; a prune is finished.
    """
    root = lock.root
    lines = log.read_log(root)
    current = readable_current(root)
    if not lines.holds(lock.head):
        lock.note_head(log.append(lock, action="interrupted", run_id=current or "", manifest=""))
        return
    if lines.head in (lock.head, log.GENESIS):
        return
    last, head = lines.lines[-1], lines.head
    run_id = str(last["run_id"])
    if last["action"] == "prune" and run_id != current and (root / run_id).is_dir():
        with disk.translated(root):
            disk.discard(root / run_id)
    elif last["action"] in log.MOVES and run_id != current:
        lost = {} if (root / run_id).is_dir() or not run_id else {"lost": run_id}
        head = log.append(lock, action="interrupted", run_id=current or "", manifest="", **lost)
    lock.note_head(head)


def readable_current(root: Path) -> str | None:
    """Read which run is current; None when there is none or the pointer is damaged."""
    try:
        return current_id(root)
    except UnavailableError:
        return None
