"""What did one attack do: the worlds before and after, whom to look at, what accounts without history gained?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scoring.combination import SPAN, weights

if TYPE_CHECKING:
    from scoring.attacks.plot import Plot
    from scoring.attacks.target import Target
    from scoring.attacks.world import World
    from scoring.config import Config
    from scoring.tabular.persons import Numbers


@dataclass(frozen=True, eq=False)
class Outcome:
    """An attack, settled.

    Attributes
    ----------
    name
        Of the attack.
    target
        The run.
    plot
        What was planted.
    before, after
        With the newcomers, but without and with the planted payments.
    whole
        With all payments to one attacker, where the plot compares with that.
    """

    name: str
    target: Target
    plot: Plot
    before: World
    after: World
    whole: World | None

    @cached_property
    def bystanders(self) -> tuple[str, ...]:
        """Everybody of the run who takes no part."""
        part = {*self.plot.attackers, *self.plot.helpers}
        return tuple(holder for holder in self.target.holders if holder not in part)

    @property
    def victims(self) -> tuple[str, ...]:
        """Who could be hurt."""
        return self.plot.victims or self.bystanders

    def change(self, rule: str, holders: tuple[str, ...]) -> Numbers:
        """Tell how many points these holders gain under a rule; one that leaves a record behind, against that."""
        left = tuple(self.plot.instead.get(holder, holder) for holder in holders)
        after = self.after.scores(rule).exact[self.after.places(holders)]
        return after - self.before.scores(rule).exact[self.before.places(left)]

    @cached_property
    def fresh(self) -> npt.NDArray[np.int64]:
        """Places, after the attack, of all planted holders without history."""
        people = tuple(newcomer.id for newcomer in self.plot.newcomers if newcomer.kind == "person")
        places = self.after.places(people)
        return places[self.after.ground.assessment.months[places] == 0]

    @cached_property
    def sybils(self) -> tuple[float, float]:
        """What the fresh ones gained together, Σ max(0, x − β), and its bound λ (B − β) A / k, in standing."""
        inside = np.zeros(len(self.after.ground.graph), dtype=np.bool_)
        inside[self.fresh] = True
        found, x, parameters = self.after.vouched, self.after.standing, self.target.order.config.propagation
        support = found.graph.by_payee
        weight = found.weights[inside[support.row] & ~inside[support.indices]].sum()
        beta, highest = self.after.ground.assessment.evidence[inside].max(), x[~inside].max(initial=0.0)
        bound = parameters.damping * max(0.0, highest - beta) * weight / parameters.prior_months
        return float(np.maximum(0.0, x[inside] - beta).sum()), float(bound)


def fresh_points(config: Config) -> float:
    """Say how many points a lift of 1 is worth to an account without history: 600 w."""
    return float(SPAN * weights(np.zeros(1), config)[0, 4])
