"""Into which bins does each feature fall, and what does each bin weigh? `WoeBinner`, a transformer of scikit-learn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import ClassifierTags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from scoring.training.bin_rules import manual_edges, special_values
from scoring.training.bin_tables import FeatureBins, Floats, iv_table, points_table
from scoring.training.by_feature import (
    TrainingError,
    by_feature,
    checked_directions,
    feature_names,
    is_count,
    is_number,
    refuse_words,
    two_classes,
)
from scoring.training.cuts import Flags, Weigh, counts, cut

DIRECTIONS = ("up", "down", "either", None)


class WoeBinner(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Cut each feature into monotone bins and replace values by their weight of evidence (higher is better).

    The greater of the two classes is bad: ``y`` is 1, or True, for a default. Formulas: `scoring.training.bin_tables`.

    Parameters
    ----------
    directions : str, list or dict, optional
        Per feature ``"up"`` (more is better), ``"down"``, ``"either"`` (monotone, whichever tells more) or ``None`` (no
        constraint): one per column, by name, or a word for all; features left out, and all by default, are
        ``"either"``.
    special_values : list or dict, optional
        Values that are codes, not quantities, each in a bin of its own: a list for all features, or by name a list of
        values or a mapping from labels to values.
    manual_bins : dict or list, optional
        By name, or per column, the edges between bins, rising: bin k covers [edges[k], edges[k + 1]); −inf and inf may
        stand at the ends. They are obeyed as they stand, or refused with the rule that they break.
    max_bins : int
        At most so many bins per feature beside missing and special ones, at least 1.
    min_share : float
        Least share of all rows in a bin that is not manual, in [0, 0.5].
    smoothing : float
        Rows, spread like the portfolio, that are added to each bin before it is weighed; > 0.

    Attributes
    ----------
    bins_ : dict of str to FeatureBins
        Per feature, in column order: ``edges``, ``woe``, ``special_woe``, ``missing_woe``, ``goods``, ``bads``.
    edges_, woe_, missing_woe_ : dict
        The same by name: where bins begin (−inf first), WoE per bin, WoE of missing values.
    classes_ : ndarray of shape (2,)
        Good, bad.

    Notes
    -----
    Missing values the fit never met weigh 0, as the portfolio does. The same rows in any order give the same bins.

    Examples
    --------
    >>> import pandas as pd
    >>> late = pd.DataFrame({"days_late": [0, 0, 0, 0, 5, 9, 40, 60, 90, None]})
    >>> binner = WoeBinner({"days_late": "down"}, min_share=0.3).fit(late, [0, 0, 0, 0, 0, 0, 1, 0, 1, 1])
    >>> binner.edges_["days_late"], binner.woe_["days_late"].round(2).tolist()
    ((-inf, 20.0), [2.9, -1.31])
    """

    def __init__(
        self,
        directions: Any = None,
        *,
        special_values: Any = None,
        manual_bins: Any = None,
        max_bins: int = 8,
        min_share: float = 0.05,
        smoothing: float = 0.5,
    ) -> None:
        self.directions = directions
        self.special_values = special_values
        self.manual_bins = manual_bins
        self.max_bins = max_bins
        self.min_share = min_share
        self.smoothing = smoothing

    def fit(self, X: Any, y: Any) -> WoeBinner:
        """Find the bins of every column of ``X`` by what became of its rows in ``y``.

        Raises
        ------
        TrainingError
            When a parameter is out of its range, or manual bins break a rule; the message names both.
        ValueError
            When ``y`` has not exactly two classes, or ``X`` is not numeric.
        """
        X, y = validate_data(self, refuse_words(X), y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(y)
        self._check_numbers()
        self.classes_ = np.unique(y)
        if len(self.classes_) != 2:
            raise two_classes(self.classes_)
        names = feature_names(self)
        settings = zip(
            names,
            checked_directions("either" if self.directions is None else self.directions, names, DIRECTIONS, "either"),
            self._specials(names),
            by_feature(self.manual_bins, names, "manual_bins", None),
            strict=True,
        )
        bad = y == self.classes_[1]
        self.bins_ = {
            name: self._fit_one(X[:, place], bad, name, direction, special, manual)
            for place, (name, direction, special, manual) in enumerate(settings)
        }
        return self

    def transform(self, X: Any) -> Floats:
        """Replace every value by the WoE of its bin; shape as it came, or a DataFrame after ``set_output``."""
        check_is_fitted(self)
        X = validate_data(self, refuse_words(X), dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return np.column_stack([found.transform(X[:, place]) for place, found in enumerate(self.bins_.values())])

    @property
    def edges_(self) -> dict[str, tuple[float, ...]]:
        """Where the bins of each feature begin, −inf first."""
        return {name: found.edges for name, found in self.bins_.items()}

    @property
    def woe_(self) -> dict[str, Floats]:
        """WoE per bin of each feature."""
        return {name: found.woe for name, found in self.bins_.items()}

    @property
    def missing_woe_(self) -> dict[str, float]:
        """WoE of missing values of each feature."""
        return {name: found.missing_woe for name, found in self.bins_.items()}

    def table(self, feature: str) -> pd.DataFrame:
        """Tell every bin of a feature: borders, rows, goods, bads, bad rate, WoE and its part of IV."""
        check_is_fitted(self)
        if feature not in self.bins_:
            raise TrainingError(f"{feature!r} is no feature; features are {', '.join(self.bins_)}")
        return self.bins_[feature].table()

    def iv(self) -> pd.DataFrame:
        """Tell the information value of each feature, the strongest first."""
        check_is_fitted(self)
        return iv_table(self.bins_)

    def points_table(
        self, coefficients: Any, intercept: float = 0.0, *, base: float = 600, odds: float = 50, doubling: float = 20
    ) -> pd.DataFrame:
        """Tell the points of every bin under a logistic regression on these weights.

        Parameters
        ----------
        coefficients : array of shape (n_features,)
            Of `WoeLogistic`, in column order: log odds of good per unit of WoE.
        intercept : float
            Its intercept.
        base, odds, doubling : float
            Odds of good to bad that get ``base`` points, and the points that double them.
        """
        check_is_fitted(self)
        given = np.asarray(coefficients, np.float64).ravel()
        if len(given) != len(self.bins_):
            raise TrainingError(f"coefficients must be one per feature, {len(self.bins_)}; got {len(given)}")
        return points_table(self.bins_, given, float(intercept), base, odds, doubling)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        return tags

    def _check_numbers(self) -> None:
        if not is_count(self.max_bins):
            raise TrainingError(f"max_bins must be a whole number of at least 1; got {self.max_bins!r}")
        if not (is_number(self.min_share) and 0 <= self.min_share <= 0.5):
            raise TrainingError(f"min_share must be in [0, 0.5]; got {self.min_share!r}")
        if not (is_number(self.smoothing) and self.smoothing > 0):
            raise TrainingError(f"smoothing must be more than 0 rows; got {self.smoothing!r}")

    def _specials(self, names: list[str]) -> list[dict[str, float]]:
        by_name = isinstance(self.special_values, dict)
        given = (
            by_feature(self.special_values, names, "special_values", None)
            if by_name
            else ([self.special_values] * len(names))
        )
        return [special_values(name, found) for name, found in zip(names, given, strict=True)]

    def _fit_one(
        self, values: Floats, bad: Flags, name: str, direction: str | None, special: dict[str, float], manual: Any
    ) -> FeatureBins:
        """Find the bins of one feature."""
        missing = np.isnan(values)
        usual = ~missing & ~np.isin(values, list(special.values()))
        weigh = Weigh(int((~bad).sum()), int(bad.sum()), self.smoothing)
        if manual is not None:
            edges, way = manual_edges(name, manual, values[usual], bad[usual], direction, weigh)
        else:
            edges, way = self._cut(values[usual], bad[usual], direction, len(values), weigh)
        goods, bads = counts(edges, values[usual], bad[usual])
        extra = [*(values == value for value in special.values()), missing]
        return FeatureBins(
            name=name,
            direction=way,
            edges=edges,
            goods=(*goods.tolist(), *(int((of & ~bad).sum()) for of in extra)),
            bads=(*bads.tolist(), *(int((of & bad).sum()) for of in extra)),
            special=tuple(special.values()),
            labels=tuple(special),
            smoothing=float(self.smoothing),
        )

    def _cut(
        self, values: Floats, bad: Flags, direction: str | None, rows: int, weigh: Weigh
    ) -> tuple[tuple[float, ...], str | None]:
        """Cut in the stated direction, or in the one that tells more."""
        least = max(1, math.ceil(self.min_share * rows))
        ways = ("up", "down") if direction == "either" else (direction,)
        tried = [(cut(values, bad, way, self.max_bins, least, weigh), way) for way in ways]
        return max(tried, key=lambda found: weigh.told(*counts(found[0], values, bad)))
