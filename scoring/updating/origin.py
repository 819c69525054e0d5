"""Which run is updated, with which policy, and where are the files that it was made of?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import UsageError
from scoring.batch.engine import Engine
from scoring.runs.log import read_log
from scoring.runs.run import Run
from scoring.updating.terms import Terms

if TYPE_CHECKING:
    from loaders.tables import Tables
    from scoring.batch.stages import Order


@dataclass(frozen=True)
class Origin:
    """The run that is updated.

    Attributes
    ----------
    run : Run
        The run.
    terms : Terms
        Its moment, policy and rule, and its portfolio constants, which are kept.
    engine : Engine
        Threads and memory.
    folder : str
        The folder of its tables; "": none is known.
    added : tuple
        Table and path of every file that updates brought before.
    """

    run: Run
    terms: Terms
    engine: Engine
    folder: str
    added: tuple[tuple[str, str], ...]

    @property
    def updates(self) -> list[dict[str, Any]]:
        """What the manifest tells of earlier updates."""
        return list(self.run.manifest.get("updates", []))

    @cached_property
    def order(self) -> Order:
        """The policy built whole, for work that needs all of it."""
        from scoring.batch.stages import Order
        from scoring.config import stored_config
        from scoring.tabular.portfolio import Constants

        manifest = self.run.manifest
        config = stored_config(manifest).model_copy(update={"constants": self.terms.config["constants"]})
        constants = Constants.from_json(manifest["constants"])
        return Order(datetime.fromisoformat(manifest["as_of"]), config, manifest["rule"], constants, self.engine)


def origin_of(run: Run, engine: Engine, data: str | None = None) -> Origin:
    """Read off a run what an update of it needs to know.

    Parameters
    ----------
    run
        The run.
    engine
        Threads and memory.
    data
        Where the folder of its tables is now; without it where ``LOG`` says that it was.
    """
    folder, added = told(read_log(run.path.parent).data(run.id))
    return Origin(run, Terms(run.id, run.manifest), engine, data or folder, added)


def told(data: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Read what ``LOG`` tells of a run's input: a folder, and behind it the files of updates.

    Examples
    --------
    >>> told(telling("/data", [("relations", "/new.csv")])), told("/data"), told("")
    (('/data', (('relations', '/new.csv'),)), ('/data', ()), ('', ()))
    """
    if not data.startswith("["):
        return data, ()
    folder, *added = json.loads(data)
    return folder, tuple((table, path) for table, path in added)


def telling(folder: str, added: Sequence[tuple[str, str]]) -> str:
    """Tell of a run's input in ``LOG``: the opposite of :func:`told`."""
    return json.dumps([folder, *added], ensure_ascii=False)


def read_whole(origin: Origin, inputs: Mapping[str, Sequence[Any]]) -> tuple[Tables, int]:
    """Read everything from its files: the folder, what earlier updates brought, and the new files.

    Returns
    -------
    tuple
        The tables, and how many files there were before the new ones.

    Raises
    ------
    UsageError
        When the folder or a file is not known, not there, or not as it was.
    """
    from loaders.readers.source import sources
    from scoring.updating.passing import pass_everything, sources_of

    place, run = origin.folder, origin.run
    if not place or not Path(place).is_dir():
        why = f"{place}, of which it was made, is not there" if place else "it does not say of which folder it was made"
        raise UsageError(f"run {run.id} cannot be computed again: {why}; name the folder of its tables with --data")
    found, ignored = sources(place)
    files: list[tuple[str, Any]] = [(source.table, source) for source in found]
    files += [(table, source) for table, path in origin.added for source in sources_of(table, path)]
    before = len(files)
    files += [(table, source) for table, given in inputs.items() for one in given for source in sources_of(table, one)]
    tables = pass_everything(files, origin.order.settings, ignored)
    was = [file["sha256"] for file in run.manifest["inputs"]]
    was += [file["sha256"] for update in origin.updates for file in update["files"]]
    if sorted(file.sha256 for file in tables.files[:before]) != sorted(was):
        raise UsageError(
            f"{place} does not hold the files that run {run.id} was made of: their SHA-256 are others; name the folder"
            " that does with --data"
        )
    return tables, before
