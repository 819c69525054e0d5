"""Is everything in the runs folder exactly as it was written? Every byte, the chain, the pointer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.errors import RenmaiError
from scoring.runs import index, lock, log, state
from scoring.runs import manifest as manifests
from scoring.runs.draft import manifest_sha256
from scoring.runs.run import current_id, open_run, run_ids

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_STANDS = "The results stand; `renmai update` reads the input of this run anew"


@dataclass(frozen=True)
class Verification:
    """What ``verify`` found.

    Attributes
    ----------
    runs : tuple of str
        The runs checked.
    files : int
        Files checked, manifests included.
    problems : tuple of str
        One sentence for each thing that is not as it was written; empty when all is well.
    notes : tuple of str
        What an interrupted writer left, which the next run settles.
    """

    runs: tuple[str, ...]
    files: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def verify(root: Path, run_id: str | None = None) -> Verification:
    """Check one run, or all runs with the log's chain and the pointer.

    Parameters
    ----------
    root : Path
        The runs folder.
    run_id : str, optional
        Only this run.

    Raises
    ------
    UsageError
        When there is no such run.
    """
    if not root.is_dir():
        open_run(root)  # tells how to make the first
    lines = log.read_log(root)
    names = run_ids(root) if run_id is None else [open_run(root, run_id).id]
    problems: list[str] = []
    files = 0
    for name in names:
        found, count = _check_run(root, name, lines.manifests().get(name))
        problems += found
        files += count
    notes: list[str] = []
    if run_id is None:
        head = lock.read_head(root)
        problems += [*lines.breaks, *_check_log(root, lines, head), *_check_folders(root, lines, head)]
        problems += _check_pointer(root, lines, head)
        if lines.open_line(head) is not None:
            notes.append(f"{root / log.NAME}: the last act was interrupted; the next run settles it")
    return Verification(tuple(names), files, tuple(problems), tuple(notes))


def _check_run(root: Path, name: str, logged: str | None) -> tuple[list[str], int]:
    try:
        run = open_run(root, name)
    except RenmaiError as error:
        return [str(error)], 1
    problems = []
    if logged is not None and manifest_sha256(root, name) != logged:
        problems.append(f"{run.path / manifests.NAME} is not the one that {log.NAME} names: it was rewritten")
    for table in run.names:
        try:
            run.table(table, columns=[])
        except RenmaiError as error:
            problems.append(str(error))
    listed = {manifests.NAME, *(f"{table}.parquet" for table in run.names)}
    there = sorted(run.path.iterdir())
    problems += [f"{path} is not listed in the manifest" for path in there if path.name not in {*listed, index.FOLDER}]
    if state.has_state(run):
        problems += [f"{sentence}. {_STANDS}" for sentence in state.damages(run.path / index.FOLDER)]
        listed |= {path.name for path in (run.path / index.FOLDER).iterdir()}
    return problems, len(listed)


def _check_log(root: Path, lines: log.Log, head: str) -> Iterator[str]:
    path = root / log.NAME
    if lines.torn:
        yield f"{path} ends in {lines.torn} bytes without an end of line: cut or changed; the next run removes them"
    if head and head not in {line["hash"] for line in lines.lines[-2:]}:
        yield f"{path} does not end with the line that the last writer finished: lines were removed or changed"


def _check_folders(root: Path, lines: log.Log, head: str) -> Iterator[str]:
    there, logged = set(run_ids(root)), set(lines.published())
    last = lines.open_line(head) or {}
    undecided = {last.get("run_id")} if last.get("action") in ("run", "repair", "prune") else set()
    for name in sorted(logged - there - undecided):
        yield f"{root / name} is missing though {log.NAME} does not tell that it was pruned"
    for name in sorted(there - logged - undecided):
        yield f"{root / name} is not in {log.NAME}: no writer of ours made it"


def _check_pointer(root: Path, lines: log.Log, head: str) -> Iterator[str]:
    try:
        current = current_id(root) or ""
    except RenmaiError as error:
        yield str(error)
        return
    allowed = lines.current(head)
    if current not in allowed:
        named = " or ".join(name or "none" for name in allowed)
        yield f"{root}/CURRENT names {current or 'no run'}; by {log.NAME} it must be {named}"
    if current and current not in run_ids(root):
        yield f"{root}/CURRENT names {current}, which is not there"
