"""In which order does a batch work, and what does each stage make of the one before? read → tie → propagate → score.

Each stage is a function from frozen values to a frozen value; nothing here knows of folders, locks or progress.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from graph.credit_graph import CreditGraph
from graph.distress import severity
from graph.payments import payments
from graph.ties import Ties, ties
from loaders.asof import Snapshot, at
from loaders.contract import DIMENSIONS
from loaders.errors import GateError, RenmaiError
from scoring.bands import band_of
from scoring.batch.engine import Engine
from scoring.batch.machine import part_for_checks
from scoring.combination import combine
from scoring.runs.columns import SCHEMAS
from scoring.standing import stand
from scoring.tabular.persons import place_of
from scoring.tabular.portfolio import Assessment, Constants, assess

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import numpy as np
    import numpy.typing as npt

    from loaders.settings import LoadSettings
    from loaders.tables import Tables
    from scoring.config import Config

Rule = Literal["vouch", "association"]
RULES: tuple[Rule, ...] = ("vouch", "association")
STAGES = ("read", "tie", "propagate", "score", "gate", "write", "make current")


@dataclass(frozen=True)
class Order:
    """What is asked of a batch.

    Attributes
    ----------
    as_of : datetime
        The moment to score at, with an offset.
    config : Config
        The policy.
    rule : str
        ``vouch`` or ``association``.
    constants : Constants or None
        Portfolio constants of an earlier run; None computes them.
    engine : Engine
        Threads and memory.
    """

    as_of: datetime
    config: Config
    rule: Rule
    constants: Constants | None = None
    engine: Engine = field(default_factory=Engine)

    @property
    def settings(self) -> LoadSettings:
        """How the input is read."""
        settings = self.config.load_settings
        return replace(
            settings,
            duckdb_threads=self.engine.threads or settings.duckdb_threads,
            duckdb_memory=part_for_checks(self.engine.memory) if self.engine.memory else settings.duckdb_memory,
        )


@dataclass(frozen=True)
class Known:
    """What was known at ``as_of``, and what each person is worth on its own."""

    snapshot: Snapshot
    assessment: Assessment


@dataclass(frozen=True)
class Tied:
    """The ties between persons and what became of the relations (counts)."""

    ties: Ties
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Propagated:
    """Where everyone stands: ``standing`` and ``contributions`` as in the run, and how the iteration ended.

    ``blame`` has one row per person: its own severity d, responsible_id, whose outcome falls back on it, and
    responsible_severity.
    """

    standing: pa.Table
    contributions: pa.Table
    blame: pa.Table
    convergence: Mapping[str, Any]


def know(tables: Tables, order: Order) -> Known:
    """Set aside what is later than ``as_of`` and assess everyone's own evidence."""
    snapshot = at(tables, order.as_of, threads=order.engine.threads)
    assessment = assess(snapshot, order.config, order.constants, threads=order.engine.threads)
    return Known(snapshot, assessment)


def forget_relations(known: Known) -> Known:
    """Let go of the log, which nothing after the ties reads."""
    return replace(known, snapshot=replace(known.snapshot, relations=known.snapshot.relations.schema.empty_table()))


def tie(known: Known, order: Order) -> Tied:
    """Sum all money between two persons up to one tie each way."""
    rules, base, threads = order.config.ties, order.config.data.base_currency, order.engine.threads
    found = payments(known.snapshot, base_currency=base, parameters=rules, threads=threads)
    made = ties(found, known.assessment.scale, order.as_of, rules, threads=threads)
    return Tied(made, dict(found.counts))


def spread(known: Known, tied: Tied, order: Order) -> Propagated:
    """Let credit flow along the ties, and what went wrong fall back.

    Raises
    ------
    GateError
        When the iteration did not come to its end: such standings are never published.
    """
    holders = known.assessment.holders
    network = CreditGraph(holders, tied.ties, order.config.ties)
    return spread_over(network, known.assessment, severity(known.snapshot, holders, order.config.propagation), order)


def spread_over(
    network: CreditGraph, assessment: Assessment, bad: Any, order: Order, start: Any | None = None
) -> Propagated:
    """Let credit flow along ties that are at hand; ``bad`` are the severities, ``start`` saves steps of rule vouch."""
    holders = network.holders
    try:
        found = stand(network, assessment, bad, order.config, order.rule, start=start, threads=order.engine.threads)
    except ValueError as error:
        raise RenmaiError(f"propagation stopped: {_named(str(error), holders)}; nothing was published") from error
    convergence = found.convergence
    if not convergence["converged"]:
        raise GateError(
            f"rule {order.rule} did not converge in {convergence['iterations']} iterations: the last change was"
            f" {convergence['last_change']:g}, the certificate {convergence['certificate']:g}; nothing was published."
            " Allow more with propagation.max_iterations"
        )
    columns = {
        "holder_id": holders,
        "evidence": assessment.evidence,
        "standing": found.standing,
        "lift": found.standing - assessment.evidence,
        "distress": found.distress,
        "credibility": assessment.credibility,
    }
    table = pa.table(columns, schema=SCHEMAS["standing"])
    return Propagated(table, found.contributions, _blame(found.fell.culprit, bad, holders), convergence)


def score(known: Known, propagated: Propagated, order: Order) -> pa.Table:
    """Combine dimensions and standing: the ``scores`` of a run, one row per open account of a person."""
    standing = propagated.standing
    table = combine(known.assessment, standing["standing"].to_numpy(), standing["distress"].to_numpy(), order.config)
    accounts, row = _accounts_of_persons(known.snapshot, table.holders)
    columns: dict[str, Any] = {"account_id": accounts["account_id"], "holder_id": accounts["holder_id"]}
    own = known.assessment
    numbers: dict[str, Any] = {name: own.dimensions[:, number] for number, name in enumerate(DIMENSIONS)}
    numbers |= {f"points_{name}": table.points[:, number] for number, name in enumerate((*DIMENSIONS, "connections"))}
    numbers |= {name: getattr(table, name) for name in ("score", "connections", "tabular", "thin")}
    numbers |= {"history_months": own.months}
    columns |= {name: pa.array(values[row]) for name, values in numbers.items()}
    columns |= {"band": band_of(columns["score"].to_numpy(), order.config)}
    return pa.table({name: columns[name] for name in SCHEMAS["scores"].names}, schema=SCHEMAS["scores"])


def _accounts_of_persons(snapshot: Snapshot, persons: pa.StringArray) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Give the open accounts of persons, and the place of each one's holder among the persons."""
    accounts = snapshot.accounts.select(["account_id", "holder_id"])
    rows = None if snapshot.owners is None else snapshot.owners.holder[snapshot.owners.holder >= 0]
    place = place_of(accounts["holder_id"], rows, snapshot, persons)
    theirs = place >= 0
    return accounts.filter(pa.array(theirs)), place[theirs]


def _blame(culprit: Any, bad: Any, holders: pa.StringArray) -> pa.Table:
    nobody = culprit < 0
    severity_of = pa.array(bad[culprit], mask=nobody) if len(bad) else pa.array([], pa.float64())
    return pa.table(
        {
            "severity": pa.array(bad),
            "responsible_id": holders.take(pa.array(culprit, mask=nobody)),
            "responsible_severity": severity_of,
        }
    )


def _named(sentence: str, holders: pa.StringArray) -> str:
    """Replace the kernel's "holder 17" by the holder's id."""
    return re.sub(r"holder (\d+)", lambda found: f"holder {holders[int(found[1])].as_py()}", sentence)
