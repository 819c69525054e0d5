"""After something changed for some holders, where does everyone stand? The rows that may move, many at a time.

The arithmetic of :mod:`graph.resolving`, bit for bit, on whole arrays: for the few rows of an update that is done
before compiled kernels are loaded. A queue holds the rows that may move; who moves lets those it pays wait, if it could
count for them. A row of which no input changed has the same root, so nobody else need be looked at: that the end is
that of a full run is what the tests of updates compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from loaders.errors import GateError, RenmaiError

if TYPE_CHECKING:
    from graph.parameters import PropagationParameters

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Network:
    """Who pays whom, and what everyone is worth alone.

    Attributes
    ----------
    payer, payee : int32[m]
        Ties by (payer, payee).
    v, g : float64[m]
        Their strengths.
    evidence, months, credibility, severity : float64[n]
        b, n, z and d.
    lift_allowed : bool[n]
        Whether consents allow a lift.
    kappa : float
        The least that a budget is divided by.
    parameters : PropagationParameters
        k, c, λ.
    """

    payer: Array
    payee: Array
    v: Array
    g: Array
    evidence: Array
    months: Array
    credibility: Array
    severity: Array
    lift_allowed: Array
    kappa: float
    parameters: PropagationParameters

    def outgoing(self, holders: Array) -> Array:
        """Number the ties that some holders, ascending, pay; in the order of ties."""
        asked = holders.astype(self.payer.dtype)  # or the ties would be copied as the wider type
        return joined(np.searchsorted(self.payer, asked), np.searchsorted(self.payer, asked, "right"))

    def incoming(self, holders: Array) -> Array:
        """Number the ties that pay some holders; by (payee, payer)."""
        marked = np.zeros(len(self.evidence), np.bool_)
        marked[holders] = True
        rows = np.flatnonzero(marked[self.payee])
        return rows[np.argsort(self.payee[rows], kind="stable")]

    def weights(self, rows: Array) -> Array:
        """Say how much weight stands behind some ties, as :func:`graph.vouch.vouching_weights`."""
        payers, place = np.unique(self.payer[rows], return_inverse=True)
        paid = self.outgoing(payers)
        given = np.bincount(np.searchsorted(payers, self.payer[paid]), self.g[paid], len(payers))
        voice = self.parameters.vouching * self.credibility[payers] * (1.0 - self.severity[payers])
        found: Array = voice[place] * (self.v[rows] / np.maximum(self.kappa, given)[place])
        found[~self.lift_allowed[self.payee[rows]]] = 0.0
        return found

    def pulls(self, holders: Array, standing: Array) -> Array:
        """Solve the rows of some holders, ascending: the root y of each, as :mod:`graph.pull` finds it."""
        rows = self.incoming(holders)
        return self.roots(holders, rows, self.weights(rows), standing)

    def roots(self, holders: Array, rows: Array, weights: Array, standing: Array) -> Array:
        """Solve the rows of some holders, given the ties that pay them and the weights behind those."""
        gap = standing[self.payer[rows]] - self.evidence[self.payee[rows]]
        counts = (gap > 0.0) & (weights > 0.0)
        who = np.searchsorted(holders, self.payee[rows[counts]])
        return _roots(who, gap[counts], weights[counts], self.parameters.prior_months + self.months[holders])


@dataclass(frozen=True, eq=False)
class Settled:
    """Where everyone stands, and whose rows were solved for it.

    Attributes
    ----------
    standing : float64[n]
        x.
    solved : int64[k]
        Holders whose rows were solved, ascending.
    pull : float64[k]
        y of each of them.
    rows : int64[l]
        The ties that pay them, by (payee, payer).
    weights : float64[l]
        The weights behind these.
    passes : int
        How often the queue was worked off.
    """

    standing: Array
    solved: Array
    pull: Array
    rows: Array
    weights: Array
    passes: int


def settle(network: Network, start: Array, changed: Array) -> Settled:
    """Solve the rows that changed, and those that move because of them, until nobody moves any more.

    Parameters
    ----------
    network
        The ties as they are now.
    start : float64[n]
        Where everyone stood before.
    changed : int64[k]
        Whose weights behind it may have changed, ascending.

    Raises
    ------
    GateError
        When it does not end within the steps that the policy allows.
    """
    x, evidence, damping = np.array(start), network.evidence, network.parameters.damping
    solved, queue, passes = np.zeros(len(x), np.bool_), changed, 0
    while len(queue):
        passes += 1
        if passes > network.parameters.max_iterations:
            raise GateError(
                f"rule vouch did not converge in {passes - 1} iterations; nothing was published. Allow more with"
                " propagation.max_iterations"
            )
        solved[queue] = True
        old, new = x[queue], evidence[queue] + damping * network.pulls(queue, x)
        x[queue] = new
        moved = np.flatnonzero(new != old)
        rows = network.outgoing(queue[moved])
        highest = np.maximum(old, new)[moved][np.searchsorted(queue[moved], network.payer[rows])]
        # at or below its evidence nobody counts for a holder
        queue = np.unique(network.payee[rows[highest > evidence[network.payee[rows]]]]).astype(np.int64)
    holders = np.flatnonzero(solved)
    rows = network.incoming(holders)
    weights = network.weights(rows)
    pull = network.roots(holders, rows, weights, x)
    if not np.array_equal(evidence[holders] + damping * pull, x[holders]):
        raise RenmaiError("a standing is not the root of its row; nothing was published")
    return Settled(x, holders, pull, rows, weights, passes)


def joined(begin: Array, end: Array) -> Array:
    """Put ranges one behind the other.

    Examples
    --------
    >>> joined(np.array([0, 7]), np.array([2, 9])).tolist()
    [0, 1, 7, 8]
    """
    sizes = end - begin
    before = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(begin - before, sizes)


def _roots(who: Array, gap: Array, weight: Array, own: Array) -> Array:
    """Find y ≥ 0 with K y = Σ w max(0, gap − y) of each row, as ``graph.pull`` does of one: sums in storage order."""
    y = np.zeros(len(own))
    pulled_at = weight * gap
    while len(who):
        total, pulled = (np.bincount(who, values, len(own)) for values in (weight, pulled_at))
        root = pulled / (own + total)
        if not np.isfinite(root).all():
            raise RenmaiError("a standing does not stay finite; nothing was published")
        risen = root > y
        y = np.where(risen, root, y)
        left = gap > y[who]
        # a row goes on while its root rose and somebody in it fell out
        goes_on = risen & (np.bincount(who[~left], minlength=len(own)) > 0)
        stays = goes_on[who] & left
        who, gap, weight, pulled_at = who[stays], gap[stays], weight[stays], pulled_at[stays]
    return y
