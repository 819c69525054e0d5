"""How far do those who parted with money lift those who received it? Rule ``vouch``, the one that enters the score.

Credit flows from the one who parted with money to the one who received it, out of a budget per payer::

    q_ij = v_{j→i} / max(κ, Σ_l g_{j→l})                j's one budget, shared out
    w_ij = c z_j (1 − d_j) q_ij                         a fresh account passes on nothing, a defaulter little
    y_i ≥ 0 solves (k + n_i) y = Σ_j w_ij max(0, x_j − b_i − y)
    x_i  = b_i + λ y_i
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.ceilings import survey
from graph.checks import refuse_unfit, require_flags, require_rows, require_vector
from graph.credit_graph import CreditGraph
from graph.enclosure import FINEST, enclose, settled
from graph.parameters import PropagationParameters
from graph.pull import share_out, sweep
from graph.threads import rows_on_threads

Array = np.ndarray[Any, Any]
FEW = 50_000
"""Ties of which steps are as fast as bounds."""


@dataclass(frozen=True, eq=False)
class VouchResult:
    """Where everyone stands once credit has flowed, and how sure that is.

    Attributes
    ----------
    standing : float64[n]
        x, at least each holder's evidence.
    pull : float64[n]
        y, so that x = b + λ y.
    before : float64[n]
        The standing of the step before, from which ``pull`` was computed; at the fixed point, and where bounds met
        before it, it is ``standing``.
    iterations
        Steps taken, those that only closed bounds in included.
    last_change
        The largest move of any standing in the last step; where bounds met, the certificate.
    certificate
        No standing is further than this from the exact one: λ/(1−λ) · last_change, or half of the largest distance of
        the bounds.
    converged
        Whether the certificate is within the tolerance (tolerance 0: whether nothing moved any more, bit for bit).
    """

    standing: Array
    pull: Array
    before: Array
    iterations: int
    last_change: float
    certificate: float
    converged: bool


def vouching_weights(
    graph: CreditGraph,
    credibility: Array,
    severity: Array | None = None,
    lift_allowed: Array | None = None,
    parameters: PropagationParameters | None = None,
) -> Array:
    """How much weight does each payer put behind each payee? w_ij, in months of history.

    Parameters
    ----------
    graph
        The ties, with κ.
    credibility : float64[n]
        z, in [0, 1).
    severity : float64[n], optional
        d of known outcomes, in [0, 1]; none by default.
    lift_allowed : bool[n], optional
        Whether a holder's consents allow a lift; without, nobody's money counts for it. All by default.
    parameters
        c.

    Returns
    -------
    float64[m]
        In the layout of ``graph.by_payee``.

    Examples
    --------
    Sam puts months of weight behind Nina; the ring's fresh accounts have none to give.

    >>> import graph
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> months = np.array([PEOPLE[name][-1] for name in credit.holders.to_pylist()])
    >>> weights = vouching_weights(credit, months / (months + 6))
    >>> behind = {credit.holder_id(i): float(w.round(2)) for i, w in zip(credit.by_payee.row, weights)}
    >>> behind["nina"], behind["rob"]
    (3.72, 0.0)
    """
    parameters = parameters or PropagationParameters()
    n, ties = len(graph), graph.ties
    z = require_vector("credibility", credibility, n, low=0.0, high=1.0)
    d = require_vector("severity", np.zeros(n) if severity is None else severity, n, low=0.0, high=1.0)
    allowed = require_flags("lift_allowed", lift_allowed, n, True)
    budget = np.maximum(graph.kappa, np.bincount(ties.payer, weights=ties.g, minlength=n))
    voice = parameters.vouching * z * (1.0 - d)
    weights = voice[ties.payer] * (ties.v / budget[ties.payer])
    weights[~allowed[ties.payee]] = 0.0
    return weights[graph.by_payee.order]


def vouch(
    indptr: Array,
    indices: Array,
    weights: Array,
    evidence: Array,
    months: Array,
    *,
    parameters: PropagationParameters | None = None,
    tolerance: float | None = None,
    max_iterations: int | None = None,
    start: Array | None = None,
    threads: int | None = None,
) -> VouchResult:
    """Where does everyone stand, given who stands behind whom?

    In a large graph lower and upper bounds of all standings close in first, see :mod:`graph.enclosure`; that is enough
    for a tolerance such as 1e-6. Then all holders step together, from their lower bound or evidence, until nothing
    changes. A supporter stands above whom it lifts, so no influence goes in circles and the steps end; the sums have a
    fixed order and the root of a row depends on its inputs alone, so the end is the same to the bit from any start and
    on any number of threads.

    Parameters
    ----------
    indptr : int64[n + 1]
        Row i of the supporters of holder i is ``indptr[i]:indptr[i + 1]``.
    indices : int32[m]
        The supporters.
    weights : float64[m]
        w ≥ 0, in months.
    evidence : float64[n]
        b, what each holder is worth on its own.
    months : float64[n]
        n ≥ 0, months of own history.
    parameters
        k, λ and, unless given beside it, tolerance and steps.
    tolerance
        Error that may remain in any standing; 0: none.
    max_iterations
        Steps after which to give up, which is told by ``converged``.
    start : float64[n], optional
        Where to start instead of the evidence.
    threads
        How many threads; ``None``: as many as this process may use.

    Returns
    -------
    VouchResult

    Raises
    ------
    ValueError
        If an argument is not finite or out of range, or a standing does not stay finite; it names holder and step.

    Examples
    --------
    One supporter of standing 0.9 and weight 3 behind a newcomer of evidence 0.5: y = 3 · 0.4 / (6 + 3).

    >>> result = vouch(np.array([0, 1, 1]), np.array([1]), np.array([3.0]), np.array([0.5, 0.9]), np.zeros(2))
    >>> result.standing.round(4).tolist(), result.converged, result.certificate
    ([0.6067, 0.9], True, 0.0)
    """
    parameters = parameters or PropagationParameters()
    tolerance = parameters.tolerance if tolerance is None else tolerance
    steps = parameters.max_iterations if max_iterations is None else max_iterations
    indptr, indices, weights = require_rows(indptr, indices, weights)
    n = len(indptr) - 1
    b = require_vector("evidence", evidence, n)
    own_weight = parameters.prior_months + require_vector("months", months, n, low=0.0)
    x = None if start is None else require_vector("start", start, n).copy()
    if steps < 1:
        raise ValueError(f"max_iterations must be at least 1; got {steps}")
    damping, taken = parameters.damping, 0
    with rows_on_threads(indptr, threads) as run:
        totals = np.empty(n)
        if not all(run(survey, indptr, indices, weights, n, totals)):
            refuse_unfit(indptr, indices, weights)
        if x is None and len(indices) >= FEW and tolerance >= FINEST * np.abs(b).max() > 0.0:
            # The last step is left to the exact arithmetic.
            rows = indptr, indices, weights
            found = enclose(run, rows, totals, b, own_weight, damping, tolerance, steps - 1)
            x, pull, error = settled(run, found, totals, b, damping)
            if error <= tolerance:
                return _result(x, pull, x, found.sweeps, error, error, True)
            x, taken = found.start(b), found.sweeps
        x = b.copy() if x is None else x
        after, pull = np.empty(n), np.zeros(n)
        for step in range(taken + 1, steps + 1):
            outcome = run(sweep, indptr, indices, weights, b, own_weight, damping, x, after, pull)
            if broken := [row for _, row in outcome if row >= 0]:
                raise ValueError(f"standing must stay finite; it did not at holder {broken[0]} in step {step}")
            change = max((largest for largest, _ in outcome), default=0.0)
            certificate = damping / (1 - damping) * change
            x, after = after, x
            if certificate <= tolerance:
                break
    return _result(x, pull, after, step, change, certificate, certificate <= tolerance)


def contributions(
    indptr: Array,
    indices: Array,
    weights: Array,
    result: VouchResult,
    evidence: Array,
    months: Array,
    parameters: PropagationParameters | None = None,
    *,
    threads: int | None = None,
) -> Array:
    """Say what each supporter adds to each lift: λ w_ij max(0, x_j − b_i − y_i) / (k + n_i).

    Parameters
    ----------
    indptr, indices, weights, evidence, months, parameters, threads
        As they went into :func:`vouch`.
    result
        What came out.

    Returns
    -------
    float64[m]
        In the layout of ``indices``; each row adds up to x_i − b_i, where bounds met before the fixed point as nearly
        as they did.

    Examples
    --------
    >>> rows, b, months = (np.array([0, 2, 2, 2]), np.array([1, 2]), np.array([3.0, 3.0])), [0.5, 0.9, 0.7], np.zeros(3)
    >>> result = vouch(*rows, b, months)
    >>> contributions(*rows, result, b, months).round(3).tolist(), result.standing.round(3).tolist()
    ([0.1, 0.02], [0.62, 0.9, 0.7])
    """
    parameters = parameters or PropagationParameters()
    own_weight = parameters.prior_months + np.asarray(months, dtype=np.float64)
    b = np.ascontiguousarray(evidence, dtype=np.float64)
    out = np.empty(len(indices))
    with rows_on_threads(indptr, threads) as run:
        run(share_out, indptr, indices, weights, b, own_weight, parameters.damping, result.before, result.pull, out)
    return out


def _result(
    x: Array, pull: Array, before: Array, taken: int, change: float, certificate: float, converged: bool
) -> VouchResult:
    for array in (x, pull, before):
        array.setflags(write=False)
    return VouchResult(x, pull, before, taken, change, certificate, converged)
