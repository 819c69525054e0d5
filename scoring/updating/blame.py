"""What falls back on some of those who vouched for a defaulter? The arithmetic of :mod:`graph.distress` for a few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scoring.updating.portfolio import Portfolio
    from scoring.updating.settling import Network

Array = np.ndarray[Any, Any]


def fallen_on(payers: Array, network: Network, before: Portfolio) -> tuple[Array, Array]:
    """Say what falls back on some payers, ascending, and because of whom.

    Parameters
    ----------
    payers
        Holders.
    network
        Ties and severities.
    before
        What consents allow and withhold.

    Returns
    -------
    tuple
        r (float64[k]), and the payee whose outcome it is (int64[k]), −1 for none; of several equally bad the first.
    """
    rows = network.outgoing(payers)
    payer, payee = network.payer[rows], network.payee[rows]
    withheld, allowed = before.number("scale_withheld")[payer], before.number("distress_allowed")[payer]
    known = np.where(withheld, network.g[rows] > 0, np.minimum(1.0, network.g[rows] / network.kappa))
    cases = np.where(allowed, known * network.severity[payee], 0.0)
    who = np.searchsorted(payers, payer)
    worst, culprit = np.zeros(len(payers)), np.full(len(payers), -1, np.int64)
    np.maximum.at(worst, who, cases)
    guilty = np.flatnonzero((cases > 0) & (cases == worst[who]))[::-1]
    culprit[who[guilty]] = payee[guilty]
    return network.parameters.fallback * worst, culprit
