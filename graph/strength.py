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
TOO_MUCH = -1
"""Money of a tie that leaves 64 bits."""
TIE = np.dtype(
    [(name, np.int64) for name in ("ends", "money", "first_us", "last_us")]
    + [(name, np.float64) for name in ("v", "g")]
    + [(name, np.int32) for name in ("count", "months")]
)
"""A tie: payer << 32 | payee; money, times of the earliest and the latest of its payments; strengths; how many payments
these are, and windows that count in v."""


@njit(cache=True, nogil=True)
def weight(
    transfers: int, behalf: int, days: int, scale: float, full_log: float, full_days: int, behalf_factor: float
) -> float:
    """How much does one window count, before it is weighed by its age?

    Parameters
    ----------
    transfers, behalf
        Money transferred and money paid on behalf.
    days
        Distinct days with money.
    scale
        The payer's usual monthly outflow.
    full_log
        log(1 + saturation).
    """
    share = (transfers + behalf_factor * behalf) / scale
    much = min(1.0, math.log1p(share) / full_log)
    often = 0.5 + 0.5 * min(1.0, days / full_days)
    return much * often


@njit(cache=True, nogil=True)
def sum_ties(
    order: Array,
    begin: Array,
    pair: Array,
    mark: Array,
    at: Array,
    gross: Array,
    left: Array,
    scale: Array,
    now: int,
    window: int,
    day: int,
    decay: Array,
    full_log: float,
    full_days: int,
    full_months: int,
    least_months: int,
    behalf_factor: float,
    ties: Array,
) -> int:
    """Sum the payments of every pair ``order[begin[k]:begin[k+1]]`` up to one tie each way, and say how many there are.

    Latest first: then one window ends before the next begins and one day before the next, so a tie needs no table of
    its windows, however many there are. ``ties`` has room for two per pair.
    """
    made = 0
    for side in range(2 * len(pair)):
        number, upward = side >> 1, side & 1
        low, high = pair[number] >> 32, pair[number] & 0xFFFFFFFF
        payer, payee = (low, high) if upward else (high, low)
        v_sum, g_sum, total = 0.0, 0.0, 0
        seen, v_months, g_months, earliest, latest = 0, 0, 0, 0, 0
        place = begin[number + 1] - 1
        while place >= begin[number]:
            t = (now - at[order[place]]) // window
            if t >= len(decay):
                break
            before = now - (t + 1) * window
            # Gross transfers and on behalf, net transfers and on behalf; distinct days, and the day seen last.
            gross_sum, gross_behalf, net_sum, net_behalf = 0, 0, 0, 0
            gross_days, net_days, gross_day, net_day = 0, 0, 0, 0
            while place >= begin[number] and at[order[place]] > before:
                p = order[place]
                place -= 1
                if (mark[p] & 1) != upward:
                    continue
                earliest = at[p]
                latest = latest if seen else at[p]
                seen += 1
                total = total + gross[p] if 0 <= total <= LARGEST - gross[p] else TOO_MUCH
                behalf, today = (mark[p] >> 1) & 1, at[p] // day
                if gross[p] > 0:
                    gross_sum += 0 if behalf else gross[p]
                    gross_behalf += gross[p] if behalf else 0
                    gross_days += gross_days == 0 or gross_day != today
                    gross_day = today
                if left[p] > 0:
                    net_sum += 0 if behalf else left[p]
                    net_behalf += left[p] if behalf else 0
                    net_days += net_days == 0 or net_day != today
                    net_day = today
            if gross_days:
                much = weight(gross_sum, gross_behalf, gross_days, scale[payer], full_log, full_days, behalf_factor)
                g_sum += decay[t] * much
                g_months += 1
            if net_days:
                much = weight(net_sum, net_behalf, net_days, scale[payer], full_log, full_days, behalf_factor)
                v_sum += decay[t] * much
                v_months += 1
        if seen == 0:
            continue
        tie = ties[made]
        tie["ends"] = (payer << 32) | payee
        tie["g"] = g_sum * min(1.0, g_months / full_months) if g_months >= least_months else 0.0
        tie["v"] = v_sum * min(1.0, v_months / full_months) if v_months >= least_months else 0.0
        tie["money"], tie["count"], tie["months"] = total, seen, v_months
        tie["first_us"], tie["last_us"] = earliest, latest
        made += 1
    return made
