"""What of a run do investigators get? Its scores and ties as rows for the graph, with the numbers of ``explain``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph.stores.publication import SCORE, TIE, Publication
from loaders.errors import RenmaiError
from scoring.combination import SPAN, weights
from scoring.explanation.policy import Policy

if TYPE_CHECKING:
    from scoring.runs import Run

FACTS = ("rule", "certificate", "consent", "fingerprint")
"""What the manifest tells of a run that goes into its node as it is."""
Numbers = npt.NDArray[np.float64]


def publication_of(run: Run) -> Publication:
    """Make the rows of a run that are published.

    A tie's ``share`` is v / max(κ, Σ g of all that its payer sends), its ``contribution`` what the payer adds to the
    payee's standing (0 where nothing), its ``points`` that contribution in points of the payee's score: the numbers of
    ``renmai explain``, to the bit.

    Parameters
    ----------
    run
        A run; its files are checked as they are read.

    Raises
    ------
    UnavailableError
        When a file of the run is damaged.
    RenmaiError
        When its tables contradict each other.

    Examples
    --------
    >>> import scoring
    >>> from loaders.town import AS_OF, town
    >>> rows = publication_of(scoring.run(**town(), as_of=AS_OF))
    >>> len(rows.scores), len(rows.ties)
    (12, 8)
    """
    manifest = run.manifest
    policy = Policy.of(manifest)
    scores = _scores(run)
    facts: dict[str, Any] = {name: manifest[name] for name in FACTS if name in manifest}
    facts |= {"id": run.id, "as_of": datetime.fromisoformat(manifest["as_of"])}
    damping = policy.config.propagation.damping
    facts |= {"manifest": manifest["sha256"], "steady_tie": policy.steady_tie, "damping": damping}
    return Publication(facts, scores, _ties(run, scores, policy))


def _scores(run: Run) -> pa.Table:
    """Give one row per holder: the score that all accounts of a holder share, and where the holder stands."""
    standing = run.table("standing")
    scores = run.table("scores").drop_columns(["account_id"])
    # the first account of each holder; a holder without a scored account keeps empty columns
    first = pc.index_in(standing["holder_id"], scores["holder_id"])
    both = {name: scores[name].take(first) for name in scores.schema.names} | {
        name: standing[name] for name in standing.schema.names
    }
    return pa.table({name: both[name] for name in SCORE}).combine_chunks()


def _ties(run: Run, scores: pa.Table, policy: Policy) -> pa.Table:
    ties = run.table("ties")
    holders = scores["holder_id"]
    payer, payee = _places(ties["from_id"], holders), _places(ties["to_id"], holders)
    v, g = (ties[name].to_numpy() for name in ("v", "g"))
    budget = np.bincount(payer, g, len(holders))
    contribution = _contributions(run, payer, payee, holders)
    effect = SPAN * weights(scores["credibility"].to_numpy(), policy.config)[:, -1]
    effect = effect[payee] if policy.config.score.connections else np.zeros(len(payee))
    made = {
        "money_minor": ties["money"],
        "share": pa.array(v / np.maximum(policy.steady_tie, budget[payer])),
        "contribution": pa.array(contribution),
        "points": pa.array(effect * contribution),
    }
    table = pa.table({name: made[name] if name in made else ties[name] for name in TIE})
    order = np.lexsort((payee, payer))  # places are in the order of ids
    return table.take(pa.array(order)).combine_chunks()


def _contributions(
    run: Run, payer: npt.NDArray[np.int64], payee: npt.NDArray[np.int64], holders: pa.ChunkedArray
) -> Numbers:
    """Give what each tie's payer adds to its payee; rule ``association`` names no supporters."""
    each = np.zeros(len(payer))
    if "contributions" not in run.names:
        return each
    table = run.table("contributions")
    supporter, holder = _places(table["supporter_id"], holders), _places(table["holder_id"], holders)
    count = len(holders)
    keys, wanted = payer * count + payee, supporter * count + holder
    order = np.argsort(keys, kind="stable")
    place = np.searchsorted(keys[order], wanted)
    found = np.minimum(place, max(0, len(keys) - 1))
    if len(wanted) and (not len(keys) or not np.array_equal(keys[order][found], wanted)):
        raise RenmaiError(f"run {run.id} contradicts itself: a supporter has no tie; `renmai verify` tells more")
    each[order[found]] = table["contribution"].to_numpy()
    return each


def _places(ids: pa.ChunkedArray, holders: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Say at which place of the sorted holders each id stands."""
    found = pc.index_in(ids, holders)
    if found.null_count:
        raise RenmaiError(f"{found.null_count} rows of the run name a holder who has no standing")
    return found.to_numpy().astype(np.int64)
