"""How would one gain by accounts of one's own: rings, mules, smurfs?"""

from __future__ import annotations

import math
from itertools import chain, pairwise

from scoring.attacks.plot import AGED, DAY, MONTHS, Newcomer, Payment, Plot, steady, strong
from scoring.attacks.target import Target

RING = 50
SMURFS = 20


def ring_fresh(target: Target) -> Plot:
    """Plant a ring of accounts without history."""
    return _ring(target, 0)


def ring_aged(target: Target) -> Plot:
    """Plant a ring of accounts with history, from the worst profiles to the best."""
    return _ring(target, AGED)


def mule2(target: Target) -> Plot:
    """Plant two fresh mules between a supporter and the attacker."""
    return _mules(target, 2, 0)


def mule3(target: Target) -> Plot:
    """Plant three fresh mules between a supporter and the attacker."""
    return _mules(target, 3, 0)


def mule2_aged(target: Target) -> Plot:
    """Plant two aged mules between a supporter and the attacker."""
    return _mules(target, 2, AGED)


def mule3_aged(target: Target) -> Plot:
    """Plant three aged mules between a supporter and the attacker."""
    return _mules(target, 3, AGED)


def smurfing(target: Target) -> Plot:
    """Plant smurfs, each with two accounts, who share one sum and pay it on in small ones."""
    attacker = Newcomer(_name(target, "attacker"), twin=target.twin(0.4, 0.6))
    smurfs = [
        Newcomer(_name(target, f"smurf-{number:02d}"), twin=target.twin(0.2, 0.8, number), accounts=2)
        for number in range(SMURFS)
    ]
    small = math.ceil(4 * target.scale / SMURFS / 4)
    payments = [
        payment
        for smurf in smurfs
        for number, day in enumerate((3, 9, 16, 24))
        for payment in steady(smurf.account(number), attacker.id, small, day=day)
    ]
    helpers = tuple(smurf.id for smurf in smurfs)
    return Plot((attacker, *smurfs), tuple(payments), (attacker.id,), helpers)


def _ring(target: Target, months: int) -> Plot:
    ring = [
        Newcomer(_name(target, f"ring-{number:02d}"), months, target.twin(number / RING, (number + 1) / RING, number))
        for number in range(RING)
    ]
    # a stride other than 1, so that good and bad profiles are neighbours
    names = [ring[(number * 7) % RING].id for number in range(RING)]
    payments = chain.from_iterable(strong(*ends, target.scale) for ends in pairwise([*names, names[0]]))
    return Plot(tuple(ring), tuple(payments), tuple(member.id for member in ring))


def _mules(target: Target, count: int, months: int) -> Plot:
    supporter = target.supporter
    amount = math.ceil(target.scale_of(supporter))
    attacker = Newcomer(_name(target, "attacker"), twin=target.twin(0.4, 0.6))
    mules = [Newcomer(_name(target, f"mule-{n}"), months, target.twin(0.6, 0.8)) for n in range(count)]
    way = [target.account(supporter), *(mule.id for mule in mules), attacker.id]
    # each passes it on a day after it came
    payments = [
        Payment(*ends, amount, (30 * month + 20 - step) * DAY)
        for month in range(MONTHS)
        for step, ends in enumerate(pairwise(way))
    ]
    return Plot((attacker, *mules), tuple(payments), (attacker.id,), tuple(mule.id for mule in mules))


def _name(target: Target, name: str) -> str:
    return f"{target.soil.prefix}{name}"
