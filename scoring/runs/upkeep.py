"""How are runs listed, taken back and cleared away?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loaders.errors import UnavailableError, UsageError
from scoring.runs import disk, log
from scoring.runs.draft import checked_run, manifest_sha256, whole_run
from scoring.runs.lock import Lock
from scoring.runs.pointer import make_current, readable_current, settle
from scoring.runs.run import Run, open_run, run_ids

if TYPE_CHECKING:
    from pathlib import Path


def listing(root: Path) -> list[dict[str, Any]]:
    """List the runs that stand, oldest first.

    Returns
    -------
    list of dict
        ``run_id``, ``as_of``, ``rule``, ``persons``, ``certificate``, ``made_at``, ``by``, ``current`` and ``state``
        (``whole`` as far as the manifest tells, or the sentence that says what is wrong).
    """
    made = {line["run_id"]: line for line in log.read_log(root).lines if line["action"] in ("run", "repair")}
    current = readable_current(root)
    rows = []
    for run_id in in_order(root):
        line = made.get(run_id, {})
        row = {"run_id": run_id, "current": run_id == current, "made_at": line.get("at", ""), "by": line.get("by", "")}
        try:
            manifest = open_run(root, run_id).manifest
            row |= {key: manifest.get(key) for key in ("as_of", "rule", "certificate")}
            row |= {"persons": manifest["counts"]["graph"]["persons"], "state": "whole"}
        except UnavailableError as error:
            row |= {"as_of": None, "rule": None, "certificate": None, "persons": None, "state": str(error)}
        rows.append(row)
    return rows


def in_order(root: Path) -> list[str]:
    """List the runs that stand in the order in which they were last made; those that ``LOG`` does not tell of first."""
    order = log.read_log(root).published()
    there = run_ids(root)
    return [name for name in there if name not in order] + [name for name in order if name in there]


def rollback(root: Path, run_id: str | None = None) -> Run:
    """Make an earlier run current again: the last one made before the current that stands whole, or the one named.

    Raises
    ------
    UsageError
        When there is no such run.
    UnavailableError
        When the named run is damaged.
    """
    _must_exist(root)
    with Lock(root) as lock:
        settle(lock)
        run = _earlier(root) if run_id is None else checked_run(root, run_id)
        make_current(lock, run.id, manifest_sha256(root, run.id), action="rollback")
        return run


def prune(root: Path, keep: int) -> list[str]:
    """Remove all runs but the ``keep`` newest and the current one; return the ids removed, oldest first.

    A run loses its name before its files go, so one killed in the middle leaves only whole runs.

    Raises
    ------
    UsageError
        When ``keep`` is below 1.
    UnavailableError
        When ``CURRENT`` is damaged: without knowing what is current nothing is removed.
    """
    if keep < 1:
        raise UsageError(f"--keep must be at least 1; got {keep}")
    _must_exist(root)
    with Lock(root) as lock:
        settle(lock)
        lines = log.read_log(root)
        if lines.breaks:
            raise UnavailableError(f"{lines.breaks[0]}; while it is broken nothing is removed")
        order = lines.published()
        current = open_run(root).id
        gone = [name for name in order[:-keep] if name != current and (root / name).is_dir()]
        for name in gone:
            lock.check()
            head = log.append(lock, action="prune", run_id=name, manifest="")
            with disk.translated(root / name):
                disk.discard(root / name)
            lock.note_head(head)
        return gone


def _earlier(root: Path) -> Run:
    order = log.read_log(root).published()
    current = readable_current(root)
    before = order[: order.index(current)] if current in order else order
    for name in reversed(before):
        run = whole_run(root, name)
        if run is not None:
            return run
    raise UsageError(f"{root} has no run before {current or 'the current one'} that stands; known: {', '.join(order)}")


def _must_exist(root: Path) -> None:
    if not root.is_dir():
        raise UsageError(f"{root} is no folder of runs; `renmai run DATA --as-of TIME --runs {root}` makes one")
