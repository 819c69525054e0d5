"""Which tree or forest never turns against the stated direction of a feature? Thin wrappers of scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from scoring.training.bin_tables import Floats
from scoring.training.by_feature import checked_directions, feature_names, in_fixed_order, refuse_words, two_classes

DIRECTIONS = ("up", "down", None)
# up: more is better, so the probability of the greater class, bad, must fall
CONSTRAINTS = {"up": -1, "down": 1, None: 0}


class _Monotone(ClassifierMixin, BaseEstimator):
    """What the tree and the forest share: names for directions, two classes, missing values."""

    directions: Any

    def fit(self, X: Any, y: Any) -> Any:
        """Grow on the rows of ``X`` by what became of them in ``y``.

        Raises
        ------
        TrainingError
            When a direction is not allowed or ``y`` has not exactly two classes.
        """
        X, y = validate_data(self, refuse_words(X), y, dtype=np.float32, ensure_all_finite="allow-nan")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) != 2:
            raise two_classes(self.classes_)
        given = checked_directions(self.directions, feature_names(self), DIRECTIONS, None)
        self.constraints_ = tuple(CONSTRAINTS[direction] for direction in given)
        self.estimator_ = self._inner(list(self.constraints_)).fit(*in_fixed_order(X, y == self.classes_[1]))
        return self

    def _inner(self, constraints: list[int]) -> Any:
        raise NotImplementedError

    def _bad(self, X: Any) -> Floats:
        raise NotImplementedError

    def predict_proba(self, X: Any) -> Floats:
        """Give P(good) and P(bad), one row each."""
        check_is_fitted(self)
        X = validate_data(self, refuse_words(X), dtype=np.float32, ensure_all_finite="allow-nan", reset=False)
        bad = self._bad(X)
        return np.column_stack([1.0 - bad, bad])

    def predict(self, X: Any) -> Any:
        """Give the more probable class."""
        probability = self.predict_proba(X)
        return self.classes_[(probability[:, 1] > probability[:, 0]).astype(np.int64)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags


class MonotoneTree(_Monotone):
    """A decision tree whose P(bad) never rises with a feature that is better when higher.

    Parameters
    ----------
    directions : str, list, dict or None
        Per feature ``"up"`` (more is better), ``"down"`` or ``None`` (no constraint): one for all, one per column, or
        by name; features left out, and all by default, are unconstrained.
    max_depth, min_samples_leaf
        As in scikit-learn.
    random_state : int
        Breaks ties between equally good splits.

    Attributes
    ----------
    estimator_ : DecisionTreeClassifier
        scikit-learn's own, fitted on False (good) and True (bad).
    tree_ : Tree
        Its tree.
    constraints_ : tuple of int
        Per column −1, 0 or 1 on P(bad), as ``monotonic_cst``.
    classes_ : ndarray of shape (2,)
        Good, bad.

    Notes
    -----
    A missing value goes at each split where scikit-learn sends it: to the side that separates best in the fit, or, if
    the fit met none, to the side with more rows. Known values keep their direction whatever the missing ones do.

    Examples
    --------
    >>> tree = MonotoneTree("down", max_depth=2, min_samples_leaf=1).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    >>> tree.predict_proba([[0.0], [3.0]])[:, 1].tolist(), tree.tree_.node_count
    ([0.0, 1.0], 3)
    """

    def __init__(
        self, directions: Any = None, *, max_depth: int | None = 5, min_samples_leaf: Any = 0.01, random_state: Any = 0
    ) -> None:
        self.directions = directions
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.random_state = random_state

    @property
    def tree_(self) -> Any:
        """The fitted tree of scikit-learn."""
        check_is_fitted(self)
        return self.estimator_.tree_

    def _inner(self, constraints: list[int]) -> Any:
        return DecisionTreeClassifier(
            max_depth=self.max_depth,
            min_samples_leaf=self.min_samples_leaf,
            random_state=self.random_state,
            monotonic_cst=constraints,
        )

    def _bad(self, X: Any) -> Floats:
        return np.asarray(self.estimator_.predict_proba(X)[:, 1], np.float64)


class MonotoneForest(_Monotone):
    """A random forest whose P(bad) never rises with a feature that is better when higher.

    Parameters
    ----------
    directions : str, list, dict or None
        As in `MonotoneTree`.
    n_estimators, max_depth, min_samples_leaf, max_features
        As in scikit-learn; less than 1 is a share, of rows or of features.
    random_state : int
        Draws the rows and features of each tree.
    n_jobs : int, optional
        Processes or threads; the result does not depend on it.

    Attributes
    ----------
    estimator_ : RandomForestClassifier
        scikit-learn's own, fitted on False (good) and True (bad).
    trees_ : tuple of Tree
        The trees, in the order in which their probabilities are averaged.
    constraints_, classes_
        As in `MonotoneTree`.

    Notes
    -----
    scikit-learn adds up trees in the order in which threads finish; here they are added in their own order, so the last
    bit is the same with any ``n_jobs``; rows are sorted before trees draw among them, so their order does not count
    either. Missing values: see `MonotoneTree`.

    Examples
    --------
    >>> forest = MonotoneForest("down", n_estimators=20).fit([[0.0], [1.0], [2.0], [3.0]] * 50, [0, 0, 1, 1] * 50)
    >>> forest.predict([[0.5], [2.5]]).tolist(), len(forest.trees_)
    ([0, 1], 20)
    """

    def __init__(
        self,
        directions: Any = None,
        *,
        n_estimators: int = 200,
        max_depth: int | None = 12,
        min_samples_leaf: Any = 0.0025,
        max_features: Any = 0.5,
        random_state: Any = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.directions = directions
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def trees_(self) -> tuple[Any, ...]:
        """The fitted trees of scikit-learn."""
        check_is_fitted(self)
        return tuple(tree.tree_ for tree in self.estimator_.estimators_)

    def _inner(self, constraints: list[int]) -> Any:
        return RandomForestClassifier(
            n_estimators=self.n_estimators,
            max_depth=self.max_depth,
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
            monotonic_cst=constraints,
        )

    def _bad(self, X: Any) -> Floats:
        total = np.zeros(len(X))
        for tree in self.estimator_.estimators_:
            total += tree.predict_proba(X)[:, 1]
        return total / len(self.estimator_.estimators_)
