"""How would one gain by other people, or hurt them: a captured supporter, a grieved newcomer, a record left behind?"""

from __future__ import annotations

import math

from scoring.attacks.base import Base
from scoring.attacks.plot import Newcomer, Payment, Plot, steady, strong

REPUTABLE = 20
SPREAD = 50
PAYERS = 20
PIECES = 10


def reputable20(base: Base) -> Plot:
    """Plant an account that shares four times its usual outflow among the 20 most reputable, month by month."""
    attacker = _attacker(base)
    amount = math.ceil(4 * base.scale / REPUTABLE)
    payments = [
        payment for holder in base.reputable(REPUTABLE) for payment in steady(attacker.id, base.account(holder), amount)
    ]
    return Plot((attacker,), tuple(payments), (attacker.id,))


def capture(base: Base) -> Plot:
    """Plant an honest supporter's payment to the attacker, month by month."""
    attacker = _attacker(base)
    supporter = base.supporter
    amount = math.ceil(base.scale_of(supporter))
    return Plot((attacker,), tuple(steady(base.account(supporter), attacker.id, amount)), (attacker.id,))


def smurfing_supported(base: Base) -> Plot:
    """Plant the same sum as in ``capture`` in ten small payments a month, to three accounts of the attacker."""
    attacker = _attacker(base, accounts=3)
    supporter = base.supporter
    small = math.ceil(base.scale_of(supporter) / PIECES)
    payments = [
        payment
        for number in range(PIECES)
        for payment in steady(base.account(supporter), attacker.account(number), small, day=2 + 2 * number)
    ]
    return Plot((attacker,), tuple(payments), (attacker.id,))


def spread(base: Base) -> Plot:
    """Plant an honest supporter's usual outflow, shared out over fifty fresh accounts."""
    supporter = base.supporter
    account, amount = base.account(supporter), math.ceil(base.scale_of(supporter) / SPREAD)
    crowd = [
        Newcomer(f"{base.soil.prefix}crowd-{number:02d}", twin=base.twin(0.4, 0.6, number)) for number in range(SPREAD)
    ]
    shares = [payment for member in crowd for payment in steady(account, member.id, amount)]
    whole = tuple(Payment(payment.payer, crowd[0].id, payment.amount, payment.ago) for payment in shares)
    return Plot(tuple(crowd), tuple(shares), tuple(member.id for member in crowd), whole=whole)


def griefing(base: Base) -> Plot:
    """Plant bad payers, every other one a defaulter, who flood a thin-file holder with money."""
    victim, amount = base.thin_victim(), math.ceil(base.scale)
    payers = [
        Newcomer(
            f"{base.soil.prefix}payer-{number:02d}", 48, base.twin(0.0, 0.05, number), severity=float(number % 2 == 0)
        )
        for number in range(PAYERS)
    ]
    payments = [payment for payer in payers for payment in steady(payer.id, base.account(victim), amount)]
    return Plot(tuple(payers), tuple(payments), tuple(payer.id for payer in payers), victims=(victim,))


def shedding(base: Base) -> Plot:
    """Plant a defaulter of the worst profile who moves its money to a fresh account of another name, with none."""
    old = Newcomer(f"{base.soil.prefix}defaulter", 48, base.twin(0.0, 0.0), severity=1.0)
    new = Newcomer(f"{base.soil.prefix}fresh")
    payments = tuple(strong(old.id, new.id, base.scale))
    return Plot((old, new), payments, (new.id,), (old.id,), instead={new.id: old.id})


def _attacker(base: Base, accounts: int = 1) -> Newcomer:
    return Newcomer(f"{base.soil.prefix}attacker", twin=base.twin(0.4, 0.6), accounts=accounts)
