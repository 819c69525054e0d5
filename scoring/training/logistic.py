"""How do weights of evidence add up to the odds of default? `WoeLogistic`, with coefficients of one sign.

Minimises ½ ‖c‖² + C · Σ ln(1 + exp(∓(a + c·w))) over the intercept a and coefficients c ≥ 0, where w are the weights of
evidence and a + c·w are the log odds of good (+ for good rows in the exponent's −, − for bad ones)::

    P(bad) = 1 / (1 + exp(a + Σ c_j w_j)),     c_j ≥ 0

A feature whose weights of evidence would turn against it once the others are known gets coefficient 0, so no bin that
is better by itself can ever cost points. Solver: bounded L-BFGS (Byrd, Lu, Nocedal, Zhu, SIAM J. Sci. Comput. 1995).
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import ThreadpoolController

from scoring.training.bin_tables import Floats
from scoring.training.by_feature import TrainingError, in_fixed_order, is_count, is_number, refuse_words, two_classes

TOLERANCE = 1e-6
"""Mean loss per unit of a coefficient: a flatter place counts as the least."""


class WoeLogistic(ClassifierMixin, BaseEstimator):
    """Logistic regression on weights of evidence whose coefficients are never negative.

    The greater of the two classes is bad. Deterministic: no dice, and sums that do not depend on threads nor on the
    order of rows; one row gets the very bits it gets in a batch.

    Parameters
    ----------
    C : float
        Inverse strength of the L2 penalty, > 0; the intercept is not penalised. The default is strict, because weights
        of evidence were made of the same outcomes and promise too much; 1 is the usual one of scikit-learn.
    max_iter : int
        Steps of the solver at most; a `ConvergenceWarning` says when they were not enough.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        ≥ 0: log odds of *good* per unit of WoE.
    intercept_ : float
        Log odds of good where every weight is 0.
    classes_ : ndarray of shape (2,)
        Good, bad.
    n_iter_ : int
        Steps taken.

    Examples
    --------
    >>> w = np.array([[-1.0], [-1.0], [0.5], [0.5], [0.5], [-1.0]])
    >>> model = WoeLogistic(C=10).fit(w, [1, 1, 0, 0, 0, 0])
    >>> bool(model.coef_[0] > 0), model.predict_proba([[-1.0]]).round(2).tolist()
    (True, [[0.38, 0.62]])
    """

    def __init__(self, *, C: float = 0.01, max_iter: int = 1000) -> None:
        self.C = C
        self.max_iter = max_iter

    def fit(self, X: Any, y: Any) -> WoeLogistic:
        """Find the coefficients.

        Raises
        ------
        TrainingError
            When a parameter is out of its range or ``y`` has not exactly two classes.
        """
        X, y = validate_data(self, refuse_words(X), y, dtype=np.float64)
        check_classification_targets(y)
        self._check()
        self.classes_ = np.unique(y)
        if len(self.classes_) != 2:
            raise two_classes(self.classes_)
        X, bad = in_fixed_order(X, y == self.classes_[1])
        with _thread_pools().limit(limits=1, user_api="blas"):
            found = minimize(
                _loss,
                np.zeros(X.shape[1] + 1),
                args=(np.ascontiguousarray(X.T), np.where(bad, -1.0, 1.0), 1 / (float(self.C) * len(X))),
                jac=True,
                method="L-BFGS-B",
                bounds=[(None, None)] + [(0.0, None)] * X.shape[1],
                options={"maxiter": int(self.max_iter), "ftol": 0.0, "gtol": TOLERANCE / 100, "maxcor": 20},
            )
        self.n_iter_ = max(1, int(found.nit))
        # a line search may end at the last bits before the solver's own goal; what counts is how flat the place is
        slope = np.where((found.x > 0) | (np.arange(len(found.x)) == 0), found.jac, np.minimum(found.jac, 0.0))
        if not np.abs(slope).max() <= TOLERANCE * max(1.0, float(np.abs(X).max(initial=0.0))):
            warnings.warn(
                f"not converged after {self.n_iter_} of {self.max_iter} steps: the mean loss still falls by "
                f"{np.abs(slope).max():.2g} per unit; raise max_iter or bring features to one scale",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.intercept_ = float(found.x[0])
        self.coef_ = np.maximum(found.x[1:], 0.0)
        return self

    def decision_function(self, X: Any) -> Floats:
        """Give the log odds of bad; more than 0 is predicted bad."""
        check_is_fitted(self)
        X = validate_data(self, refuse_words(X), dtype=np.float64, reset=False)
        return -_odds(np.ascontiguousarray(X.T), self.intercept_, self.coef_)

    def predict_proba(self, X: Any) -> Floats:
        """Give P(good) and P(bad), one row each."""
        odds = self.decision_function(X)
        return np.column_stack([expit(-odds), expit(odds)])

    def predict(self, X: Any) -> Any:
        """Give the more probable class."""
        odds = self.decision_function(X)
        return self.classes_[(odds > 0).astype(np.int64)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _check(self) -> None:
        if not (is_number(self.C) and self.C > 0):
            raise TrainingError(f"C must be more than 0; got {self.C!r}")
        if not is_count(self.max_iter):
            raise TrainingError(f"max_iter must be a whole number of at least 1; got {self.max_iter!r}")


@cache
def _thread_pools() -> ThreadpoolController:
    """Find the BLAS's threads: on the solver's small matrices they only wait for each other."""
    return ThreadpoolController()


def _odds(columns: Floats, intercept: float, coefficients: Floats) -> Floats:
    """Add up column by column, so that a row's bits depend on no other row."""
    total = np.full(columns.shape[1], intercept)
    for column, coefficient in zip(columns, coefficients, strict=True):
        total += coefficient * column
    return total


def _loss(at: Floats, columns: Floats, sign: Floats, penalty: float) -> tuple[float, Floats]:
    """Give the mean loss with its penalty, and the gradient; NumPy's own sums, as a BLAS's depend on its threads."""
    margin = sign * _odds(columns, at[0], at[1:])
    slope = -sign * expit(-margin) / len(sign)
    loss = float(np.logaddexp(0.0, -margin).mean()) + 0.5 * penalty * float((at[1:] ** 2).sum())
    return loss, np.r_[slope.sum(), [(column * slope).sum() for column in columns] + penalty * at[1:]]
