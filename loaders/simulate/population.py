"""Who lives in the simulated portfolio: persons in households and circles, merchants, institutions?

Persons of a household stand next to each other, households of a circle of friends too. A latent quality, shared in part
within households and circles, drives profiles and outcomes: so who supports whom has something true to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loaders.simulate.plan import Plan, Stream
from loaders.simulate.planted import Cast

Ints = npt.NDArray[np.int64]

THIN_SHARE = 1 / 3
THIN_MONTHS = 12
MAX_HISTORY = 160
HOUSEHOLDS_PER_CIRCLE = 3
# Shares of the variance of quality: the circle's, the household's, the person's own.
QUALITY_SHARES = (0.30, 0.25, 0.45)


@dataclass(frozen=True)
class Population:
    """Persons, then their further accounts, merchants and institutions, by number.

    Person ``p`` owns account ``p``; the first ``ordinary`` persons take part in everyday life, the others are the
    planted cast. ``owner[k]`` owns account ``persons + k``; ``second[p]`` is a further account of p or -1.
    Days are counted from 1970, ``scale`` is usual monthly outflow in minor units.
    """

    ordinary: int
    persons: int
    merchants: int
    institutions: int
    house_start: Ints
    house_size: Ints
    circle_start: Ints
    circle_size: Ints
    quality: npt.NDArray[np.float64]
    history: Ints
    opened: Ints
    scale: Ints
    owner: Ints
    owner_opened: Ints
    second: Ints
    by_fame: Ints
    by_age: Ints
    public_opened: Ints
    account_number: Ints
    holder_number: Ints

    @property
    def first_merchant(self) -> int:
        """Number of the first merchant's account."""
        return self.persons + len(self.owner)

    @property
    def first_institution(self) -> int:
        """Number of the first institution's account."""
        return self.first_merchant + self.merchants


def populate(plan: Plan, cast: Cast) -> Population:
    """Make the population of a plan around a planted cast."""
    dice = plan.dice(Stream.POPULATION)
    institutions, merchants = max(3, plan.accounts // 500), max(6, plan.accounts // 25)
    further = (plan.accounts - institutions - merchants) // 11
    persons = plan.accounts - institutions - merchants - further
    ordinary = persons - len(cast.quality)
    house_start, house_size, circle_start, circle_size = _groups(ordinary, dice)
    shared = [_shared(start, dice) for start in (circle_start, house_start, np.arange(ordinary))]
    quality = sum(np.sqrt(share) * part for share, part in zip(QUALITY_SHARES, shared, strict=True))
    history = _histories(ordinary, dice)
    opened = plan.end_day - 30 * history - dice.integers(0, 30, ordinary)
    scale = np.exp(np.log(500_000) + 0.5 * dice.standard_normal(ordinary) + 0.15 * quality).astype(np.int64)
    opened_all = np.concatenate([opened, plan.end_day - cast.opened_days])
    owner = np.concatenate(
        [cast.second_owners + ordinary, dice.integers(0, ordinary, further - len(cast.second_owners))]
    )
    wait = dice.random(further) * 0.7 * (plan.end_day - opened_all[owner])
    second = np.full(persons, -1, dtype=np.int64)
    second[owner] = persons + np.arange(further)
    return Population(
        ordinary=ordinary, persons=persons, merchants=merchants, institutions=institutions,
        house_start=house_start, house_size=house_size, circle_start=circle_start, circle_size=circle_size,
        quality=np.concatenate([quality, cast.quality]), history=np.concatenate([history, cast.history]),
        opened=opened_all, scale=np.concatenate([scale, cast.scale]),
        owner=owner, owner_opened=opened_all[owner] + wait.astype(np.int64), second=second,
        by_fame=dice.permutation(ordinary), by_age=np.argsort(opened, kind="stable"),
        public_opened=plan.end_day - dice.integers(plan.months * 31 + 30, 5_400, merchants + institutions),
        account_number=dice.permutation(plan.accounts), holder_number=dice.permutation(persons),
    )  # fmt: skip


def _groups(count: int, dice: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Start and size of each person's household (1 to 5 persons) and circle (three households)."""
    sizes = dice.choice(np.arange(1, 6), size=count, p=(0.15, 0.35, 0.25, 0.20, 0.05))
    starts = np.cumsum(sizes) - sizes
    starts = starts[starts < count]
    circles = starts[::HOUSEHOLDS_PER_CIRCLE]
    found = []
    for borders in (starts, circles):
        length = np.diff(np.append(borders, count))
        found += [np.repeat(borders, length), np.repeat(length, length)]
    return found[0], found[1], found[2], found[3]


def _shared(group: Ints, dice: np.random.Generator) -> npt.NDArray[np.float64]:
    """One standard normal number per group, given to each of its members; ``group`` ascends."""
    number = np.cumsum(np.diff(group, prepend=group[:1] - 1) > 0) - 1
    values: npt.NDArray[np.float64] = dice.standard_normal(int(number[-1]) + 1)[number]
    return values


def _histories(count: int, dice: np.random.Generator) -> Ints:
    """Whole months of own history: a third below twelve, the others lognormal around four years."""
    long = THIN_MONTHS + np.exp(np.log(40) + 0.7 * dice.standard_normal(count)).astype(np.int64)
    short = dice.integers(1, THIN_MONTHS, count)
    return np.where(dice.random(count) < THIN_SHARE, short, np.minimum(long, MAX_HISTORY))
