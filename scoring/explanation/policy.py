"""With which numbers was a run made? Weights, budgets and texts, read from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from graph.parameters import steady_strength
from scoring.combination import weights
from scoring.config import Config, stored_config
from scoring.explanation.dictionary import Dictionary
from scoring.scorecard.card import Scorecard


@dataclass(frozen=True, slots=True)
class Policy:
    """What an explanation needs of the configuration; ``steady_tie`` is κ."""

    config: Config
    card: Scorecard
    steady_tie: float
    reasons: Dictionary

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Self:
        """Read the policy a run was made with from its manifest."""
        config = stored_config(manifest)
        # words a scorecard brings stand above the shipped ones, the lender's own above both
        reasons = Dictionary.load().with_scorecard(config.card).changed(config.reasons.changes, "the run's reasons")
        return cls(config, config.card, steady_strength(config.ties), reasons)

    def weights(self, credibility: float) -> tuple[float, ...]:
        """Weigh the five dimensions for a holder of this credibility z."""
        return tuple(weights(np.array([credibility]), self.config)[0].tolist())
