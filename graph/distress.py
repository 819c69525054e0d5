"""What falls back on those who vouched for a defaulter?

Whoever parts with money for somebody answers for it a little: one step, no echo, out of the single worst case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.checks import require_flags, require_vector
from graph.credit_graph import CreditGraph
from graph.parameters import PropagationParameters
from graph.ties import EPOCH
from loaders.asof import Snapshot

Array = np.ndarray[Any, Any]
DAY_US = 86_400_000_000


@dataclass(frozen=True, eq=False)
class DistressResult:
    """What falls back on each holder, and because of whom.

    Attributes
    ----------
    distress : float64[n]
        r, 0 to μ.
    culprit : int32[n]
        The payee whose outcome it is, −1 for none; of several equally bad ones the first.
    """

    distress: Array
    culprit: Array


def severity(snapshot: Snapshot, holders: pa.StringArray, parameters: PropagationParameters | None = None) -> Array:
    """How bad is what is known of each holder? d_j = max over its outcomes of severity · 2^(−days/730).

    Parameters
    ----------
    snapshot
        Its outcomes are those known at ``as_of``.
    holders
        Whom to answer for, in this order.
    parameters
        The half-life.

    Returns
    -------
    float64[n]
        0 to 1; 0 for a holder without outcome.

    Examples
    --------
    Dan defaulted 83 days before the town's moment.

    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> snapshot = loaders.at(loaders.load(**town()), AS_OF)
    >>> severity(snapshot, pa.array(["ann", "dan"])).round(3).tolist()
    [0.0, 0.925]
    """
    parameters = parameters or PropagationParameters()
    rows = snapshot.outcomes
    ids = pc.dictionary_encode(rows["holder_id"]).combine_chunks()
    now = (snapshot.as_of - EPOCH) // timedelta(microseconds=1)
    ages = (now - rows["at"].cast(pa.int64()).to_numpy()) / DAY_US
    faded = rows["severity"].to_numpy() * 2.0 ** (-ages / parameters.outcome_half_life_days)
    worst = np.zeros(len(ids.dictionary) + 1)  # the last one is everybody else's
    np.maximum.at(worst, ids.indices.to_numpy(), faded)
    # Few holders have outcomes, so all are looked up among those, not those among all.
    return worst[pc.fill_null(pc.index_in(holders, value_set=ids.dictionary), -1).to_numpy()]


def distress(
    graph: CreditGraph,
    severity: Array,
    distress_allowed: Array | None = None,
    scale_withheld: Array | None = None,
    parameters: PropagationParameters | None = None,
) -> DistressResult:
    """Say what falls back on each holder: r_i = μ max_j min(1, g_{i→j}/κ) d_j over its ties i → j.

    Parameters
    ----------
    graph
        The ties, with κ.
    severity : float64[n]
        d, in [0, 1].
    distress_allowed : bool[n], optional
        Whether a holder's consents allow distress; all by default.
    scale_withheld : bool[n], optional
        Whether a holder keeps its spending scale to itself; then every tie of it counts in full, so that withdrawing a
        consent cannot lower what falls back. None by default.
    parameters
        μ.

    Returns
    -------
    DistressResult

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF, outcomes=tables["outcomes"])
    >>> result = distress(credit, credit.attributes["severity"])
    >>> vera = credit.index("vera")
    >>> credit.holder_id(result.culprit[vera]), round(float(result.distress[vera]), 3)
    ('dan', 0.299)
    """
    parameters = parameters or PropagationParameters()
    n, ties = len(graph), graph.ties
    d = require_vector("severity", severity, n, low=0.0, high=1.0)
    allowed = require_flags("distress_allowed", distress_allowed, n, True)
    withheld = require_flags("scale_withheld", scale_withheld, n, False)
    known = np.where(withheld[ties.payer], ties.g > 0, np.minimum(1.0, ties.g / graph.kappa))
    cases = np.where(allowed[ties.payer], known * d[ties.payee], 0.0)
    worst = np.zeros(n)
    np.maximum.at(worst, ties.payer, cases)
    guilty = np.flatnonzero((cases > 0) & (cases == worst[ties.payer]))[::-1]
    culprit = np.full(n, -1, dtype=np.int32)
    culprit[ties.payer[guilty]] = ties.payee[guilty]
    return DistressResult(parameters.fallback * worst, culprit)
