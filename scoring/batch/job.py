"""How do tables become a published run? Named stages, one after the other, safe to kill at any moment.

read → tie → propagate → score → gate → write → make current. Finished stages are laid down, so that a start with
``resume`` goes on where the last one ended; the run itself appears whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import loaders
from loaders.errors import UsageError
from loaders.readers.source import sources
from loaders.tables import Tables
from scoring.batch import facts, stages
from scoring.batch.compilation import compiling_told
from scoring.batch.engine import Engine
from scoring.batch.forecast import Forecast, forecast
from scoring.batch.gates import refuse_empty
from scoring.batch.machine import bytes_of, limited, refuse_tight_limit
from scoring.batch.progress import Reporter, Silence
from scoring.batch.stages import RULES, Order, Rule
from scoring.batch.work import Allowance, Work
from scoring.config import Config, load_config
from scoring.runs.draft import clear_orphans, whole_run
from scoring.runs.lock import Lock
from scoring.runs.run import Run, open_run
from scoring.tabular.portfolio import Constants

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Plan:
    """What a run would do: see ``plan``.

    Attributes
    ----------
    run_id : str
        The id it would have.
    stands : bool
        Whether that run stands already.
    counts : dict
        Per table: records, accepted, rejected, blank, used, after_as_of, pending and reasons.
    persons, accounts : int
        Who would be scored, and how many accounts of theirs.
    """

    run_id: str
    stands: bool
    counts: dict[str, dict[str, Any]]
    persons: int
    accounts: int


def run(
    data: Path | str | Tables,
    *,
    as_of: datetime,
    runs: Path | str,
    config: Config | None = None,
    rule: Rule = "vouch",
    resume: bool = False,
    force: bool = False,
    allow_empty: bool = False,
    engine: Engine | None = None,
    progress: Reporter | None = None,
) -> Run:
    """Score tables and make the run current.

    Parameters
    ----------
    data : Path or Tables
        A folder with the tables, or what ``loaders.load`` gave.
    as_of : datetime
        The moment to score at, with an offset; later rows are set aside.
    runs : Path
        The runs folder; created when missing.
    config : Config, optional
        The policy; the defaults without it.
    rule : str
        ``vouch`` or, as a challenger, ``association``.
    resume : bool
        Whether stages that an interrupted start of the same work finished are used.
    force : bool
        Whether a shift of scores or a loss of rows is published all the same; the log tells it.
    allow_empty : bool
        Whether an input without accepted accounts or relations is scored.
    engine : Engine, optional
        Threads and memory.
    progress : Reporter, optional
        Is told how the work goes.

    Returns
    -------
    Run
        Published and current. The same work again gives the run that stands, verified.

    Raises
    ------
    ContractError, GateError
        When the input or the result does not pass; the last run stays.
    LockedError
        At once, when another process writes to the runs folder.
    UnavailableError
        When a disk fails.

    Examples
    --------
    >>> import tempfile, loaders
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     print(made.manifest["counts"]["graph"]["persons"], len(made.scores))
    12 13
    """
    root = Path(runs)
    order = _order(as_of, config, rule, root, engine)
    data = data if isinstance(data, Tables) else Path(data)
    if isinstance(data, Path):
        sources(data)  # a folder that is none of ours is told before anything is made
    with Lock(root) as lock:
        clear_orphans(lock)
        allowance = Allowance(resume=resume, force=force, allow_empty=allow_empty or order.config.gate.allow_empty)
        told = progress or Silence()
        with limited(order.engine.memory), compiling_told(told.note):
            return Work(lock, order, data, allowance, told).publish()


def plan(
    data: Path | str | Tables,
    *,
    as_of: datetime,
    runs: Path | str,
    config: Config | None = None,
    rule: Rule = "vouch",
    allow_empty: bool = False,
    engine: Engine | None = None,
) -> Plan:
    """Tell what ``run`` would do: read and gate the input, write nothing.

    Raises
    ------
    ContractError, GateError
        When the input does not pass.
    """
    root = Path(runs)
    order = _order(as_of, config, rule, root, engine)
    tables = data if isinstance(data, Tables) else loaders.read(Path(data), order.settings)
    loaders.check_rates(tables, order.config.load_settings)
    refuse_empty(
        {name: counts.accepted for name, counts in tables.counts.items()},
        allow_empty=allow_empty or order.config.gate.allow_empty,
    )
    known = stages.know(tables, order)
    run_id = facts.name_run(loaders.fingerprint(tables), order)
    persons = known.assessment.holders
    owned = known.snapshot.accounts["holder_id"].to_pylist()
    scored = set(persons.to_pylist())
    return Plan(
        run_id,
        whole_run(root, run_id) is not None,
        facts.table_counts(tables, known.snapshot.counts),
        len(persons),
        sum(holder in scored for holder in owned),
    )


def expect(data: Path | str | Tables, config: Config | None = None, threads: int | None = None) -> Forecast:
    """Tell what a run will probably take, from the sizes of its files alone.

    Parameters
    ----------
    data
        As for ``run``.
    config, threads
        With how many threads: those given, else those of the policy.
    """
    threads = threads or (config or load_config(None)).engine.threads
    return forecast(data if isinstance(data, Tables) else Path(data), threads)


def _order(as_of: datetime, config: Config | None, rule: str, root: Path, engine: Engine | None) -> Order:
    if as_of.utcoffset() is None:
        raise UsageError(f"as_of must have an offset; got {as_of.isoformat()}")
    if rule not in RULES:
        raise UsageError(f"rule must be one of {', '.join(RULES)}; got {rule!r}")
    engine = engine or Engine()
    if engine.threads is not None and engine.threads < 1:
        raise UsageError(f"threads must be at least 1; got {engine.threads}")
    if engine.memory is not None:
        bytes_of(engine.memory)
    refuse_tight_limit()
    config = config or load_config(None)
    constants = None
    if config.constants != "run":
        constants = Constants.from_json(open_run(root, config.constants).manifest["constants"])
    return Order(as_of, config, rule, constants, engine)
