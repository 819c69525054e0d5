"""How do new rows come into a run from Python? What ``renmai update`` does, with DataFrames as well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from loaders.errors import UsageError
from scoring.batch.engine import Engine
from scoring.desk.arguments import moment_of, path_of, refuse_unknown
from scoring.desk.run import Run
from scoring.updating import job

if TYPE_CHECKING:
    from datetime import datetime

    from scoring.batch.progress import Reporter

New = pd.DataFrame | Path | str
"""A DataFrame, a CSV or Parquet file, or a folder of parts."""
ARGUMENTS = (
    *("relations", "profiles", "outcomes", "consents", "as_of", "runs", "force", "data", "engine", "progress"),
)  # fmt: skip


def update(
    relations: New | None = None,
    *,
    profiles: New | None = None,
    outcomes: New | None = None,
    consents: New | None = None,
    as_of: datetime | str | None = None,
    runs: Path | str = "runs",
    force: bool = False,
    data: Path | str | None = None,
    engine: Engine | None = None,
    progress: Reporter | None = None,
    **unknown: Any,
) -> Run:
    """Which score has everybody with these new rows? Bring them into the current run and give the new one.

    Policy and portfolio constants stay those of the run; the result is what a full run of all rows with these constants
    gives, to the byte of its four result tables. ``manifest["updates"][-1]`` tells how many ties, holders and scores
    were touched, and why everything was computed, if it was.

    Parameters
    ----------
    relations, profiles, outcomes, consents
        New rows with the columns of the contract; rows that were there before are passed over.
    as_of
        Another moment than the run's, a datetime or ISO 8601 text with an offset; then everything is computed.
    runs
        Folder of the runs.
    force
        Whether a shift of scores or a loss of rows is published all the same; the log tells it.
    data
        Where the folder is now that the run was made of; needed only when the run's state cannot be used.
    engine
        Threads and memory.
    progress
        Is told how the work goes.

    Returns
    -------
    Run
        Published and current; the run before where nothing was new.

    Raises
    ------
    UsageError
        When there is no run or nothing to bring in, or the whole input is needed and not found.
    ContractError, GateError
        When the new rows or the result do not pass; the run stays.
    LockedError
        At once, when another process writes to the runs folder.
    UnavailableError
        When a disk fails.

    Examples
    --------
    >>> import tempfile, scoring
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> late = tables["relations"].tail(9)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, table in {**tables, "relations": tables["relations"].iloc[:-9]}.items():
    ...         table.to_csv(Path(folder, f"{name}.csv"), index=False)
    ...     before = scoring.run(folder, as_of=AS_OF, runs=Path(folder, "runs"))
    ...     after = update(late, runs=Path(folder, "runs"))
    ...     print(after.manifest["base"] == before.id, after.manifest["updates"][-1]["new"])
    True 9
    """
    refuse_unknown("update", unknown, ARGUMENTS)
    if not isinstance(engine, Engine | None):
        raise UsageError(f"engine must be a scoring.batch.engine.Engine; got {type(engine).__name__}")
    given = {"relations": relations, "profiles": profiles, "outcomes": outcomes, "consents": consents}
    inputs = {table: [_new(table, one)] for table, one in given.items() if one is not None}
    done = job.update(
        inputs,
        runs=path_of("runs", runs, "a folder"),
        as_of=None if as_of is None else moment_of(as_of),
        force=force,
        data=None if data is None else str(path_of("data", data, "a folder")),
        engine=engine,
        progress=progress,
    )
    return Run.of(done.run)


def _new(table: str, given: New) -> New:
    return given if isinstance(given, pd.DataFrame) else path_of(table, given, "a file")
