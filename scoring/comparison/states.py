"""Of which numbers is a score made? A run's, or those of its facts under another policy, ready to be replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.combination import NANO, SPAN, weights
from scoring.config import Config
from scoring.recall import Recalled
from scoring.tabular.persons import Numbers
from scoring.tabular.portfolio import Assessment, weighted_mean

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class State:
    """What the score of each row is made of.

    Attributes
    ----------
    config
        The policy.
    dimensions : (n, 4)
        The tabular dimensions.
    credibility : z
        What own history weighs.
    lift, distress : float64[n]
        x − b and r as far as consent lets them count.
    """

    config: Config
    dimensions: Numbers
    credibility: Numbers
    lift: Numbers
    distress: Numbers

    def points(self) -> npt.NDArray[np.int64]:
        """Give 600 (e + w (C − e)) in billionths of a point, step by step as the batch computes it."""
        score, z = self.config.score, self.credibility
        e = weighted_mean(self.dimensions, score.weights.percent[:4])
        fell = score.rho * (1 - z) * self.distress
        connections = np.clip(e + self.lift - fell, 0.0, 1.0) if score.connections else e
        exact = SPAN * (e + self.weight() * (connections - e))
        return np.rint(exact * NANO).astype(np.int64)

    def weight(self) -> Numbers:
        """Give w, what connections weigh."""
        return weights(self.credibility, self.config)[:, 4]

    def at(self, places: Places) -> State:
        """Take these rows."""
        columns = ("dimensions", "credibility", "lift", "distress")
        return replace(self, **{name: getattr(self, name)[places] for name in columns})

    def with_dimension(self, number: int, values: Numbers) -> State:
        """Replace one tabular dimension."""
        dimensions = self.dimensions.copy()
        dimensions[:, number] = values
        return replace(self, dimensions=dimensions)


def state_of(known: Recalled) -> State:
    """Read the state off a run."""
    return state(known.config, known.assessment, known.standing, known.distress)


def state(config: Config, assessment: Assessment, standing: Any, distress: Any) -> State:
    """Let lift and distress count as far as consent does."""
    lift = np.where(assessment.lift_allowed, standing - assessment.evidence, 0.0)
    fell = np.where(assessment.distress_allowed, distress, 0.0)
    return State(config, assessment.dimensions, assessment.credibility, lift, fell)
