"""Which results does the whole input give, when nothing may be taken over from the run before?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scoring.batch import facts, stages
from scoring.batch import tables as kept
from scoring.batch.connections import permit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from loaders.tables import Tables
    from scoring.batch.progress import Reporter
    from scoring.batch.stages import Order


@dataclass(frozen=True)
class Outcome:
    """What an update came to, whichever way.

    Attributes
    ----------
    results : dict
        The run's tables by name.
    about : dict
        What the manifest tells of order, counts, certificate and inputs.
    accepted : dict
        Accepted rows per table, for the gate.
    touched : dict
        How many ties, holders and scores were touched.
    ends : tuple of int32 arrays
        Places of the payer and the payee of every tie.
    """

    results: Mapping[str, pa.Table]
    about: dict[str, Any]
    accepted: Mapping[str, int]
    touched: Mapping[str, int]
    ends: tuple[Any, Any]


def recompute(tables: Tables, order: Order, reporter: Reporter) -> Outcome:
    """Do all stages of a run on the whole input."""
    order, asked = _permitted(order, tables, reporter)
    known = stages.know(tables, order)
    tied = stages.tie(known, order)
    counts: dict[str, Any] = {"tables": facts.table_counts(tables, known.snapshot.counts)}
    propagated = stages.spread(known, tied, order)
    scores = stages.score(known, propagated, order)
    counts["graph"] = facts.graph_counts(known, tied, scores)
    convergence = dict(propagated.convergence)
    about = {**facts.order_facts(order, known), **asked, "counts": counts}
    about |= {"certificate": convergence.pop("certificate"), "convergence": convergence}
    results = {
        "scores": scores,
        "standing": propagated.standing,
        "ties": kept.tie_table(tied, known),
        "contributions": propagated.contributions,
        "rejects": tables.rejects,
        "bins": kept.bins(known, propagated),
    }
    if (likely := kept.probabilities(known, order)) is not None:
        results["probabilities"] = likely
    accepted = {name: one.accepted for name, one in tables.counts.items()}
    touched = {"ties": len(tied.ties), "holders": len(known.assessment.holders), "scores": scores.num_rows}
    return Outcome(results, about, accepted, touched, (tied.ties.payer, tied.ties.payee))


def _permitted(order: Order, tables: Tables, reporter: Reporter) -> tuple[Order, dict[str, Any]]:
    found = permit(order, tables, reporter.within)
    return found.order, found.facts
