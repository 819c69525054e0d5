"""What would other rules say of the same ties? PageRank by amount, undirected smoothing and row averages.

None of them enters a score. They stand beside rule ``vouch`` where it is evaluated and attacked, as what one would try
first: each is short, well known, and can be gamed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array

from graph.checks import require_vector
from graph.credit_graph import CreditGraph

Array = np.ndarray[Any, Any]
STEPS = 1000


def pagerank(graph: CreditGraph, *, damping: float = 0.85, tolerance: float = 1e-12) -> Array:
    """Who receives much money from those who receive much? PageRank with each payer's money as weights.

    p = (1 − α)/n + α (Σ_j p_j · money_{j→i} / Σ_l money_{j→l} + rank of those who pay nobody, shared by all).

    Parameters
    ----------
    graph
        The ties; their gross money counts.
    damping : α, in [0, 1)
        Share of the rank that follows the money.
    tolerance
        Iteration ends when the ranks move by less than this in sum.

    Returns
    -------
    float64[n]
        Above 0, adding up to 1.

    Notes
    -----
    L. Page et al., "The PageRank citation ranking", 1999.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> ranks = pagerank(credit)
    >>> round(float(ranks.sum()), 9), credit.holder_id(int(ranks.argmax()))
    (1.0, 'ann')
    """
    n, ties = len(graph), graph.ties
    if not n:
        return np.zeros(0)
    money = ties.money.astype(np.float64)
    out = np.bincount(ties.payer, weights=money, minlength=n)
    share = np.divide(money, out[ties.payer], out=np.zeros_like(money), where=out[ties.payer] > 0)
    flow = csr_array((share, (ties.payee, ties.payer)), shape=(n, n))
    nobody = out == 0
    ranks = np.full(n, 1 / n)
    for _ in range(STEPS):
        after = (1 - damping) / n + damping * (flow @ ranks + ranks[nobody].sum() / n)
        moved = float(np.abs(after - ranks).sum())
        ranks = after
        if moved < tolerance:
            break
    return ranks


def smoothing(graph: CreditGraph, evidence: Array, *, pull: float = 0.5, tolerance: float = 1e-12) -> Array:
    """What if a tie made both ends alike, whoever paid? x = (1 − γ) b + γ · mean of x over neighbours.

    Neighbours weigh s_ij = g_ij + g_ji: direction, netting and history play no part.

    Parameters
    ----------
    graph
        The ties; their gross strength counts.
    evidence : float64[n]
        b.
    pull : γ, in [0, 1)
        How much the neighbours weigh.
    tolerance
        Iteration ends when no value moves by more than this.

    Returns
    -------
    float64[n]
        Between the least and the greatest evidence; b itself for a holder without ties.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> b = np.array([PEOPLE[name][3] for name in credit.holders.to_pylist()])
    >>> x = smoothing(credit, b)
    >>> dan = credit.index("dan")
    >>> bool(x[dan] > b[dan])  # Vera sends him money
    True
    """
    b = require_vector("evidence", evidence, len(graph))
    both = graph.matrix("g") + graph.matrix("g").T
    around, tied = _row_shares(both)
    x = b
    for _ in range(STEPS):
        after = np.where(tied, (1 - pull) * b + pull * (around @ x), b)
        moved = float(np.abs(after - x).max(initial=0.0))
        x = after
        if moved <= tolerance:
            break
    return x


def row_averages(graph: CreditGraph, evidence: Array, *, pull: float = 0.5) -> Array:
    """What if everyone were as good as those who send them money? x_i = (1 − γ) b_i + γ Σ_j g_{j→i} b_j / Σ_j g_{j→i}.

    Parameters
    ----------
    graph
        The ties; their gross strength counts.
    evidence : float64[n]
        b.
    pull : γ, in [0, 1]
        How much the payers weigh.

    Returns
    -------
    float64[n]
        Between the least and the greatest evidence; b itself for a holder whom nobody pays.

    Examples
    --------
    Nina is paid by Sam alone, so she stands half way between the two.

    >>> import graph
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> b = np.array([PEOPLE[name][3] for name in credit.holders.to_pylist()])
    >>> x, nina, sam = row_averages(credit, b), credit.index("nina"), credit.index("sam")
    >>> bool(np.isclose(x[nina], (b[nina] + b[sam]) / 2))
    True
    """
    b = require_vector("evidence", evidence, len(graph))
    payers, paid = _row_shares(graph.matrix("g"))
    return np.where(paid, (1 - pull) * b + pull * (payers @ b), b)


def _row_shares(weights: csr_array) -> tuple[csr_array, Array]:
    """Divide each row by its sum; say which rows have anything."""
    total = np.asarray(weights.sum(axis=1)).ravel()
    there = total > 0
    return csr_array(diags_array(np.divide(1.0, total, out=np.zeros_like(total), where=there)) @ weights), there
