"""What was done to the runs folder, when and by whom? ``LOG``: one JSON line per act, each chained to the one before.

``hash`` of a line is SHA-256 over the previous line's hash and the line's own content, so changing, dropping or
swapping lines breaks the chain. A line is written *before* its act is done; the lock file's ``head`` names the last
line whose act is finished, so an interrupted act is told from a tampered pointer. A last line cut by a crash
was never acted on: readers report it, the next writer removes it.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scoring.runs import disk
from scoring.runs.manifest import canonical, sha256

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.runs.lock import Lock

NAME = "LOG"
GENESIS = "0" * 64
MOVES = ("run", "repeat", "repair", "rollback", "interrupted")
"""Acts after which ``CURRENT`` names the line's run."""


@dataclass(frozen=True)
class Log:
    """The lines of one ``LOG``, oldest first.

    Attributes
    ----------
    lines : tuple of dict
        ``action``, ``at``, ``by``, ``fence``, ``manifest``, ``note``, ``run_id``, ``previous``, ``hash``.
    torn : int
        Bytes after the last line's end (0 in a whole log).
    breaks : tuple of str
        One sentence for each line that breaks the chain.
    """

    lines: tuple[dict[str, Any], ...]
    torn: int
    breaks: tuple[str, ...]

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return str(self.lines[-1]["hash"]) if self.lines else GENESIS

    def holds(self, head: str) -> bool:
        """Say whether the line that the last writer finished is here; without one on record nothing can be missing."""
        return not head or any(line["hash"] == head for line in self.lines)

    def open_line(self, head: str) -> dict[str, Any] | None:
        """Give the last line when ``head``, the last finished one on record, is the line before it or unknown."""
        if not self.lines or head == self.head:
            return None
        before = self.lines[-2]["hash"] if len(self.lines) > 1 else ""
        return self.lines[-1] if head in (before, "") or not before else None

    def current(self, head: str) -> tuple[str, ...]:
        """Say which run ``CURRENT`` must name ("": none); two while the last act is not known to be finished."""
        moves = ["", *(str(line["run_id"]) for line in self.lines if line["action"] in MOVES)]
        last = self.open_line(head)
        return tuple(moves[-2:]) if last is not None and last["action"] in MOVES else (moves[-1],)

    def manifests(self) -> dict[str, str]:
        """Give each logged run's manifest SHA-256, as its last line states it."""
        return {line["run_id"]: line["manifest"] for line in self.lines if line.get("manifest")}

    def data(self, run_id: str) -> str:
        """Name the folder that a run was last made of; "" where no line tells it."""
        told = [str(line["data"]) for line in self.lines if line["run_id"] == run_id and line.get("data")]
        return told[-1] if told else ""

    def published(self) -> list[str]:
        """List the runs in the order in which they were last made, pruned ones and lost ones left out."""
        order: dict[str, None] = {}
        for line in self.lines:
            if line["action"] in ("run", "repeat", "repair"):
                order.pop(line["run_id"], None)
                order[line["run_id"]] = None
            elif line["action"] == "prune":
                order.pop(line["run_id"], None)
            order.pop(line.get("lost", ""), None)
        return list(order)


def read_log(root: Path) -> Log:
    """Read ``LOG`` of a runs folder and check its chain; a missing one is empty."""
    path = root / NAME
    with disk.translated(path):
        content = path.read_bytes() if path.exists() else b""
    whole, _, tail = content.rpartition(b"\n")
    lines: list[dict[str, Any]] = []
    breaks: list[str] = []
    previous = GENESIS
    for number, text in enumerate(whole.split(b"\n") if whole else [], start=1):
        line = _parse(text)
        if line is None or line["previous"] != previous or line["hash"] != _hash(line) or text != canonical(line):
            breaks.append(f"{path} line {number} was changed, or a line before it is missing: the chain breaks there")
        if line is not None:
            lines.append(line)
            previous = line["hash"]
    return Log(tuple(lines), len(tail), tuple(breaks))


def append(lock: Lock, *, action: str, run_id: str, manifest: str, **more: str) -> str:
    """Add one line durably and return its hash.

    Parameters
    ----------
    lock : Lock
        The held lock of the runs folder.
    action : str
        ``run``, ``repeat``, ``repair``, ``rollback``, ``prune``, ``interrupted``, ``publish`` or
        ``rollback published``.
    run_id : str
        The run that it concerns.
    manifest : str
        SHA-256 of the run's ``manifest.json``.
    **more : str
        ``note``, ``data`` (the folder a run was made of) and whatever else the act should tell; never the id of a
        person or account.

    Raises
    ------
    UnavailableError
        When the disk fails; a half-written line is taken back.

    Notes
    -----
    After a broken line the chain goes on from the last readable one, after lost lines from the one that was lost: the
    break stays visible to ``renmai verify`` for ever, and a damaged log does not stop tonight's batch.
    """
    path = lock.root / NAME
    log = read_log(lock.root)
    line = {
        "action": action,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": _user(),
        "fence": lock.fence,
        "manifest": manifest,
        "previous": log.head if log.holds(lock.head) else lock.head,
        "run_id": run_id,
        **more,
    }
    line["hash"] = _hash(line)
    _append(path, canonical(line) + b"\n", log.torn)
    return str(line["hash"])


def _append(path: Path, content: bytes, torn: int) -> None:
    with disk.translated(path):
        created = not path.exists()
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, disk.FILE_MODE)
        try:
            size = os.fstat(fd).st_size - torn
            if torn:
                os.ftruncate(fd, size)
            try:
                disk.write_all(fd, content)
                os.fsync(fd)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(fd, size)
                raise
        finally:
            os.close(fd)
        if created:
            disk.sync_folder(path.parent)


def _hash(line: dict[str, Any]) -> str:
    body = {key: value for key, value in line.items() if key not in ("hash", "previous")}
    return sha256(str(line["previous"]).encode() + b"\n" + canonical(body))


def _parse(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    needed = {"action", "hash", "previous", "run_id"}
    return line if isinstance(line, dict) and needed <= line.keys() else None


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
