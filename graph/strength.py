"""How do the payments of one tie add up to its strength? The inner loops of :mod:`graph.ties`, compiled.

Money is summed in whole numbers, and floats come in only with the window sums, in one fixed order of operations: the
order of rows changes no bit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
LARGEST = 2**63 - 1
NONE = -1
"""No tie: nothing left 64 bits."""


@njit(cache=True, nogil=True)
def strength(
    transfers: Array,
    behalf: Array,
    days: Array,
    scale: float,
    decay: Array,
    full_log: float,
    full_days: int,
    full_months: int,
    least_months: int,
    behalf_factor: float,
) -> tuple[float, int]:
    """How strong are window sums of money, and in how many windows is there any?

    Parameters
    ----------
    transfers, behalf, days
        Per window: money transferred, money paid on behalf, distinct days with money.
    scale
        The payer's usual monthly outflow.
    decay
        Weight of each window.
    full_log
        log(1 + saturation).
    """
    total = 0.0
    active = 0
    for t in range(len(decay)):
        if days[t] == 0:
            continue
        active += 1
        share = (transfers[t] + behalf_factor * behalf[t]) / scale
        much = min(1.0, math.log1p(share) / full_log)
        often = 0.5 + 0.5 * min(1.0, days[t] / full_days)
        total += decay[t] * (much * often)
    if active < least_months:
        return 0.0, active
    return total * min(1.0, active / full_months), active


@njit(cache=True, nogil=True)
def sum_ties(
    order: Array,
    bounds: Array,
    window: Array,
    day: Array,
    on_behalf: Array,
    gross: Array,
    net: Array,
    scale: Array,
    decay: Array,
    full_log: float,
    full_days: int,
    full_months: int,
    least_months: int,
    behalf_factor: float,
) -> tuple[Array, Array, Array, Array, int]:
    """Sum the payments ``order[bounds[k]:bounds[k+1]]`` of every tie k, oldest first.

    Returns
    -------
    tuple
        v, g, money, months of v, and the first tie whose money leaves 64 bits (−1: none).
    """
    many = len(bounds) - 1
    v, g = np.zeros(many), np.zeros(many)
    money, months = np.zeros(many, dtype=np.int64), np.zeros(many, dtype=np.int32)
    # Rows: gross transfers, gross on behalf, net transfers, net on behalf.
    sums = np.zeros((4, len(decay)), dtype=np.int64)
    days = np.zeros((2, len(decay)), dtype=np.int64)
    latest = np.zeros((2, len(decay)), dtype=np.int64)
    for k in range(many):
        sums[:] = 0
        days[:] = 0
        for place in range(bounds[k], bounds[k + 1]):
            p = order[place]
            if gross[p] > LARGEST - money[k]:
                return v, g, money, months, k
            money[k] += gross[p]
            t = window[p]
            for side in range(2):
                value = net[p] if side else gross[p]
                if value > 0:
                    sums[2 * side + on_behalf[p], t] += value
                    # Payments of a tie come in the order of time, so a new day differs from the latest one.
                    if days[side, t] == 0 or latest[side, t] != day[p]:
                        days[side, t] += 1
                        latest[side, t] = day[p]
        g[k], _ = strength(
            sums[0], sums[1], days[0], scale[k], decay, full_log, full_days, full_months, least_months, behalf_factor
        )
        v[k], months[k] = strength(
            sums[2], sums[3], days[1], scale[k], decay, full_log, full_days, full_months, least_months, behalf_factor
        )
    return v, g, money, months, NONE
