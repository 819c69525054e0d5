"""In which order does a batch work, and what does each stage make of the one before? read → tie → propagate → score.

Each stage is a function from frozen values to a frozen value; nothing here knows of folders, locks or progress.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.association import association
from graph.credit_graph import CreditGraph
from graph.distress import DistressResult, distress, severity
from graph.payments import payments
from graph.propagation import propagate
from graph.ties import Ties, ties
from loaders.asof import Snapshot, at
from loaders.contract import DIMENSIONS
from loaders.errors import GateError, RenmaiError
from scoring.combination import combine
from scoring.runs.columns import SCHEMAS
from scoring.tabular.portfolio import Assessment, Constants, assess

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from loaders.settings import LoadSettings
    from loaders.tables import Tables
    from scoring.config import Config

Rule = Literal["vouch", "association"]
RULES: tuple[Rule, ...] = ("vouch", "association")
STAGES = ("read", "tie", "propagate", "score", "gate", "write", "make current")


@dataclass(frozen=True)
class Engine:
    """How much of the machine a batch may use; it changes no bit of any result.

    Attributes
    ----------
    threads : int or None
        Threads of the gate and the kernels, at least 1; None: as many as they find.
    memory : str or None
        Memory of the gate, as DuckDB writes it, such as ``2GB``; more than that goes to disk.
    """

    threads: int | None = None
    memory: str | None = None


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
    engine: Engine = Engine()

    @property
    def settings(self) -> LoadSettings:
        """How the input is read."""
        settings = self.config.load_settings
        return replace(
            settings,
            duckdb_threads=self.engine.threads or settings.duckdb_threads,
            duckdb_memory=self.engine.memory or settings.duckdb_memory,
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
    snapshot = at(tables, order.as_of)
    assessment = assess(snapshot, order.config, order.constants)
    return Known(snapshot, assessment)


def forget_relations(known: Known) -> Known:
    """Let go of the log, which nothing after the ties reads."""
    return replace(known, snapshot=replace(known.snapshot, relations=known.snapshot.relations.schema.empty_table()))


def tie(known: Known, order: Order) -> Tied:
    """Sum all money between two persons up to one tie each way."""
    found = payments(known.snapshot, base_currency=order.config.data.base_currency, parameters=order.config.ties)
    made = ties(found, known.assessment.scale, order.as_of, order.config.ties)
    return Tied(made, dict(found.counts))


def spread(known: Known, tied: Tied, order: Order) -> Propagated:
    """Let credit flow along the ties, and what went wrong fall back.

    Raises
    ------
    GateError
        When the iteration did not come to its end: such standings are never published.
    """
    assessment, parameters = known.assessment, order.config.propagation
    holders = assessment.holders
    network = CreditGraph(holders, tied.ties, order.config.ties)
    bad = severity(known.snapshot, holders, parameters)
    try:
        found = (
            _vouch(network, assessment, bad, order)
            if order.rule == "vouch"
            else _associate(network, assessment, bad, order)
        )
    except ValueError as error:
        raise RenmaiError(f"propagation stopped: {_named(str(error), holders)}; nothing was published") from error
    standing, fell, contributions, convergence = found
    if not convergence["converged"]:
        raise GateError(
            f"rule {order.rule} did not converge in {convergence['iterations']} iterations: the last change was"
            f" {convergence['last_change']:g}, the certificate {convergence['certificate']:g}; nothing was published."
            " Allow more with propagation.max_iterations"
        )
    columns = {
        "holder_id": holders,
        "evidence": assessment.evidence,
        "standing": standing,
        "lift": standing - assessment.evidence,
        "distress": fell.distress,
        "credibility": assessment.credibility,
    }
    table = pa.table(columns, schema=SCHEMAS["standing"])
    return Propagated(table, contributions, _blame(fell.culprit, bad, holders), convergence)


def score(known: Known, propagated: Propagated, order: Order) -> pa.Table:
    """Combine dimensions and standing: the ``scores`` of a run, one row per open account of a person."""
    standing = propagated.standing
    table = combine(known.assessment, standing["standing"].to_numpy(), standing["distress"].to_numpy(), order.config)
    accounts = known.snapshot.accounts.select(["account_id", "holder_id"])
    place = pc.index_in(accounts["holder_id"], value_set=table.holders)
    accounts, row = accounts.filter(place.is_valid()), place.drop_null()
    columns: dict[str, Any] = {"holder_id": table.holders, "score": table.score, "band": table.band}
    columns |= {name: known.assessment.dimensions[:, number] for number, name in enumerate(DIMENSIONS)}
    columns |= {"connections": table.connections}
    columns |= {f"points_{name}": table.points[:, number] for number, name in enumerate((*DIMENSIONS, "connections"))}
    columns |= {"tabular": table.tabular, "thin": table.thin, "history_months": known.assessment.months}
    wanted = [field for field in SCHEMAS["scores"] if field.name != "account_id"]
    arrays = [pa.array(columns[field.name]).cast(field.type) for field in wanted]
    persons = pa.Table.from_arrays(arrays, schema=pa.schema(wanted))
    return persons.take(row).add_column(0, SCHEMAS["scores"].field("account_id"), accounts["account_id"])


def _vouch(
    network: CreditGraph, assessment: Assessment, bad: Any, order: Order
) -> tuple[Any, DistressResult, pa.Table, Any]:
    found = propagate(
        network,
        assessment.evidence,
        assessment.months,
        severity=bad,
        lift_allowed=assessment.lift_allowed,
        distress_allowed=assessment.distress_allowed,
        scale_withheld=assessment.scale_withheld,
        parameters=order.config.propagation,
        threads=order.engine.threads,
    )
    support, result = network.by_payee, found.vouch
    given = np.flatnonzero(found.contributions > 0)
    columns = {
        "holder_id": network.holders.take(pa.array(support.row[given])),
        "supporter_id": network.holders.take(pa.array(support.indices[given])),
        "contribution": found.contributions[given],
    }
    convergence = {
        "certificate": float(result.certificate),
        "converged": bool(result.converged),
        "iterations": int(result.iterations),
        "last_change": float(result.last_change),
    }
    return result.standing, found.distress, pa.table(columns, schema=SCHEMAS["contributions"]), convergence


def _associate(
    network: CreditGraph, assessment: Assessment, bad: Any, order: Order
) -> tuple[Any, DistressResult, pa.Table, Any]:
    parameters = order.config.propagation
    result = association(network, assessment.evidence, assessment.months, parameters=parameters)
    standing = np.where(assessment.lift_allowed, result.standing, assessment.evidence)
    fell = distress(network, bad, assessment.distress_allowed, assessment.scale_withheld, parameters)
    convergence = {
        "certificate": float(result.certificate),
        "converged": bool(result.converged),
        "iterations": int(result.iterations),
        "last_change": float(result.residual),
    }
    return standing, fell, SCHEMAS["contributions"].empty_table(), convergence


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
