"""Who supports whom, month after month? The sustained ties of households and friends."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from loaders.simulate.plan import Plan, Stream
from loaders.simulate.population import Population
from loaders.simulate.rows import KIND, Rows, foreign, make_rows, times

Ints = npt.NDArray[np.int64]

SHARE_OF_LOG = 0.28
TWO_WAY_SHARE = 0.6
HOUSEHOLD_SHARE = 0.6
MIN_MONTHS = 6


@dataclass(frozen=True)
class Support:
    """Directed sustained ties: from month ``start`` to before ``end`` the payer pays ``times`` times a month.

    ``amount`` is one usual payment in minor units of the base currency, ``household`` tells household from friends,
    ``two_way`` marks both directions of a pair that supports each other.
    """

    payer: Ints
    payee: Ints
    start: Ints
    end: Ints
    times: Ints
    day: Ints
    amount: Ints
    kind: npt.NDArray[np.int8]
    currency: npt.NDArray[np.int8]
    household: npt.NDArray[np.bool_]
    two_way: npt.NDArray[np.bool_]

    def active(self, plan: Plan, month: int, part: int) -> Ints:
        """Ties that pay in a month and belong to a part of it."""
        mine = np.arange(part, len(self.payer), plan.parts)
        return mine[(self.start[mine] <= month) & (month < self.end[mine])]

    def count(self, plan: Plan, month: int, part: int) -> int:
        """Relations of a part of a month."""
        return int(self.times[self.active(plan, month, part)].sum())


def make_support(plan: Plan, population: Population) -> Support:
    """Draw the pairs and how they pay, up to `SHARE_OF_LOG` of the relations of the log."""
    dice = plan.dice(Stream.SUPPORT)
    target = plan.share_of_log(SHARE_OF_LOG)
    pairs = target * 2 // (MIN_MONTHS + plan.months) + 1
    one, other, household = _pairs(population, pairs, dice)
    count = len(one)
    both = dice.random(count) < TWO_WAY_SHARE
    # Where support goes one way, the one with the longer history gives it: parents, seniors, old friends.
    turned = ~both & (population.history[one] < population.history[other])
    one, other = np.where(turned, other, one), np.where(turned, one, other)
    length = dice.integers(MIN_MONTHS, plan.months + 1, count)
    first = plan.month_of(np.maximum(population.opened[one], population.opened[other]))
    start = np.maximum(first, ((plan.months - length) * dice.random(count)).astype(np.int64))
    end = np.minimum(plan.months, start + length)
    amount = population.scale[one] * np.exp(np.log(0.4) + 0.8 * dice.standard_normal(count))
    currency = dice.choice(np.arange(4, dtype=np.int8), size=count, p=(0.97, 0.01, 0.015, 0.005))
    # The way back pays other amounts on other days: what netting leaves then stands in both directions.
    back = amount * np.exp(np.log(0.7) + 0.6 * dice.standard_normal(count))
    keep = both.nonzero()[0]
    every = np.concatenate([np.arange(count), keep])
    total = len(every)
    payment = np.concatenate([amount, back[keep]]).astype(np.int64) + 100
    kind = np.where(dice.random(total) < 0.15, KIND["pay_on_behalf"], KIND["transfer"]).astype(np.int8)
    found = Support(
        payer=np.concatenate([one, other[keep]]), payee=np.concatenate([other, one[keep]]),
        start=start[every], end=end[every], times=dice.choice(np.arange(1, 4), size=total, p=(0.6, 0.25, 0.15)),
        day=dice.integers(0, 28, total), amount=payment, kind=kind, currency=currency[every],
        household=household[every], two_way=both[every],
    )  # fmt: skip
    return _within(found, every, target)


def _within(support: Support, pair: Ints, target: int) -> Support:
    """Keep whole pairs until the target of relations is reached; pairs are in a random order."""
    rows = (support.end - support.start).clip(0) * support.times
    total = np.cumsum(np.bincount(pair, weights=rows))
    keep = (total[pair] <= target) & (rows > 0)
    return Support(**{field.name: getattr(support, field.name)[keep] for field in fields(Support)})


def _pairs(population: Population, count: int, dice: np.random.Generator) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Distinct pairs of persons of one household, or of one circle of friends."""
    one = dice.integers(0, population.ordinary, count)
    household = (dice.random(count) < HOUSEHOLD_SHARE) & (population.house_size[one] > 1)
    start = np.where(household, population.house_start[one], population.circle_start[one])
    size = np.where(household, population.house_size[one], population.circle_size[one])
    other = start + (one - start + 1 + (dice.random(count) * (size - 1)).astype(np.int64)) % size
    _, distinct = np.unique(np.minimum(one, other) * population.ordinary + np.maximum(one, other), return_index=True)
    distinct = dice.permutation(distinct[(one != other)[distinct]])
    one, other = one[distinct], other[distinct]
    return one, other, population.house_start[one] == population.house_start[other]


def support_rows(plan: Plan, support: Support, month: int, part: int, dice: np.random.Generator) -> Rows:
    """Give the payments of sustained ties in one part of a month."""
    tie = support.active(plan, month, part)
    times_a_month = support.times[tie]
    tie = tie.repeat(times_a_month)
    nth = np.arange(len(tie)) - np.repeat(np.cumsum(times_a_month) - times_a_month, times_a_month)
    day = (support.day[tie] + 9 * nth + dice.integers(-2, 3, len(tie))).clip(0) % 28
    amount = (support.amount[tie] * np.exp(0.25 * dice.standard_normal(len(tie)))).astype(np.int64) + 100
    amount = np.where(dice.random(len(tie)) < 0.5, (amount + 999) // 1000 * 1000, amount)
    at = times(plan, month, day, dice)
    currency = support.currency[tie]
    amount = foreign(amount, currency)
    return make_rows(support.kind[tie], support.payer[tie], support.payee[tie], amount, at, currency)
