"""How does an analyst come to a run? Tables in, a run out; or one that stands, opened."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import UsageError
from loaders.tables import Tables
from scoring.batch import job
from scoring.batch.engine import Engine
from scoring.desk.arguments import Data, Policy, config_of, input_of, moment_of, path_of, refuse_unknown, with_model
from scoring.desk.run import Run
from scoring.runs.run import open_run

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from scoring.batch.progress import Reporter
    from scoring.batch.stages import Rule
    from scoring.models.model import Model

ARGUMENTS = (
    *("data", "accounts", "relations", "profiles", "consents", "outcomes", "rates", "as_of", "runs", "config", "rule"),
    *("model", "resume", "force", "allow_empty", "engine", "progress"),
)


def run(
    data: Data | None = None,
    *,
    as_of: datetime | str,
    accounts: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
    profiles: pd.DataFrame | None = None,
    consents: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    rates: pd.DataFrame | None = None,
    runs: Path | str | None = None,
    config: Policy | None = None,
    rule: Rule = "vouch",
    model: Model | Path | str | None = None,
    resume: bool = False,
    force: bool = False,
    allow_empty: bool = False,
    engine: Engine | None = None,
    progress: Reporter | None = None,
    **unknown: Any,
) -> Run:
    """Which score does everybody have? Score tables, publish the run and give it.

    Parameters
    ----------
    data
        A folder with the tables, or what ``loaders.load`` gave. Without it: the DataFrames below.
    as_of
        The moment to score at, a datetime or ISO 8601 text, with an offset; later rows are set aside.
    accounts, relations, profiles, consents, outcomes, rates
        DataFrames with the columns of the contract; the first two are needed. Ids are text and come back as they were.
    runs
        Folder of the runs, made when missing; the new one is made current. Without it: a temporary folder, which goes
        away with the returned run.
    config
        A ``Config``, a TOML file, or its sections as a mapping. Without it: ``renmai.toml`` in the folder of data, as
        for ``renmai run``; else the defaults.
    rule
        ``vouch`` or, as a challenger, ``association``.
    model
        A trained model, or the file or name of one in ``models``; without it the one that the policy names, if any.
    resume
        Whether stages that an interrupted start of the same work finished are used.
    force
        Whether a shift of scores or a loss of rows is published all the same; the log tells it.
    allow_empty
        Whether an input without accepted accounts or relations is scored.
    engine
        Threads and memory.
    progress
        Is told how the work goes.

    Returns
    -------
    Run
        Published and current. The same work again gives the run that stands, verified.

    Raises
    ------
    UsageError
        When an argument is not known or cannot be used.
    ContractError, GateError
        When the input or the result does not pass; the last run stays.
    LockedError
        At once, when another process writes to the runs folder.
    UnavailableError
        When a disk fails.

    Examples
    --------
    >>> from loaders.town import town
    >>> made = run(**town(), as_of="2026-01-01T00:00:00+00:00")
    >>> made.scores.loc[made.scores.account_id == "nina", ["account_id", "score", "band"]]
      account_id  score       band
    3       nina    670  very good
    """
    refuse_unknown("run", unknown, ARGUMENTS)
    if not isinstance(engine, Engine | None):
        raise UsageError(f"engine must be a scoring.batch.engine.Engine; got {type(engine).__name__}")
    if progress is not None and not callable(getattr(progress, "stage", None)):
        raise UsageError(f"progress must be a scoring.batch.progress.Reporter; got {type(progress).__name__}")
    moment, policy = moment_of(as_of), with_model(config_of(config, data), model)
    frames = {"accounts": accounts, "relations": relations, "profiles": profiles}
    frames |= {"consents": consents, "outcomes": outcomes, "rates": rates}
    tables = input_of(data, frames, policy)
    order: dict[str, Any] = {"as_of": moment, "config": policy, "rule": rule, "resume": resume, "force": force}
    order |= {"allow_empty": allow_empty, "engine": engine, "progress": progress}
    kept = tables if isinstance(tables, Tables) else None
    if runs is not None:
        return Run.of(job.run(tables, runs=path_of("runs", runs, "a folder"), **order), kept)
    return _sheltered(tables, kept, order)


def _sheltered(tables: Tables | Path, kept: Tables | None, order: dict[str, Any]) -> Run:
    """Make a run in a temporary folder that is removed with the run, or at the end of the process."""
    folder = tempfile.mkdtemp(prefix="renmai-")
    try:
        made = Run.of(job.run(tables, runs=Path(folder), **order), kept)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(made, _remove, folder, os.getpid())
    return made


def _remove(folder: str, maker: int) -> None:
    if os.getpid() == maker:  # a forked process holds a copy of the run, but the folder is not its own
        shutil.rmtree(folder, ignore_errors=True)


def open(runs: Path | str = "runs", run_id: str | None = None, **unknown: Any) -> Run:  # noqa: A001 (said as scoring.open)
    """Which run stands? Open the current one, or the one named.

    Parameters
    ----------
    runs
        Folder of the runs.
    run_id
        Without it the run that ``CURRENT`` names.

    Returns
    -------
    Run
        Its manifest is checked; its tables are checked as they are opened.

    Raises
    ------
    UsageError
        When there is no run yet, or none of that id; the known ones are named.
    UnavailableError
        When the manifest is damaged, or ``CURRENT`` names a run that is gone.

    Examples
    --------
    >>> import tempfile
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = run(**town(), as_of=AS_OF, runs=folder)
    ...     print(open(folder).id == made.id, open(folder, made.id).manifest["rule"])
    True vouch
    """
    refuse_unknown("open", unknown, ("runs", "run_id"))
    return Run.of(open_run(path_of("runs", runs, "a folder"), run_id))
