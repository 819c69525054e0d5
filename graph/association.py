"""How similar should those who exchange money be? Rule ``association``: a challenger and an investigator's signal.

It can be gamed (whoever pays a good name moves towards it), so it never enters the score by default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from graph.checks import require_vector
from graph.credit_graph import CreditGraph
from graph.laplacian import advance, arrange, bend, diagonals, image
from graph.parameters import PropagationParameters
from graph.threads import even_ranges, rows_on_threads

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class AssociationResult:
    """Where everyone stands if money drew both sides together.

    Attributes
    ----------
    standing : float64[n]
        x.
    iterations
        Steps of the solver.
    residual
        max |K b − (K + L) x|.
    certificate
        residual / min K: no standing is further than this from the exact one.
    converged
        Whether the certificate is within the tolerance.
    """

    standing: Array
    iterations: int
    residual: float
    certificate: float
    converged: bool


def association(
    graph: CreditGraph,
    evidence: Array,
    months: Array,
    *,
    parameters: PropagationParameters | None = None,
    tolerance: float = 1e-10,
    max_iterations: int | None = None,
    threads: int | None = None,
) -> AssociationResult:
    """Where would everyone stand if a tie meant alikeness, both ways?

    ``(K + L) x = K b`` with ``s_ij = g_ij + g_ji``, ``K = diag(k + n_i)`` and L the weighted Laplacian of s: the
    posterior mean of a Gaussian Markov random field. The matrix is a symmetric positive definite M-matrix, so conjugate
    gradients solve it and ``|error| ≤ max |residual| / min K``. They are written out here, with sums whose order is
    fixed, because the dot products of a threaded library depend on its threads.

    Parameters
    ----------
    graph
        The ties.
    evidence : float64[n]
        b.
    months : float64[n]
        n ≥ 0.
    parameters
        k and the limit of steps.
    tolerance
        Error that may remain in any standing.
    max_iterations
        Steps after which to give up, which is told by ``converged``.
    threads
        How many threads; ``None``: as many as this process may use. No bit depends on it.

    Returns
    -------
    AssociationResult

    Raises
    ------
    ValueError
        If an argument is not finite or out of range.

    Examples
    --------
    Ann and Bob, who pay each other, move towards each other; Zoe stays alone.

    >>> import graph
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> evidence = [0.2 if name == "ann" else 0.8 for name in credit.holders.to_pylist()]
    >>> result = association(credit, evidence, np.full(12, 6.0))
    >>> [round(float(result.standing[credit.index(name)]), 2) for name in ("ann", "bob", "zoe")]
    [0.33, 0.67, 0.8]

    References
    ----------
    Hestenes and Stiefel, Methods of conjugate gradients for solving linear systems, 1952.
    """
    parameters = parameters or PropagationParameters()
    steps = parameters.max_iterations if max_iterations is None else max_iterations
    n = len(graph)
    b = require_vector("evidence", evidence, n)
    own_weight = parameters.prior_months + require_vector("months", months, n, low=0.0)
    ties, support = graph.ties, graph.by_payee
    begin = np.concatenate([[0], np.cumsum(np.bincount(ties.payer, minlength=n))])
    ends = support.indptr + begin
    with rows_on_threads(ends, threads) as run:
        arranged, diagonal = np.empty(len(ties)), own_weight.copy()
        run(arrange, support.indptr, support.order, ties.g, arranged)
        run(diagonals, support.indptr, arranged, begin, ties.g, diagonal)
        sides = (support.indptr, support.indices, arranged, begin, ties.payee, ties.g, diagonal)
        share_out = partial(run.over, even_ranges(ends))
        least = float(own_weight.min()) if n else 1.0
        x, taken, worst = b.copy(), 0, np.inf
        # The residual that the steps carry along drifts from the true one, so it is made anew and trusted only then.
        while True:
            moved = np.empty(n)
            share_out(image, *sides, x, moved)
            residual = own_weight * b - moved
            before, worst = worst, float(np.abs(residual).max()) if n else 0.0
            if worst / least <= tolerance or taken >= steps or worst >= before:
                break
            taken += _descend(share_out, sides, x, residual, tolerance * least / 2, steps - taken)
    x.setflags(write=False)
    return AssociationResult(x, taken, worst, worst / least, worst / least <= tolerance)


def _descend(
    share_out: Callable[..., list[Any]], sides: tuple[Array, ...], x: Array, r: Array, enough: float, steps: int
) -> int:
    """Move x by conjugate gradients, each variable scaled by its diagonal, until the residual r is small enough."""
    diagonal = sides[-1]
    scaled = r / diagonal
    direction, moved = scaled.copy(), np.empty_like(x)
    size = float(np.sum(r * scaled))
    for step in range(1, steps + 1):
        curvature = sum(share_out(image, *sides, direction, moved))
        if curvature <= 0 or size <= 0:  # the residual is too small to be told from nothing
            return step
        told = share_out(advance, size / curvature, direction, moved, diagonal, x, r, scaled)
        if max(worst for worst, _ in told) <= enough:
            return step
        size, last = sum(part for _, part in told), size
        share_out(bend, size / last, scaled, direction)
    return steps
