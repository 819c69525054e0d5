"""Which acts make up everyday life, and who takes part in them in one month?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from loaders.simulate.plan import DAY, Plan
from loaders.simulate.population import Population

Ints = npt.NDArray[np.int64]


class Act(NamedTuple):
    """A kind of relation with its share of everyday life, usual amount in minor units and its spread, and its parties.

    ``with_whom``: a person pays a shop or a bank, is paid by a bank, deals with a friend of the circle, or moves money
    to another account of the same holder; ``undo`` takes back an earlier act of the month.
    """

    kind: str
    share: float
    amount: int
    spread: float
    with_whom: str


ACTS = (
    PURCHASE := Act("purchase", 0.345, 6_000, 1.1, "to shop"),
    CHAT := Act("chat", 0.24, 0, 0, "friend"),
    FRIENDLY := Act("transfer", 0.13, 30_000, 1.0, "friend"),
    Act("bill", 0.08, 12_000, 0.6, "to bank"),
    Act("repayment", 0.045, 90_000, 0.7, "to bank"),
    Act("withdrawal", 0.03, 50_000, 0.7, "to bank"),
    Act("friend", 0.03, 0, 0, "friend"),
    Act("investment", 0.02, 200_000, 1.0, "to bank"),
    Act("donation", 0.012, 2_000, 1.0, "to bank"),
    Act("nearby", 0.01, 0, 0, "friend"),
    Act("shake", 0.01, 0, 0, "friend"),
    Act("fee", 0.008, 300, 0.5, "to bank"),
    Act("loan", 0.008, 800_000, 0.9, "from bank"),
    OWN := Act("transfer", 0.005, 100_000, 1.0, "own"),
    Act("guarantee", 0.002, 1_000_000, 0.8, "friend"),
    REFUND := Act("refund", 0.02, 0, 0, "undo"),
    REVERSAL := Act("transfer", 0.005, 0, 0, "undo"),
)


def split_count(count: int, scene: Scene) -> Ints:
    """Split a number of relations over the acts; what cannot happen in this month becomes chats."""
    border = np.floor(np.cumsum([0.0, *(act.share for act in ACTS)]) * count + 1e-6).astype(np.int64)
    border[-1] = count
    shares = np.diff(border)
    wanted = shares.copy()
    shares[ACTS.index(OWN)] *= scene.has_owners
    for undo, done in ((REFUND, PURCHASE), (REVERSAL, FRIENDLY)):
        shares[ACTS.index(undo)] = min(shares[ACTS.index(undo)], shares[ACTS.index(done)])
    shares[ACTS.index(CHAT)] += int((wanted - shares).sum())
    return shares


class Scene:
    """The ordinary persons whose accounts are open in one month, and how acts choose among them."""

    def __init__(self, plan: Plan, population: Population, month: int) -> None:
        day = int(plan.bounds[month]) // DAY
        self._town = population
        self._day = day
        opened = population.opened[population.by_age]
        self._open = population.by_age[: max(1, int(np.searchsorted(opened, day, side="right")))]
        use = (population.owner < population.ordinary) & (population.owner_opened <= day)
        self._further = np.flatnonzero(use) + population.persons
        self.has_owners = bool(use.any())

    def cast(self, act: Ints, dice: np.random.Generator) -> tuple[Ints, Ints]:
        """Choose the payer's and the payee's account of each act."""
        town, count = self._town, len(act)

        def takes(*places: str) -> npt.NDArray[np.bool_]:
            return np.array([known.with_whom in places for known in ACTS])[act]

        person = self._opened(town.by_fame[(town.ordinary * dice.random(count) ** 2.2).astype(np.int64)], dice)
        here = self._account(person, dice)
        there = np.zeros(count, dtype=np.int64)
        for place, first, size in (
            ("shop", town.first_merchant, town.merchants),
            ("bank", town.first_institution, town.institutions),
        ):
            mine = takes(f"to {place}", f"from {place}")
            there[mine] = first + (size * dice.random(int(mine.sum())) ** 2.5).astype(np.int64)
        mine = takes("friend")
        there[mine] = self._account(self._friends(person[mine], dice), dice)
        mine = takes("own")
        if mine.any():
            there[mine] = dice.choice(self._further, int(mine.sum()))
            here[mine] = town.owner[there[mine] - town.persons]
        back = takes("from bank")
        return np.where(back, there, here), np.where(back, here, there)

    def _opened(self, person: Ints, dice: np.random.Generator) -> Ints:
        """Replace persons without an open account by others with one."""
        late = self._town.opened[person] > self._day
        person[late] = self._open[(dice.random(int(late.sum())) * len(self._open)).astype(np.int64)]
        return person

    def _friends(self, person: Ints, dice: np.random.Generator) -> Ints:
        """Choose someone else for each person: mostly of the circle, at times anybody."""
        town, count = self._town, len(person)
        start, size = town.circle_start[person], town.circle_size[person]
        other = start + (person - start + 1 + (dice.random(count) * (size - 1)).astype(np.int64)) % size
        anybody = dice.random(count) < 0.15
        other[anybody] = dice.integers(0, town.ordinary, int(anybody.sum()))
        other = self._opened(other, dice)
        return np.where(other == person, (person + 1) % town.ordinary, other)

    def _account(self, person: Ints, dice: np.random.Generator) -> Ints:
        """Choose the first account, or now and then a further one that is open."""
        further = self._town.second[person]
        opened = self._town.owner_opened[np.maximum(further - self._town.persons, 0)]
        use = (further >= 0) & (opened <= self._day) & (dice.random(len(person)) < 0.3)
        return np.where(use, further, person)
