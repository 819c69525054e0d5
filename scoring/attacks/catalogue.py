"""Which attacks are there, in one sentence each, and which promises is each held to?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from loaders.errors import UsageError
from loaders.spelling import did_you_mean
from scoring.attacks import people, promises, refunds, rings
from scoring.attacks.plot import Plot
from scoring.attacks.promises import Check
from scoring.attacks.target import Target


@dataclass(frozen=True)
class Attack:
    """An attack: its name, what it does, how it is planted, and what it is held to beside the bound for sybils."""

    name: str
    sentence: str
    plot: Callable[[Target], Plot]
    checks: tuple[Check, ...] = ()


_ALL = (
    Attack("reputable20", "A fresh account sends the 20 most reputable money monthly, four times its usual outflow.",
           people.reputable20, (promises.sending_raises_nobody,)),
    Attack("ring_fresh", "50 accounts without history send each other much money in a ring.",
           rings.ring_fresh, (promises.fresh_gain_nothing,)),
    Attack("ring_aged", "50 accounts with 36 months of history, bad to good, send each other much money in a ring.",
           rings.ring_aged, (promises.ring_stays_below_its_best,)),
    Attack("refund_within", "A complicit supporter pays a fresh account monthly and has it back within 10 days.",
           refunds.refund_within, (promises.returned_counts_nothing,)),
    Attack("refund_reversed31", "A complicit supporter pays monthly and reverses each payment after 31 days.",
           refunds.refund_reversed31, (promises.returned_counts_nothing,)),
    Attack("refund_late31", "A complicit supporter's one sum goes there and back, a step every 31 days.",
           refunds.refund_late31),
    Attack("refund_late62", "A complicit supporter's one sum goes there and back, a step every 62 days.",
           refunds.refund_late62),
    Attack("refund_lump", "A complicit supporter pays monthly and has all of it back in one sum at the end.",
           refunds.refund_lump),
    Attack("refund_mule", "A complicit supporter pays monthly and has it back over a mule within 4 days.",
           refunds.refund_mule, (promises.circles_count_nothing,)),
    Attack("mule2", "An honest supporter's money reaches the attacker through 2 fresh mules.",
           rings.mule2, (promises.fresh_pass_on_nothing,)),
    Attack("mule3", "An honest supporter's money reaches the attacker through 3 fresh mules.",
           rings.mule3, (promises.fresh_pass_on_nothing,)),
    Attack("mule2_aged", "An honest supporter's money reaches the attacker through 2 mules of 36 months' history.",
           rings.mule2_aged),
    Attack("mule3_aged", "An honest supporter's money reaches the attacker through 3 mules of 36 months' history.",
           rings.mule3_aged),
    Attack("smurfing", "One sum of the attacker's own comes to it in small ones from 20 fresh smurfs with 40 accounts.",
           rings.smurfing, (promises.fresh_gain_nothing,)),
    Attack("smurfing_supported", "An honest supporter's monthly sum comes in 10 small ones to 3 accounts of a holder.",
           people.smurfing_supported),
    Attack("capture", "One honest, reputable person truly sends a fresh account money every month.", people.capture),
    Attack("spread", "The same money of one supporter is shared out over 50 fresh accounts.",
           people.spread, (promises.spreading_raises_no_lift,)),
    Attack("griefing", "20 bad payers, half of them defaulters, flood a thin-file holder with money.",
           people.griefing, (promises.nobody_is_grieved,)),
    Attack("shedding", "A defaulter leaves the worst record behind: its money goes on to a fresh account elsewhere.",
           people.shedding),
    Attack("topup", "An institution sends a fresh account much money, by six kinds of relation.",
           refunds.topup, (promises.outside_money_changes_nothing,)),
)  # fmt: skip
ATTACKS = {attack.name: attack for attack in _ALL}


def chosen(kind: str, names: Iterable[str] | None, known: Iterable[str]) -> tuple[str, ...]:
    """Give the names asked for, in the order in which they are known; all of them if none were named.

    Raises
    ------
    UsageError
        When a name is unknown.

    Examples
    --------
    >>> chosen("attack", ["mule3", "mule2"], ATTACKS)
    ('mule2', 'mule3')
    """
    known = tuple(known)
    wanted = known if names is None else tuple(names)
    for name in wanted:
        if name not in known:
            raise UsageError(f"{kind} must be one of {', '.join(known)}; got {name!r}{did_you_mean(name, known)}")
    return tuple(name for name in known if name in wanted)
