"""Which files belong to a run's state, and which bytes should they have? Its index, ``state.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from loaders.errors import UnavailableError
from scoring.runs import disk
from scoring.runs.manifest import canonical, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "state"
NAME = "state.json"
FORMAT = 3
"""Another number whenever a file holds something else, and so when ids are hashed otherwise."""


class StateError(UnavailableError):
    """A run's state that cannot be used: a file of it is missing, damaged, of another run or of another release."""


def write_index(folder: Path, run_id: str, facts: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> None:
    """Write ``state.json``, after which the state is whole."""
    body = {"facts": dict(facts), "files": dict(files), "format": FORMAT, "run_id": run_id}
    disk.write_new(folder / NAME, canonical({**body, "sha256": sha256(canonical(body))}))


def read_index(folder: Path, run_id: str) -> dict[str, Any]:
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
