"""How would one gain by other people, or hurt them: a captured supporter, a grieved newcomer, a record left behind?"""

from __future__ import annotations

import math

from scoring.attacks.plot import Newcomer, Payment, Plot, steady, strong
from scoring.attacks.target import Target

REPUTABLE = 20
SPREAD = 50
PAYERS = 20
PIECES = 10


def reputable20(target: Target) -> Plot:
    """Plant an account that shares four times its usual outflow among the 20 most reputable, month by month."""
    attacker = _attacker(target)
    amount = math.ceil(4 * target.scale / REPUTABLE)
    payments = [
        payment
        for holder in target.reputable(REPUTABLE)
        for payment in steady(attacker.id, target.account(holder), amount)
    ]
    return Plot((attacker,), tuple(payments), (attacker.id,))


def capture(target: Target) -> Plot:
    """Plant an honest supporter's payment to the attacker, month by month."""
    attacker = _attacker(target)
    supporter = target.supporter
    amount = math.ceil(target.scale_of(supporter))
    return Plot((attacker,), tuple(steady(target.account(supporter), attacker.id, amount)), (attacker.id,))


def smurfing_supported(target: Target) -> Plot:
    """Plant the same sum as in ``capture`` in ten small payments a month, to three accounts of the attacker."""
    attacker = _attacker(target, accounts=3)
    supporter = target.supporter
    small = math.ceil(target.scale_of(supporter) / PIECES)
    payments = [
        payment
        for number in range(PIECES)
        for payment in steady(target.account(supporter), attacker.account(number), small, day=2 + 2 * number)
    ]
    return Plot((attacker,), tuple(payments), (attacker.id,))


def spread(target: Target) -> Plot:
    """Plant an honest supporter's usual outflow, shared out over fifty fresh accounts."""
    supporter = target.supporter
    account, amount = target.account(supporter), math.ceil(target.scale_of(supporter) / SPREAD)
    crowd = [
        Newcomer(f"{target.soil.prefix}crowd-{number:02d}", twin=target.twin(0.4, 0.6, number))
        for number in range(SPREAD)
    ]
    shares = [payment for member in crowd for payment in steady(account, member.id, amount)]
    whole = tuple(Payment(payment.payer, crowd[0].id, payment.amount, payment.ago) for payment in shares)
    return Plot(tuple(crowd), tuple(shares), tuple(member.id for member in crowd), whole=whole)


def griefing(target: Target) -> Plot:
    """Plant bad payers, every other one a defaulter, who flood a thin-file holder with money."""
    victim, amount = target.thin_victim(), math.ceil(target.scale)
    payers = [
        Newcomer(
            f"{target.soil.prefix}payer-{number:02d}",
            48,
            target.twin(0.0, 0.05, number),
            severity=float(number % 2 == 0),
        )
        for number in range(PAYERS)
    ]
    payments = [payment for payer in payers for payment in steady(payer.id, target.account(victim), amount)]
    return Plot(tuple(payers), tuple(payments), tuple(payer.id for payer in payers), victims=(victim,))


def shedding(target: Target) -> Plot:
    """Plant a defaulter of the worst profile who moves its money to a fresh account of another name, with none."""
    old = Newcomer(f"{target.soil.prefix}defaulter", 48, target.twin(0.0, 0.0), severity=1.0)
    new = Newcomer(f"{target.soil.prefix}fresh")
    payments = tuple(strong(old.id, new.id, target.scale))
    return Plot((old, new), payments, (new.id,), (old.id,), instead={new.id: old.id})


def _attacker(target: Target, accounts: int = 1) -> Newcomer:
    return Newcomer(f"{target.soil.prefix}attacker", twin=target.twin(0.4, 0.6), accounts=accounts)
