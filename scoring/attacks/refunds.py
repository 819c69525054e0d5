"""How would one gain by money that comes back: at once, late, by a reversal, over a mule, or from outside?"""

from __future__ import annotations

import math

from scoring.attacks.plot import DAY, MONTHS, Newcomer, Payment, Plot, steady, to_and_fro
from scoring.attacks.target import Target

OUTSIDE = ("payroll", "loan", "withdrawal", "investment", "repayment", "transfer")


def refund_within(target: Target) -> Plot:
    """Plant a supporter's monthly payments that come back ten days later."""
    supporter, account, amount, attacker = _pair(target)
    later = min(10, target.order.config.ties.netting_days)
    payments = [
        payment
        for month in range(MONTHS)
        for payment in (
            Payment(account, attacker.id, amount, (30 * month + 10 + later) * DAY),
            Payment(attacker.id, account, amount, (30 * month + 10) * DAY),
        )
    ]
    return Plot((attacker,), tuple(payments), (attacker.id,), (supporter,))


def refund_late31(target: Target) -> Plot:
    """Plant one sum that changes hands every 31 days."""
    return _late(target, 31)


def refund_late62(target: Target) -> Plot:
    """Plant one sum that changes hands every 62 days."""
    return _late(target, 62)


def refund_reversed31(target: Target) -> Plot:
    """Plant a supporter's monthly payments, each taken back by a reversal after 31 days."""
    supporter, account, amount, attacker = _pair(target)
    payments = tuple(
        Payment(account, attacker.id, amount, (30 * month + 20) * DAY, taken_back=31 * DAY)
        for month in range(1, MONTHS + 1)
    )
    return Plot((attacker,), payments, (attacker.id,), (supporter,))


def refund_lump(target: Target) -> Plot:
    """Plant a supporter's monthly payments that come back in one sum at the end."""
    supporter, account, amount, attacker = _pair(target)
    payments = (
        *(Payment(account, attacker.id, amount, (30 * month + 10) * DAY) for month in range(1, MONTHS + 1)),
        Payment(attacker.id, account, MONTHS * amount, 5 * DAY),
    )
    return Plot((attacker,), payments, (attacker.id,), (supporter,))


def refund_mule(target: Target) -> Plot:
    """Plant a supporter's monthly payments that come back over a mule within days."""
    supporter, account, amount, attacker = _pair(target)
    mule = Newcomer(f"{target.soil.prefix}mule", twin=target.twin(0.4, 0.6, 1))
    way = ((account, attacker.id), (attacker.id, mule.id), (mule.id, account))
    payments = [
        Payment(*ends, amount, (30 * month + 20 - 2 * step) * DAY)
        for month in range(MONTHS)
        for step, ends in enumerate(way)
    ]
    return Plot((attacker, mule), tuple(payments), (attacker.id,), (supporter, mule.id))


def topup(target: Target) -> Plot:
    """Plant money that an institution sends, month by month, by every name it could have."""
    attacker = Newcomer(f"{target.soil.prefix}attacker", twin=target.twin(0.4, 0.6))
    outside = Newcomer(f"{target.soil.prefix}outside", kind="institution")
    amount = math.ceil(4 * target.scale)
    payments = [
        Payment(payment.payer, payment.payee, payment.amount, payment.ago, kind)
        for kind in OUTSIDE
        for payment in steady(outside.id, attacker.id, amount)
    ]
    return Plot((attacker, outside), tuple(payments), (attacker.id,))


def _late(target: Target, step: int) -> Plot:
    supporter, account, amount, attacker = _pair(target)
    payments = tuple(to_and_fro(account, attacker.id, amount, step))
    return Plot((attacker,), payments, (attacker.id,), (supporter,))


def _pair(target: Target) -> tuple[str, str, int, Newcomer]:
    """Give a complicit supporter, its account, its usual monthly outflow, and the attacker."""
    supporter = target.supporter
    attacker = Newcomer(f"{target.soil.prefix}attacker", twin=target.twin(0.4, 0.6))
    return supporter, target.account(supporter), math.ceil(target.scale_of(supporter)), attacker
