"""From which input was a run made? From what it keeps; else its folder is found by ``LOG`` and proven by its print."""

from __future__ import annotations

from pathlib import Path

import loaders
from loaders.errors import UsageError
from loaders.reader import Progress
from loaders.tables import Tables
from scoring.batch.engine import Engine
from scoring.config import Config
from scoring.runs.index import StateError
from scoring.runs.run import Run
from scoring.runs.state import has_state, open_state
from scoring.updating.merging import stored_tables
from scoring.updating.origin import origin_of, read_whole


def inputs_of(run: Run, data: Path | str | None = None, progress: Progress | None = None) -> Tables:
    """Read the input that a run was made of.

    Parameters
    ----------
    run
        The run.
    data
        The folder of its tables; without it what the run keeps, else the folder that ``LOG`` names.
    progress
        As :func:`loaders.read`.

    Raises
    ------
    UsageError
        When no folder is known, or it holds other rows than those the run was made of.
    ContractError, UnavailableError
        As :func:`loaders.read`.

    Examples
    --------
    >>> import tempfile, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, table in town().items():
    ...         table.to_csv(Path(folder, f"{name}.csv"), index=False)
    ...     run = scoring.run(folder, as_of=AS_OF, runs=Path(folder, "runs"))
    ...     print(inputs_of(run).relations.num_rows)
    291
    """
    if data is None and (kept := _kept(run)) is not None:
        return kept
    origin = origin_of(run, Engine(), None if data is None else str(data))
    place = origin.folder
    if not place:
        raise UsageError(f"run {run.id} does not say which folder it was made of; name it with --data")
    if not Path(place).is_dir():
        if data is not None:
            raise UsageError(f"{place} is no folder; name the one that holds the tables run {run.id} was made of")
        raise UsageError(f"{place}, of which run {run.id} was made, is not there; name where it is now with --data")
    if origin.added:
        return read_whole(origin, {})[0]
    tables = loaders.read(place, Config.model_validate(run.manifest["config"]).load_settings, progress)
    if (found := loaders.fingerprint(tables)) != run.manifest["fingerprint"]:
        raise UsageError(
            f"{place} does not hold the rows that run {run.id} was made of: their fingerprint is {found[:16]}…, "
            f"the run's is {run.manifest['fingerprint'][:16]}…; name the folder with the same rows with --data"
        )
    return tables


def _kept(run: Run) -> Tables | None:
    """Take the input from what the run keeps of it; None where that is not there or not as it was written."""
    if not has_state(run):
        return None
    try:
        return stored_tables(open_state(run), run.table("rejects"))
    except StateError:
        return None
