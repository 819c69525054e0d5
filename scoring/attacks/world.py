"""Where does everyone stand in a portfolio with planted rows, under any rule and under the base run's constants?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from graph.credit_graph import CreditGraph
from graph.distress import severity
from graph.propagation import Propagation, propagate
from scoring.batch.stages import Order, know, tie
from scoring.evaluation.variants import Ground, VariantScores, scores_under

if TYPE_CHECKING:
    from loaders.tables import Tables
    from scoring.recall import Recalled
    from scoring.tabular.persons import Numbers


@dataclass(frozen=True, eq=False)
class World:
    """One portfolio, settled; arrays in the order of its holders.

    Attributes
    ----------
    recalled
        The base run.
    ranks
        n · PageRank in the base run, among which a percentile rank is taken.
    ground
        Everyone's own evidence, the ties and the known outcomes.
    """

    recalled: Recalled
    ranks: Numbers
    ground: Ground
    _scores: dict[str, VariantScores] = field(default_factory=dict, repr=False)

    @cached_property
    def vouched(self) -> Propagation:
        """What rule ``vouch`` says: standings, weights and all."""
        known = self.ground.assessment
        return propagate(
            self.ground.graph,
            known.evidence,
            known.months,
            severity=self.ground.severity,
            lift_allowed=known.lift_allowed,
            distress_allowed=known.distress_allowed,
            scale_withheld=known.scale_withheld,
            parameters=self.ground.config.propagation,
        )

    @property
    def standing(self) -> Numbers:
        """Standing x under rule ``vouch``."""
        return self.vouched.vouch.standing

    def scores(self, rule: str) -> VariantScores:
        """Everybody's score under a rule."""
        if rule not in self._scores:
            self._scores[rule] = scores_under(self.recalled, rule, ground=self.ground, ranks=self.ranks)
        return self._scores[rule]

    def places(self, holders: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Say where these holders stand in the arrays."""
        return np.array([self.ground.graph.index(holder) for holder in holders], dtype=np.int64)


def settle(tables: Tables, order: Order, recalled: Recalled, ranks: Numbers) -> World:
    """Make ties and own evidence of tables, by the stages of a run.

    Parameters
    ----------
    tables
        The input, with what is planted.
    order
        Moment, policy and constants; without constants they are computed anew.
    recalled, ranks
        The base run and its PageRank.
    """
    known = know(tables, order)
    graph = CreditGraph(known.assessment.holders, tie(known, order).ties, order.config.ties)
    bad = severity(known.snapshot, known.assessment.holders, order.config.propagation)
    return World(recalled, ranks, Ground(graph, known.assessment, bad, order.config))


def unheld(order: Order) -> Order:
    """Let the portfolio constants be computed anew."""
    return replace(order, constants=None)
