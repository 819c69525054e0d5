"""How do two worlds become the rows of a report: points of attackers, helpers and victims, and the price?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.attacks.outcome import Outcome, fresh_points
from scoring.attacks.plot import DAY
from scoring.attacks.results import CONSTANTS, AttackRow

if TYPE_CHECKING:
    from scoring.attacks.world import World
    from scoring.tabular.persons import Numbers

ROUNDING = 1e-9
"""Points below which a change is the rounding of the same sums in another order."""
HURT = 0.01
"""Points from which on somebody counts as hurt."""


def row_of(outcome: Outcome, rule: str) -> AttackRow:
    """Tell one attack under one rule."""
    plot = outcome.plot
    gained = _tidy(outcome.change(rule, plot.attackers))
    best = int(gained.argmax())
    attacker = plot.attackers[best : best + 1]
    left = tuple(plot.instead.get(holder, holder) for holder in attacker)
    harmed = _tidy(outcome.change(rule, outcome.victims))
    helped = _tidy(outcome.change(rule, plot.helpers)) if plot.helpers else None
    bound = rule == "vouch" and bool(len(outcome.fresh))
    worth = fresh_points(outcome.target.order.config)
    reached, most = (worth * each for each in outcome.sybils) if bound else (None, None)
    return AttackRow(
        attack=outcome.name,
        rule=rule,
        **_spread(gained, harmed),
        score_before=int(outcome.before.scores(rule).score[outcome.before.places(left)][0]),
        score_after=int(outcome.after.scores(rule).score[outcome.after.places(attacker)][0]),
        helpers_best=None if helped is None else float(helped.max()),
        **price(outcome),
        bound=most,
        reached=reached,
        note=_note(outcome, rule),
    )


def constants_row(outcome: Outcome, anew: World) -> AttackRow:
    """Tell what letting the portfolio constants be recomputed would do, against holding them, under rule ``vouch``."""
    places = outcome.after.places
    shift = anew.scores("vouch").exact - outcome.after.scores("vouch").exact
    gained, harmed = (_tidy(shift[places(who)]) for who in (outcome.plot.attackers, outcome.bystanders))
    best = places(outcome.plot.attackers)[int(gained.argmax())]
    old, new = outcome.after.ground.assessment.constants, anew.ground.assessment.constants
    moved = {"mean": new.mean - old.mean, "scale": new.scale - old.scale}
    moved |= {f"quartile_{name}": new.quartiles[name] - value for name, value in old.quartiles.items()}
    return AttackRow(
        attack=outcome.name,
        rule=CONSTANTS,
        **_spread(gained, harmed),
        score_before=int(outcome.after.scores("vouch").score[best]),
        score_after=int(anew.scores("vouch").score[best]),
        helpers_best=None,
        **price(outcome),
        constants=moved,
        note="; ".join(f"{name.replace('_', ' ')} {value:+.6g}" for name, value in moved.items() if value)
        or "no constant moves",
    )


def price(outcome: Outcome) -> dict[str, Any]:
    """Tell what an attack costs: money gone for good and moved, months, honest people, accounts.

    Money counts as gone when it leaves the holders that are planted or take part; what comes in from outside them is
    set against it.
    """
    plot, owner = outcome.plot, _owners(outcome)
    own = {*plot.attackers, *plot.helpers, *(newcomer.id for newcomer in plot.newcomers if newcomer.kind == "person")}
    honest = set(outcome.target.holders)
    kept = [payment for payment in plot.payments if payment.taken_back is None]
    flow = sum(payment.amount * ((owner[payment.payer] in own) - (owner[payment.payee] in own)) for payment in kept)
    oldest = max(payment.ago for payment in plot.payments)
    return {
        "money_out": max(0, flow),
        "money_moved": sum(payment.amount * (2 if payment.taken_back else 1) for payment in plot.payments),
        "months": max(math.ceil(oldest / (30 * DAY)), *(newcomer.months for newcomer in plot.newcomers)),
        "honest_people": len({owner[payment.payer] for payment in plot.payments} & honest),
        "accounts": sum(newcomer.accounts for newcomer in plot.newcomers),
    }


def _owners(outcome: Outcome) -> dict[str, str]:
    plot, target = outcome.plot, outcome.target
    planted = {new.account(number): new.id for new in plot.newcomers for number in range(new.accounts)}
    accounts = target.recalled.accounts
    used = {end for payment in plot.payments for end in (payment.payer, payment.payee)} - set(planted)
    pairs = zip(accounts["account_id"].to_pylist(), accounts["holder_id"].to_pylist(), strict=True)
    return planted | {account: holder for account, holder in pairs if account in used}


def _spread(gained: Numbers, harmed: Numbers) -> dict[str, Any]:
    there = len(harmed) > 0
    return {
        "attackers": len(gained),
        "attacker_best": float(gained.max()),
        "attacker_mean": math.fsum(gained) / len(gained),
        "attacker_total": math.fsum(gained),
        "victims": len(harmed),
        "victims_hurt": int((harmed <= -HURT).sum()),
        "victims_worst": float(harmed.min()) if there else 0.0,
        "victims_mean": math.fsum(harmed) / len(harmed) if there else 0.0,
        "victims_total": math.fsum(harmed),
    }


def _note(outcome: Outcome, rule: str) -> str:
    if not outcome.plot.instead:
        return outcome.plot.note
    new = outcome.plot.attackers
    there = float(outcome.before.scores(rule).exact[outcome.before.places(new)][0])
    moved = float(outcome.after.scores(rule).exact[outcome.after.places(new)][0]) - there
    return f"the fresh account has {there:.1f} without any money; the money adds {moved + 0.0:.2f}"


def _tidy(change: Numbers) -> Numbers:
    """Leave out what is only rounding; promises of an exact 0 are held to the bits before."""
    return np.where(np.abs(change) <= ROUNDING, 0.0, change)
