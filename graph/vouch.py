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

from graph.checks import require_flags, require_vector
from graph.credit_graph import CreditGraph
from graph.parameters import PropagationParameters
from graph.pull import ceilings, share_out, shortlist, sweep
from graph.threads import Run, rows_on_threads

Array = np.ndarray[Any, Any]


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
        The standing of the step before, from which ``pull`` was computed; at the fixed point it is ``standing``.
    iterations
        Steps taken.
    last_change
        The largest move of any standing in the last step.
    certificate
        λ/(1−λ) · last_change: no standing is further than this from the exact one.
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

    All holders step together, from their own evidence, until nothing changes. A supporter stands above whom it lifts,
    so no influence goes in circles and the steps end; the sums have a fixed order and the root of a row depends on
    its inputs alone, so the end is the same to the bit from any start and on any number of threads.

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
    indptr, indices, weights = _require_rows(indptr, indices, weights)
    n = len(indptr) - 1
    b = require_vector("evidence", evidence, n)
    own_weight = parameters.prior_months + require_vector("months", months, n, low=0.0)
    x = b.copy() if start is None else require_vector("start", start, n).copy()
    if steps < 1:
        raise ValueError(f"max_iterations must be at least 1; got {steps}")
    with rows_on_threads(indptr, threads) as run:
        rows = _supporters_above(run, indptr, indices, weights, b, own_weight, parameters.damping, start is None)
        after, pull = np.empty(n), np.zeros(n)
        moved, moves = np.ones(n, dtype=np.bool_), np.empty(n, dtype=np.bool_)
        for step in range(1, steps + 1):
            outcome = run(sweep, *rows, b, own_weight, parameters.damping, x, moved, step == 1, after, pull, moves)
            if broken := [row for _, row in outcome if row >= 0]:
                raise ValueError(f"standing must stay finite; it did not at holder {broken[0]} in step {step}")
            change = max((largest for largest, _ in outcome), default=0.0)
            certificate = parameters.damping / (1 - parameters.damping) * change
            x, after, moved, moves = after, x, moves, moved
            if certificate <= tolerance:
                break
    for array in (x, pull, after):
        array.setflags(write=False)
    return VouchResult(x, pull, after, step, change, certificate, certificate <= tolerance)


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
        In the layout of ``indices``; each row adds up to x_i − b_i.

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


def _supporters_above(
    run: Run, indptr: Array, indices: Array, weights: Array, b: Array, own_weight: Array, damping: float, bounded: bool
) -> tuple[Array, Array, Array, Array]:
    """Leave out who can never stand above the holder it pays: its ceiling is no higher than the holder's evidence.

    That saves about half of the work and changes no bit, as those left out never count in any step. The ceilings hold
    for steps that start at the evidence; from elsewhere only ties without weight are left out.
    """
    n = len(b)
    ceiling = np.full(n, np.inf)
    if bounded and n:
        best, spread = float(b.max()), float(np.abs(b).max())
        margin = 1e-9 * spread  # far above what rounding could add
        run(ceilings, indptr, weights, b, own_weight, damping, best, margin, ceiling)
    begin, end = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    kept_indices, kept_weights = np.empty(len(indices), dtype=np.int32), np.empty(len(indices))
    run(shortlist, indptr, indices, weights, b, ceiling, begin, end, kept_indices, kept_weights)
    return begin, end, kept_indices, kept_weights


def _require_rows(indptr: Array, indices: Array, weights: Array) -> tuple[Array, Array, Array]:
    indptr = np.ascontiguousarray(indptr, dtype=np.int64)
    indices = np.ascontiguousarray(indices, dtype=np.int32)
    n = len(indptr) - 1
    if n < 0 or indptr[0] != 0 or indptr[-1] != len(indices) or np.any(np.diff(indptr) < 0):
        raise ValueError(f"indptr must ascend from 0 to the {len(indices)} ties; got {indptr}")
    if len(indices) and (indices.min() < 0 or indices.max() >= n):
        raise ValueError(f"indices must be holders 0 to {n - 1}; got {indices.min()} to {indices.max()}")
    weights = np.ascontiguousarray(weights, dtype=np.float64)
    if weights.shape != indices.shape:
        raise ValueError(f"weights must have {len(indices)} values; got shape {weights.shape}")
    fine = np.isfinite(weights) & (weights >= 0)
    if not fine.all():
        bad = int(np.flatnonzero(~fine)[0])
        holder = int(np.searchsorted(indptr, bad, side="right") - 1)
        raise ValueError(
            f"weights must be finite and at least 0; got {float(weights[bad])} from holder {indices[bad]} "
            f"to holder {holder}"
        )
    return indptr, indices, weights
