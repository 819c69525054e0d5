"""What will an update read first? Compared with what was written while its libraries are still being loaded.

Loading libraries keeps one core busy, hashing keeps another: side by side they take the time of one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from loaders.errors import RenmaiError
from scoring.runs.blocks import BLOCK, Checked
from scoring.runs.index import FOLDER, read_index
from scoring.runs.run import open_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = ("accounts.arrow", "ids.arrow", "relations.arrow", "people.arrow", "persons.arrow", "ends.arrow")
"""In the order in which an update needs them."""
_begun: dict[Path, Checked] = {}


def look_ahead(root: Path, threads: int = 1) -> None:
    """Begin to compare the state of the current run; what is wrong with it is told by who reads it."""
    _begun.clear()
    try:
        run = open_run(root)
        files = read_index(run.path / FOLDER, run.id)["files"]
    except RenmaiError:
        return
    pool = ThreadPoolExecutor(threads)
    for name in FILES:
        if name in files:
            listed = files[name]
            found = Checked(run.path / FOLDER / name, listed)
            every = [[0, -(-int(listed["bytes"]) // BLOCK)]]
            found.begin({block for span in listed.get("first", every) for block in range(*span)}, pool)
            _begun[found.path] = found


def begun(path: Path, listed: Mapping[str, Any]) -> Checked:
    """Give a file of a state, as far as it was compared ahead."""
    found = _begun.pop(path, None)
    return found if found is not None and found.is_of(listed) else Checked(path, listed)
