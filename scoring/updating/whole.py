"""Which results does the whole input give, when nothing may be taken over from the run before?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scoring.batch import facts, knowledge, stages
from scoring.batch import tables as kept
from scoring.batch.connections import permit
from scoring.updating.outcome import Outcome

if TYPE_CHECKING:
    from loaders.tables import Tables
    from scoring.batch.progress import Reporter
    from scoring.batch.stages import Order


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
    keep = knowledge.found_tables(known, tied, propagated)
    return Outcome(results, about, accepted, touched, keep, scores, (scores, propagated.standing))


def _permitted(order: Order, tables: Tables, reporter: Reporter) -> tuple[Order, dict[str, Any]]:
    found = permit(order, tables, reporter.within)
    return found.order, found.facts
