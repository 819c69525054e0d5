"""Where does everyone stand in the end, who lifted them and what fell back on them? All of it in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.checks import require_vector
from graph.credit_graph import CreditGraph
from graph.distress import DistressResult, distress
from graph.parameters import PropagationParameters
from graph.vouch import VouchResult, contributions, vouch, vouching_weights

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Propagation:
    """Rule ``vouch`` and distress, with everything that went in.

    Attributes
    ----------
    graph
        The ties.
    evidence, months, credibility, severity : float64[n]
        b, n, z = n/(n+k) and d.
    weights, contributions : float64[m]
        w and what each supporter adds, in the layout of ``graph.by_payee``.
    vouch, distress
        The results.
    parameters
        k, c, λ, μ.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> names = credit.holders.to_pylist()
    >>> made = graph.propagate(credit, [PEOPLE[name][3] for name in names], [PEOPLE[name][-1] for name in names])
    >>> [(credit.holder_id(payer), round(share, 3)) for payer, share in made.supporters(credit.index("nina"))]
    [('sam', 0.119)]
    """

    graph: CreditGraph
    evidence: Array
    months: Array
    credibility: Array
    severity: Array
    weights: Array
    contributions: Array
    vouch: VouchResult
    distress: DistressResult
    parameters: PropagationParameters

    @property
    def lift(self) -> Array:
        """What the graph adds to each holder: x − b, at least 0."""
        return self.vouch.standing - self.evidence

    def supporters(self, index: int) -> list[tuple[int, float]]:
        """Who lifts a holder, and by how much? The greatest first; only those who add anything."""
        support = self.graph.by_payee
        row = slice(support.indptr[index], support.indptr[index + 1])
        added = self.contributions[row]
        best = np.argsort(-added, kind="stable")
        best = best[added[best] > 0]
        return list(zip(support.indices[row][best].tolist(), added[best].tolist(), strict=True))


def propagate(
    graph: CreditGraph,
    evidence: Array,
    months: Array,
    *,
    severity: Array | None = None,
    lift_allowed: Array | None = None,
    distress_allowed: Array | None = None,
    scale_withheld: Array | None = None,
    parameters: PropagationParameters | None = None,
    start: Array | None = None,
    threads: int | None = None,
) -> Propagation:
    """Let credit flow along the ties, and what went wrong fall back.

    Parameters
    ----------
    graph
        The ties.
    evidence : float64[n]
        b.
    months : float64[n]
        n ≥ 0, months of own history.
    severity : float64[n], optional
        d in [0, 1]; by default the graph's attribute ``severity``, else nothing is known.
    lift_allowed, distress_allowed, scale_withheld : bool[n], optional
        What consents allow and withhold; by default everything is allowed.
    parameters
        k, c, λ, μ, tolerance and steps.
    start : float64[n], optional
        Where to start instead of the evidence, as :func:`graph.vouch.vouch`; with tolerance 0 it changes no bit.
    threads
        How many threads; ``None``: as many as this process may use.

    Returns
    -------
    Propagation
        ``.vouch.converged`` tells whether it came to its end.

    Raises
    ------
    ValueError
        If an argument is not finite or out of range.

    Examples
    --------
    Sam, of excellent record, sends Nina, a newcomer, money every month.

    >>> import graph
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> names = credit.holders.to_pylist()
    >>> result = propagate(credit, [PEOPLE[name][3] for name in names], [PEOPLE[name][-1] for name in names])
    >>> nina = credit.index("nina")
    >>> [(credit.holder_id(who), round(added, 3)) for who, added in result.supporters(nina)]
    [('sam', 0.119)]
    """
    parameters = parameters or PropagationParameters()
    n = len(graph)
    b = require_vector("evidence", evidence, n)
    own = require_vector("months", months, n, low=0.0)
    known = graph.attributes.get("severity", np.zeros(n)) if severity is None else severity
    d = require_vector("severity", known, n, low=0.0, high=1.0)
    z = own / (own + parameters.prior_months)
    weights = vouching_weights(graph, z, d, lift_allowed, parameters)
    rows = graph.by_payee.indptr, graph.by_payee.indices, weights
    result = vouch(*rows, b, own, parameters=parameters, start=start, threads=threads)
    added = contributions(*rows, result, b, own, parameters, threads=threads)
    fallen = distress(graph, d, distress_allowed, scale_withheld, parameters)
    return Propagation(graph, b, own, z, d, weights, added, result, fallen, parameters)
