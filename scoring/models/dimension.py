"""How does a trained model make a dimension out of bins, and which feature costs how much of it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from scoring.models.feature import ModelFeature
from scoring.models.points import Points
from scoring.models.trees import Trees

Bins = npt.NDArray[np.int16]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DimensionModel:
    """One dimension learnt from outcomes; read like a dimension of the scorecard.

    Attributes
    ----------
    dimension
        One of the four tabular dimensions.
    features
        What it reads, in the order of the data contract.
    form
        Points per level (logistic) or trees over levels (tree, forest).
    auc
        Area under the ROC curve of the dimension alone, each in [0, 1] or None: ``train``, ``test`` (out of fold) and
        ``out_of_time``.
    """

    dimension: str
    features: tuple[ModelFeature, ...]
    form: Points | Trees
    auc: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """What a run says of values that come from here."""
        return "model"

    def value(self, bins: Mapping[str, Bins]) -> Numbers:
        """Give the dimension: 0 at the worst bin of every feature, 1 at the best, never falling in between.

        Parameters
        ----------
        bins
            Per feature the bin, or a code of ``scoring.scorecard.card`` in its place, of each person.

        Returns
        -------
        float64[n]
            In [0, 1]; the same bits for a person alone as among others.
        """
        return self.form.value(self._levels(bins))

    def lost(self, bins: Mapping[str, Bins]) -> dict[str, Numbers]:
        """Say what each feature takes from the best value, each at least 0; Σ lost = 1 − value.

        Points are added up, so each feature's part is its own. Of trees it is the Shapley value: what a feature's
        step from its best bin to the holder's costs, averaged over every order in which the features take theirs.
        """
        parts = self.form.lost(self._levels(bins))
        return {feature.name: parts[:, place] for place, feature in enumerate(self.features)}

    def _levels(self, bins: Mapping[str, Bins]) -> npt.NDArray[np.int16]:
        return np.column_stack([feature.levels(np.asarray(bins[feature.name])) for feature in self.features])
