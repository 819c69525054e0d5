"""What do new relations move? Ties of touched pairs, then a queue of holders whose standing may move, then scores.

Credit flows downhill, so the queue ends soon. What no new row touches is taken from the run before, to the bit: whoever
has the same evidence, the same ties and the same supporters in the same places has the same score.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.parameters import steady_strength
from scoring.batch import facts
from scoring.runs.columns import SCHEMAS
from scoring.runs.early import Early
from scoring.runs.patching import Patch, Revised, changes
from scoring.updating.blame import fallen_on
from scoring.updating.outcome import Outcome
from scoring.updating.pairs import Retied, microseconds, retie
from scoring.updating.points import scored
from scoring.updating.settling import Network, Settled, settle
from scoring.updating.tallies import change

if TYPE_CHECKING:
    from scoring.runs.run import Run
    from scoring.updating.found import Found
    from scoring.updating.portfolio import Portfolio
    from scoring.updating.terms import Terms

Array = np.ndarray[Any, Any]


def recompute_touched(run: Run, before: Portfolio, found: Found, terms: Terms, threads: int) -> Outcome:
    """Compute what new relations touch.

    Parameters
    ----------
    run, before
        The run before, and what it found out of everybody.
    found
        The new rows, judged beside its state.
    terms
        Its moment, policy and portfolio constants.
    threads
        How many threads look through the log.
    """
    assert found.earlier and found.added and found.state  # noqa: S101 (the short way begins from a state)
    new = found.added.tables.relations
    retied = retie(before, found.earlier, new, terms, threads)
    ties = Early(_tie_table(retied.ties, before), found.state.pool)  # the largest table: others come meanwhile
    old, network = (_network(before, ties, terms) for ties in (before.ties, retied.ties))
    paid = [one.payee[one.outgoing(retied.persons)] for one in (old, network)]
    settled = settle(network, before.standing, np.unique(np.concatenate(paid)).astype(np.int64))
    distress, bins = _fallen(run, before, retied.persons, old, network)
    rows = np.flatnonzero((settled.standing != before.standing) | (distress != before.distress))
    stood = _stands(before, rows, before.standing, before.distress)
    stands = _stands(before, rows, settled.standing, distress)
    points = scored(run, before, rows, settled.standing, distress, terms)
    used, what = change(found.added.spoken, new, before.people, microseconds(terms.as_of))
    results = {
        "scores": points.table,
        "standing": Revised(run, "standing", changes(rows, stood, stands)),
        "ties": ties,
        "contributions": _contributions(run, before, settled, network),
        "rejects": found.told.rejects,
        "bins": bins,
    }
    if "probabilities" in run.names:
        results["probabilities"] = Revised(run, "probabilities")
    end = {"certificate": 0.0, "convergence": {"converged": True, "iterations": settled.passes, "last_change": 0.0}}
    about = {**terms.told(), **end, "counts": _counts(run, found, retied, used, what)}
    solved = len(np.union1d(retied.persons, settled.solved))
    touched = {"ties": retied.made, "holders": solved, "scores": points.moved}
    kept = {"ends": pa.table({name: retied.ties[name] for name in ("payer", "payee")})}
    fresh = (points.rows, pa.table({name: pa.array(values) for name, values in stands.items()}))
    return Outcome(results, about, found.accepted, touched, kept, points.score, fresh)


def _network(before: Portfolio, ties: dict[str, Any], terms: Terms) -> Network:
    own = {name: before.number(name) for name in ("evidence", "months", "credibility", "lift_allowed")}
    strong = {name: ties[name] for name in ("payer", "payee", "v", "g")}
    kappa = steady_strength(terms.ties)
    return Network(**strong, **own, severity=before.severity, kappa=kappa, parameters=terms.propagation)


def _fallen(run: Run, before: Portfolio, payers: Array, old: Network, network: Network) -> tuple[Array, Revised]:
    """Say what falls back on everybody now, and give ``bins``, which tells because of whom."""
    (was, by), (now, because) = (fallen_on(payers, one, before) for one in (old, network))
    distress = before.distress.copy()
    distress[payers] = now
    other = np.flatnonzero((was != now) | (by != because))
    nobody = because[other] < 0
    blamed = {
        "responsible_id": before.holders.take(pa.array(because[other], mask=nobody)),
        "responsible_severity": pa.array(before.severity[because[other]], mask=nobody),
    }
    return distress, Revised(run, "bins", (Patch(payers[other], blamed),) if len(other) else ())


def _stands(before: Portfolio, rows: Array, standing: Array, distress: Array) -> dict[str, Array]:
    """Tell some rows of ``standing``, in the columns that an update changes."""
    lift = standing[rows] - before.number("evidence")[rows]
    return {"standing": standing[rows], "lift": lift, "distress": distress[rows]}


def _tie_table(ties: dict[str, Any], before: Portfolio) -> pa.Table:
    ends = [before.holders.take(pa.array(ties[name])) for name in ("payer", "payee")]
    schema = SCHEMAS["ties"]
    plain = [pa.array(ties[name]).cast(schema.field(name).type) for name in schema.names[2:]]
    return pa.Table.from_arrays([*ends, *plain], schema=schema)


def _contributions(run: Run, before: Portfolio, settled: Settled, network: Network) -> pa.Table:
    """Say anew what each supporter adds to the standing of those whose rows were solved; others stay as they are."""
    rows, solved = settled.rows, settled.solved
    payer, payee = network.payer[rows], network.payee[rows]
    who = np.searchsorted(solved, payee)
    above = settled.standing[payer] - network.evidence[payee] - settled.pull[who]
    parameters = network.parameters
    own = (parameters.prior_months + network.months)[payee]
    added = parameters.damping * settled.weights * np.maximum(0.0, above) / own
    given = np.flatnonzero(added > 0)
    ends = [before.holders.take(pa.array(end[given])) for end in (payee, payer)]
    fresh = pa.table([*ends, pa.array(added[given])], schema=SCHEMAS["contributions"])
    table = run.table("contributions")
    stays = table.filter(pc.invert(pc.is_in(table["holder_id"], value_set=before.holders.take(pa.array(solved)))))
    names = stays["holder_id"].to_pylist()
    place = [bisect_left(names, name) for name in fresh["holder_id"].to_pylist()]
    order = np.insert(np.arange(len(names)), place, len(names) + np.arange(len(place)))
    return pa.concat_tables([stays, fresh]).combine_chunks().take(pa.array(order))


def _counts(run: Run, found: Found, retied: Retied, used: dict[str, int], what: dict[str, int]) -> dict[str, Any]:
    """Tell the counts of the run before, changed by what the new rows are."""
    before = run.manifest["counts"]
    tables = facts.table_counts(found.told, {})
    for name, counts in tables.items():
        past = before["tables"].get(name, {})
        more = used if name == "relations" else {}
        counts |= {key: past[key] + more.get(key, 0) for key in ("used", "after_as_of", "pending") if key in past}
    graph = {key: count + what.get(key, 0) for key, count in before["graph"].items()}
    graph |= {"ties": len(retied.ties["payer"]), "vouching_ties": int((retied.ties["v"] > 0).sum())}
    return {"tables": tables, "graph": graph}
