"""How are all payments between the same two persons brought together, wherever they stand in a long log?

Each kernel reads its rows once, in order, and lets go of the interpreter. Rows go to partitions by a hash of the pair,
so a hub with millions of counterparties fills no partition of its own; a partition is small enough to stay in the
processor's cache while its pairs are told apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]
OTHER, TRANSFER, BEHALF, CONTACT = range(4)
"""What a kind of relation is to ties."""
TOLD = ("payments", "reversals", "within_holder", "not_person", "contact", "other")
"""What becomes of a used relation, in the order in which :func:`sift` counts."""
UPWARD, ON_BEHALF, CURRENCY = 1, 2, 2
"""A payment's mark: bit 0 payer < payee, bit 1 on behalf, from bit 2 on its currency."""


@njit(cache=True, nogil=True)
def mixed(pair: Any) -> Any:
    """Hash a pair, every bit of it into every bit: the finalizer of SplitMix64."""
    h = np.uint64(pair)
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))


@njit(cache=True, nogil=True)
def sift(
    kind: Array,
    is_back: Array,
    from_code: Array,
    to_code: Array,
    currency: Array,
    class_of: Array,
    person_from: Array,
    person_to: Array,
    currency_of: Array,
    shift: int,
    rows: Array,
    pair: Array,
    mark: Array,
    part: Array,
    counts: Array,
    sizes: Array,
) -> int:
    """Pick the payments between two persons from a block of relations, and say how many there are.

    ``rows``, ``pair`` (low << 32 | high), ``mark`` and ``part`` take one value for each; ``counts`` what every relation
    is, in the order of :data:`TOLD`; ``sizes`` how many go to each partition. ``class_of``, ``person_from``,
    ``person_to`` and ``currency_of`` say what the codes mean.
    """
    found = 0
    for i in range(len(kind)):
        what = class_of[kind[i]]
        if what in (OTHER, CONTACT):
            counts[5 if what == OTHER else 4] += 1
            continue
        if is_back[i]:
            counts[1] += 1
            continue
        payer, payee = person_from[from_code[i]], person_to[to_code[i]]
        if payer < 0 or payee < 0 or payer == payee:
            counts[3 if payer < 0 or payee < 0 else 2] += 1
            continue
        rows[found] = i
        pair[found] = (np.int64(min(payer, payee)) << 32) | max(payer, payee)
        own = currency_of[currency[i]] << CURRENCY
        mark[found] = own | (ON_BEHALF if what == BEHALF else 0) | (UPWARD if payer < payee else 0)
        goes = mixed(pair[found]) >> np.uint64(shift)
        part[found] = goes
        sizes[goes] += 1
        found += 1
    counts[0] += found
    return found


@njit(cache=True, nogil=True)
def place_money(
    rows: Array,
    part: Array,
    free: Array,
    pair: Array,
    mark: Array,
    at: Array,
    amount: Array,
    back: Array,
    pair_out: Array,
    mark_out: Array,
    at_out: Array,
    gross_out: Array,
    left_out: Array,
) -> None:
    """Write each picked payment to the next ``free`` place of its partition; what was taken back is not left."""
    for i in range(len(part)):
        to, row = free[part[i]], rows[i]
        free[part[i]] = to + 1
        pair_out[to] = pair[i]
        mark_out[to] = mark[i]
        at_out[to] = at[row]
        gross_out[to] = amount[row]
        left_out[to] = amount[row] - back[row]


@njit(cache=True, nogil=True)
def group(pair: Array, order: Array) -> tuple[Array, Array]:
    """Bring equal pairs of a partition together, in the order in which they first appear.

    ``order`` takes the rows, those of a pair in their order.

    Returns
    -------
    tuple
        The distinct pairs (int64) and where each one's rows begin in ``order`` (int32, one more at the end).
    """
    slots = 2
    while slots < 2 * len(pair):
        slots *= 2
    mask = np.uint64(slots - 1)
    taken = np.full(slots, -1, dtype=np.int32)
    number = np.empty(len(pair), dtype=np.int32)
    distinct = np.empty(len(pair), dtype=np.int64)
    size = np.zeros(len(pair) + 1, dtype=np.int32)
    many = 0
    for row in range(len(pair)):
        slot = mixed(pair[row]) & mask
        while taken[slot] >= 0 and distinct[taken[slot]] != pair[row]:
            slot = (slot + np.uint64(1)) & mask
        if taken[slot] < 0:
            taken[slot] = many
            distinct[many] = pair[row]
            many += 1
        number[row] = taken[slot]
        size[taken[slot] + 1] += 1
    begin = np.cumsum(size[: many + 1]).astype(np.int32)
    free = begin.copy()
    for row in range(len(pair)):
        order[free[number[row]]] = row
        free[number[row]] += 1
    return distinct[:many].copy(), begin
