"""After something changed for some holders, where does everyone stand? Only who may move is solved again.

Credit flows downhill: a supporter stands above whom it lifts. So a change moves those it is made for, then those they
pay, and so on, and ends where nothing moves any more. Starting from the old standing, whoever may move waits in a
queue; its row is solved with the arithmetic of :mod:`graph.vouch`, and if it moved, those it pays wait in turn.

The end is the end of a full solve, bit for bit. Each row is at the root of its inputs, which is all that a fixed point
asks, and there is one fixed point only: take the highest holder at which two of them differ; whoever counts for it
stands higher, hence alike in both, hence so does the holder. Where standings fall, two holders who pay each other may
hold each other up for some passes, each time by less than λ of what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.checks import require_vector
from graph.credit_graph import CreditGraph
from graph.parameters import PropagationParameters
from graph.pull import settle

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Resolved:
    """Where everyone stands after a change, and what it took.

    Attributes
    ----------
    standing : float64[n]
        x.
    moved : int64[k]
        Whose standing is another than at the start, ascending.
    rows
        Rows solved; one solved twice counts twice.
    passes
        How often the queue was worked off.
    converged
        Whether nobody waits any more.
    """

    standing: Array
    moved: Array
    rows: int
    passes: int
    converged: bool


def changed_rows(graph: CreditGraph, old: Array, new: Array, *columns: tuple[Array, Array]) -> Array:
    """Whose row is another now: another weight behind it, or another value in one of the columns?

    Parameters
    ----------
    graph
        The ties, before and after: a tie that is gone or new is there with strength 0 on the other side.
    old, new : float64[m]
        Weights in the layout of ``graph.by_payee``, before and after.
    *columns
        Pairs of float64[n], before and after, such as evidence and months.

    Returns
    -------
    int64[k]
        Holders, ascending.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> old = np.ones(len(credit.ties))
    >>> new = np.where(credit.by_payee.row == credit.index("nina"), 0.0, old)
    >>> [credit.holder_id(i) for i in changed_rows(credit, old, new)]
    ['nina']
    """
    marked = np.zeros(len(graph), dtype=np.bool_)
    marked[graph.by_payee.row[old != new]] = True
    for before, after in columns:
        marked |= before != after
    return np.flatnonzero(marked)


def resolve(
    graph: CreditGraph,
    weights: Array,
    evidence: Array,
    months: Array,
    *,
    start: Array,
    changed: Array,
    parameters: PropagationParameters | None = None,
) -> Resolved:
    """Where does everyone stand, when only some rows are other than those that ``start`` solves?

    Parameters
    ----------
    graph
        The ties as they are now.
    weights : float64[m]
        w as they are now, as :func:`graph.vouch.vouching_weights` gives them.
    evidence, months : float64[n]
        b and n ≥ 0 as they are now.
    start : float64[n]
        Where everyone stood at the fixed point before; somebody new at its evidence.
    changed : int[k]
        Whose evidence, months or weights behind it changed, see :func:`changed_rows`.
    parameters
        k, λ and how many passes are allowed; the tolerance is 0.

    Returns
    -------
    Resolved
        Equal to the bit to :func:`graph.vouch.vouch` of everything, if it converged.

    Raises
    ------
    ValueError
        If an argument is not finite or out of range, or a standing does not stay finite.

    Examples
    --------
    Sam's evidence falls; Nina, whom he pays, is the only other one to be solved again.

    >>> import graph
    >>> from graph.vouch import vouch, vouching_weights
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> months = np.array([PEOPLE[name][-1] for name in credit.holders.to_pylist()], float)
    >>> evidence = np.where(months > 150, 0.9, 0.5)
    >>> rows = credit.by_payee.indptr, credit.by_payee.indices, vouching_weights(credit, months / (months + 6))
    >>> sam, old = credit.index("sam"), vouch(*rows, evidence, months).standing
    >>> evidence[sam] = 0.8
    >>> found = resolve(credit, rows[2], evidence, months, start=old, changed=np.array([sam]))
    >>> [credit.holder_id(i) for i in found.moved], found.rows
    (['nina', 'sam'], 2)
    >>> np.array_equal(found.standing, vouch(*rows, evidence, months).standing)
    True
    """
    parameters = parameters or PropagationParameters()
    n, support = len(graph), graph.by_payee
    b = require_vector("evidence", evidence, n)
    own_weight = parameters.prior_months + require_vector("months", months, n, low=0.0)
    old = require_vector("start", start, n)
    w = require_vector("weights", weights, len(graph.ties), low=0.0)
    queue = np.unique(np.asarray(changed, dtype=np.int64))
    if len(queue) and not (queue[0] >= 0 and queue[-1] < n):
        raise ValueError(f"changed must be holders 0 to {n - 1}; got {queue[0]} to {queue[-1]}")
    x, waiting, following = old.copy(), np.zeros(n, dtype=np.bool_), np.empty(n, dtype=np.int64)
    waiting[queue] = True
    onward = np.searchsorted(graph.ties.payer, np.arange(n + 1))
    layout = support.indptr, support.indices, w, onward, graph.ties.payee
    rows = passes = 0
    while len(queue) and passes < parameters.max_iterations:
        # From above: who stands higher moves first, so that most rows are solved once.
        queue = queue[np.argsort(-x[queue], kind="stable")]
        rows, passes = rows + len(queue), passes + 1
        count, broken = settle(queue, *layout, b, own_weight, parameters.damping, x, waiting, following)
        if broken >= 0:
            raise ValueError(f"standing must stay finite; it did not at holder {broken} in pass {passes}")
        queue = following[:count].copy()
    x.setflags(write=False)
    return Resolved(x, np.flatnonzero(x != old), rows, passes, not len(queue))
