"""What do new relations move? Ties of touched pairs, then a queue of holders whose standing may move, then scores.

Credit flows downhill, so the queue ends soon; one sweep over everybody then proves that nothing moves any more. What is
not touched by relations (own evidence, severities, constants) is taken from the run before, to the bit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.credit_graph import CreditGraph
from graph.resolving import resolve
from graph.vouch import vouching_weights
from scoring.batch import facts, stages
from scoring.batch import tables as kept
from scoring.batch.stages import Known, Order, Tied
from scoring.recall import Recalled, recall
from scoring.runs.run import Run
from scoring.updating.pairs import Retied, retie
from scoring.updating.whole import Outcome

if TYPE_CHECKING:
    import pyarrow as pa

    from scoring.tabular.persons import Numbers
    from scoring.updating.found import Found


def recompute_touched(run: Run, found: Found, order: Order) -> Outcome:
    """Compute what new relations touch.

    Parameters
    ----------
    run
        The run before.
    found
        The new rows, judged beside its state.
    order
        Its moment, policy and portfolio constants.
    """
    assert found.earlier and found.added and found.state  # noqa: S101 (the short way begins from a state)
    ends = found.state.table("ends")
    before = recall(run, None if ends is None else (ends["payer"].to_numpy(), ends["payee"].to_numpy()))
    own = before.assessment
    retied = retie(before.graph.ties, own.holders, own.scale, found.earlier, found.added, order)
    network = CreditGraph(own.holders, retied.ties, order.config.ties)
    start, solved = _settled(before, network, retied, order)
    propagated = stages.spread_over(network, own, before.severity, order, start)
    known = Known(replace(retied.snapshot, accounts=before.accounts, owners=None), own)
    scores = stages.score(known, propagated, order)
    tied = Tied(retied.ties, {})
    results = {
        "scores": scores,
        "standing": propagated.standing,
        "ties": kept.tie_table(tied, known),
        "contributions": propagated.contributions,
        "rejects": found.told.rejects,
        "bins": kept.bins(known, propagated),
    }
    if (likely := kept.probabilities(known, order)) is not None:
        results["probabilities"] = likely
    convergence = dict(propagated.convergence)
    about = {**facts.order_facts(order, known), "counts": _counts(run, found, retied)}
    about |= {"certificate": convergence.pop("certificate"), "convergence": convergence}
    touched = {"ties": retied.made, "holders": solved, "scores": _moved(run, scores)}
    return Outcome(results, about, found.accepted, touched, (retied.ties.payer, retied.ties.payee))


def _settled(before: Recalled, network: CreditGraph, retied: Retied, order: Order) -> tuple[Numbers, int]:
    """Solve who may move, beginning with those whom the persons of touched pairs pay; say how many that were."""
    own, parameters = before.assessment, order.config.propagation
    weights = vouching_weights(network, own.credibility, before.severity, own.lift_allowed, parameters)
    payers = np.zeros(len(network), np.bool_)
    payers[retied.persons] = True
    paid = [ties.payee[payers[ties.payer]] for ties in (before.graph.ties, retied.ties)]
    changed = np.unique(np.concatenate([retied.persons, *paid]))
    found = resolve(
        network, weights, own.evidence, own.months, start=before.standing, changed=changed, parameters=parameters
    )
    return found.standing, len(np.union1d(changed, found.moved))


def _counts(run: Run, found: Found, retied: Retied) -> dict[str, Any]:
    """Tell the counts of the run before, changed by what the new rows are."""
    told, before = found.told, run.manifest["counts"]
    tables = facts.table_counts(told, {})
    for name, counts in tables.items():
        past = before["tables"].get(name, {})
        more = retied.used if name == "relations" else {}
        counts |= {key: past[key] + more.get(key, 0) for key in ("used", "after_as_of", "pending") if key in past}
    graph = {key: count + retied.what.get(key, 0) for key, count in before["graph"].items()}
    graph |= {"ties": len(retied.ties), "vouching_ties": int((retied.ties.v > 0).sum())}
    return {"tables": tables, "graph": graph}


def _moved(run: Run, scores: pa.Table) -> int:
    """Count the scores that are others now."""
    before = run.table("scores", ["score"])["score"].to_numpy()
    return int((before != scores["score"].to_numpy()).sum())
