"""What does each bin of a feature earn? One table for the scorecard and for trained models, ready to be written out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.models.dimension import DimensionModel
from scoring.models.points import Points
from scoring.models.trees import Trees
from scoring.scorecard.card import MISSING, SILENT, WITHHELD, FeatureCard
from scoring.scorecard.reader import Binned, Reader

ABSENT = (MISSING, WITHHELD, SILENT)


@dataclass(frozen=True, slots=True)
class Ladder:
    """What one feature's bins are worth.

    Attributes
    ----------
    feature
        Its bins and source.
    codes
        Every code: -3, -2, -1, then the bins from 0.
    worth
        For each code whole points, or its level where trees ask for levels.
    """

    feature: Binned
    codes: tuple[int, ...]
    worth: tuple[int, ...]

    def of(self, code: int) -> int:
        """Say what a bin, or a code in its place, is worth."""
        return self.worth[self.codes.index(code)]


@dataclass(frozen=True, slots=True)
class DimensionLadders:
    """One dimension: Σ points / most, or trees over levels.

    Attributes
    ----------
    dimension
        Its name.
    ladders
        One per feature, in the reader's order.
    most
        Points of the best bins together; 0 where trees decide.
    trees
        The trees; None where points are added up.
    """

    dimension: str
    ladders: tuple[Ladder, ...]
    most: int
    trees: Trees | None


def ladders(reader: Reader) -> DimensionLadders:
    """Take a scorecard's or a model's dimension apart.

    Examples
    --------
    >>> from scoring.config import Config
    >>> found = ladders(Config().reader("identity"))
    >>> found.most, found.ladders[0].feature.name, found.ladders[0].codes, found.ladders[0].worth
    (100, 'id_document', (-3, -2, -1, 0, 1), (0, 0, 0, 0, 30))
    """
    trees, most, rows = None, 0, []
    for place, feature in enumerate(reader.features):
        codes = (*sorted(ABSENT), *range(len(feature.at_least)))
        asked = np.array(codes, np.int16)
        worth: list[int] = []
        if isinstance(reader, DimensionModel):
            worth = reader.features[place].levels(asked).tolist()
            if isinstance(reader.form, Points):
                worth = [reader.form.points[place][level] for level in worth]
                most = reader.form.most
            else:
                trees = reader.form
        elif isinstance(feature, FeatureCard):
            worth = feature.earned(asked).tolist()
            most += feature.best
        rows.append(Ladder(feature, codes, tuple(worth)))
    return DimensionLadders(reader.dimension, tuple(rows), most, trees)
