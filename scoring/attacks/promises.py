"""Does an attack stay within what rule ``vouch`` promises? A promise that does not hold is an error that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from loaders.errors import GateError
from scoring.attacks.results import RULES, Promise

if TYPE_CHECKING:
    from scoring.attacks.outcome import Outcome
    from scoring.attacks.world import World

ROUNDING = 1e-9
"""Points, or standing: what another order of the same sums may leave."""


SYBILS = "accounts without history gain at most λ (B − β) A / k together"


class Check(Protocol):
    """Holds an outcome to a promise; None where the promise does not speak of it."""

    def __call__(self, outcome: Outcome, /) -> Promise | None:
        """Check it."""


def fresh_gain_nothing(outcome: Outcome) -> Promise:
    """Accounts without history and without honest money gain exactly nothing: those that should gain, to the bit."""
    return _nothing(outcome, "accounts without history and without honest money gain exactly 0")


def returned_counts_nothing(outcome: Outcome) -> Promise:
    """Money that came back within the days of netting, or was taken back, vouches for nobody."""
    return _nothing(outcome, "money that came back within the days of netting, or was taken back, gains exactly 0")


def fresh_pass_on_nothing(outcome: Outcome) -> Promise:
    """A fresh account passes on nothing, so nothing reaches the attacker through it."""
    return _nothing(outcome, "an account without history passes on exactly 0")


def circles_count_nothing(outcome: Outcome) -> Promise | None:
    """Under ``netting = "cycles"`` money that comes back over one other holder counts nothing."""
    if outcome.target.order.config.ties.netting != "cycles":
        return None
    return _nothing(outcome, 'with netting = "cycles", money that comes back in three steps gains exactly 0')


def outside_money_changes_nothing(outcome: Outcome) -> Promise:
    """Relations that are not whitelisted, and institutions, change no score under any rule."""
    moved = [
        rule
        for rule in RULES
        if not np.array_equal(outcome.after.scores(rule).exact, outcome.before.scores(rule).exact)
    ]
    return _judged(outcome, "money from outside changes no score by a bit, under any rule", not moved,
                   f"moved: {', '.join(moved) or 'none'}")  # fmt: skip


def sending_raises_nobody(outcome: Outcome) -> Promise:
    """Own sending never raises the own score."""
    gain = float(outcome.change("vouch", outcome.plot.attackers).max())
    return _judged(outcome, "own sending never raises the own score", gain <= ROUNDING, _points(gain))


def nobody_is_grieved(outcome: Outcome) -> Promise | None:
    """Money from those who stand no higher changes nothing for the payee."""
    payers, victims = (outcome.after.places(who) for who in (outcome.plot.attackers, outcome.plot.victims))
    if outcome.after.standing[payers].max() > outcome.before.standing[victims].min():
        return None
    moved = float(np.abs(outcome.change("vouch", outcome.plot.victims)).max())
    promise = "money from someone standing no higher changes nothing for the payee"
    return _judged(outcome, promise, moved <= ROUNDING, f"the victim moves by {moved:.2f} points")


def ring_stays_below_its_best(outcome: Outcome) -> Promise:
    """In a ring nobody ends above its best member."""
    ring = outcome.after.places(outcome.plot.attackers)
    best = float(outcome.after.ground.assessment.evidence[ring].max())
    top = float(outcome.after.standing[ring].max())
    found = f"the highest standing is {top:.6f}, the best evidence {best:.6f}"
    return _judged(outcome, "in an aged ring nobody ends above its best member", top <= best + ROUNDING, found)


def spreading_raises_no_lift(outcome: Outcome) -> Promise | None:
    """Sharing one holder's incoming payments out never raises the largest lift."""
    if outcome.whole is None:
        return None
    one, many = (_largest_lift(outcome, world) for world in (outcome.whole, outcome.after))
    found = f"the largest lift is {many:.6f}, of one account alone {one:.6f}"
    promise = "splitting incoming payments never raises the largest lift"
    return _judged(outcome, promise, many <= one + ROUNDING, found)


def sybils_stay_within_bound(outcome: Outcome) -> Promise | None:
    """Accounts without history gain at most λ (B − β) A / k together."""
    if not len(outcome.fresh):
        return None
    gained, bound = outcome.sybils
    found = f"gained {gained:.6f} of at most {bound:.6f}"
    return _judged(outcome, SYBILS, gained <= bound + ROUNDING, found)


def _nothing(outcome: Outcome, promise: str) -> Promise:
    """Hold the attackers' standing to the bit; what falls back on them from a defaulter may still lower their score."""
    before, after = (world.standing[world.places(outcome.plot.attackers)] for world in (outcome.before, outcome.after))
    most = float(np.abs(after - before).max())
    return _judged(outcome, promise, np.array_equal(after, before), f"the attacker's standing moves by {most:g}")


def _judged(outcome: Outcome, promise: str, held: bool, found: str) -> Promise:
    if not held:
        raise GateError(f"attack {outcome.name} breaks a promise of rule vouch: {promise}; {found}")
    return Promise(outcome.name, promise, found)


def _largest_lift(outcome: Outcome, world: World) -> float:
    places = world.places(outcome.plot.attackers)
    return float((world.standing[places] - world.ground.assessment.evidence[places]).max())


def _points(value: float) -> str:
    return f"the attacker moves by {value + 0.0:.2f} points"
