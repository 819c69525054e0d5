"""Do the logistic regression, the tree and the forest keep their signs and directions, and always the same bits?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.tree._tree import Tree

from scoring.training import MonotoneForest, MonotoneTree, WoeBinner, WoeLogistic
from scoring.training.by_feature import TrainingError
from tests.scoring.training.test_estimators_binner import drawn

DIRECTIONS = {"income": "up", "debt": "down"}
FOREST = MonotoneForest(DIRECTIONS, n_estimators=30, min_samples_leaf=10)
MODELS = [
    make_pipeline(WoeBinner(DIRECTIONS), WoeLogistic()),
    MonotoneTree(DIRECTIONS),
    FOREST,
]


@pytest.fixture(scope="module")
def portfolio() -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    return drawn()


@pytest.fixture(scope="module")
def weights(portfolio: Any) -> np.ndarray[Any, Any]:
    return np.asarray(WoeBinner(DIRECTIONS).fit_transform(*portfolio))


def test_without_a_binding_sign_it_is_the_logistic_regression_of_scikit_learn(portfolio: Any, weights: Any) -> None:
    """Where no coefficient would be negative, coefficients are scikit-learn's, turned to the odds of good."""
    ours = WoeLogistic(C=0.7).fit(weights[:, :2], portfolio[1])
    theirs = LogisticRegression(C=0.7, tol=1e-10, max_iter=1000).fit(weights[:, :2], portfolio[1])
    np.testing.assert_allclose(-ours.coef_, theirs.coef_[0], rtol=1e-5)
    np.testing.assert_allclose(-ours.intercept_, theirs.intercept_[0], rtol=1e-5)


def test_a_feature_that_turns_against_its_weights_gets_nothing(portfolio: Any, weights: Any) -> None:
    """A weight whose coefficient would be negative gets exactly 0, and the others are those of a fit without it."""
    turned = np.column_stack([weights[:, 0], -weights[:, 1]])
    model = WoeLogistic().fit(turned, portfolio[1])
    alone = WoeLogistic().fit(weights[:, :1], portfolio[1])
    assert model.coef_[1] == 0.0
    np.testing.assert_allclose(model.coef_[0], alone.coef_[0], rtol=1e-5)


@pytest.mark.parametrize("penalty", [1e-4, 1.0, 1e4])
def test_the_solution_meets_the_conditions_of_optimality(portfolio: Any, weights: Any, penalty: float) -> None:
    """The gradient is 0 where a coefficient is free, and pushes against the bound where it is 0."""
    bad = portfolio[1]
    model = WoeLogistic(C=penalty).fit(weights, bad)
    residual = model.predict_proba(weights)[:, 1] - bad
    gradient = model.coef_ / (penalty * len(bad)) - weights.T @ residual / len(bad)
    assert abs(residual.mean()) < 1e-5
    assert (np.abs(gradient[model.coef_ > 0]) < 1e-5).all()
    assert (gradient[model.coef_ == 0] > -1e-5).all()


def test_probabilities_are_those_of_the_stated_formula(portfolio: Any, weights: Any) -> None:
    """P(bad) = 1 / (1 + exp(intercept + coefficients · weights)), with coefficients of at least 0."""
    model = WoeLogistic().fit(weights, portfolio[1])
    expected = 1 / (1 + np.exp(model.intercept_ + weights @ model.coef_))
    np.testing.assert_allclose(model.predict_proba(weights)[:, 1], expected, rtol=1e-12)
    assert (model.coef_ >= 0).all()


def test_too_few_steps_are_told(portfolio: Any, weights: Any) -> None:
    """A solver stopped before its end warns and says what to do."""
    with pytest.warns(UserWarning, match="not converged after 1 of 1 steps: .* raise max_iter"):
        WoeLogistic(max_iter=1).fit(weights, portfolio[1])


@pytest.mark.parametrize("model", MODELS, ids=["logistic", "tree", "forest"])
def test_known_values_keep_their_direction_whatever_is_missing(model: Any, portfolio: Any) -> None:
    """P(bad) never rises with income nor falls with debt, also where other values are missing."""
    fitted = clone(model).fit(*portfolio)
    steps = np.linspace(-3, 3, 61)
    for other in (-1.0, 0.0, 1.0, math.nan):
        income = pd.DataFrame({"income": steps, "debt": other, "noise": 0.0})
        debt = pd.DataFrame({"income": other, "debt": steps, "noise": 0.0})
        assert (np.diff(fitted.predict_proba(income)[:, 1]) <= 1e-12).all()
        assert (np.diff(fitted.predict_proba(debt)[:, 1]) >= -1e-12).all()


@pytest.mark.parametrize("model", MODELS, ids=["logistic", "tree", "forest"])
def test_models_are_validated_by_cross_val_score_on_frames(model: Any, portfolio: Any) -> None:
    """Each ranks clients it has not seen far better than chance, straight from a DataFrame with gaps."""
    assert cross_val_score(model, *portfolio, scoring="roc_auc", cv=3).mean() > 0.7


@pytest.mark.parametrize("model", MODELS, ids=["logistic", "tree", "forest"])
def test_fitting_again_gives_the_same_bits_and_so_does_one_row(model: Any, portfolio: Any) -> None:
    """Two fits agree to the bit, and a row alone gets what it gets in a batch."""
    table = portfolio[0]
    first, again = clone(model).fit(*portfolio), clone(model).fit(*portfolio)
    whole = first.predict_proba(table)
    assert (whole == again.predict_proba(table)).all()
    assert all((first.predict_proba(table.iloc[[row]])[0] == whole[row]).all() for row in range(0, 2000, 301))


@pytest.mark.parametrize("model", MODELS, ids=["logistic", "tree", "forest"])
def test_the_order_of_rows_changes_no_bit_of_a_model(model: Any, portfolio: Any) -> None:
    """The same rows shuffled give the same probabilities to the bit."""
    table, bad = portfolio
    order = np.random.default_rng(2).permutation(len(bad))
    straight, shuffled = clone(model).fit(table, bad), clone(model).fit(table.iloc[order], bad[order])
    assert (straight.predict_proba(table) == shuffled.predict_proba(table)).all()


def test_a_forest_is_the_same_with_any_number_of_threads(portfolio: Any) -> None:
    """One thread and two give the same probabilities to the bit."""
    one, two = (clone(FOREST).set_params(n_jobs=jobs).fit(*portfolio).predict_proba(portfolio[0]) for jobs in (1, 2))
    assert (one == two).all()


def test_trees_can_be_read_as_those_of_scikit_learn(portfolio: Any) -> None:
    """A tree's ``tree_`` and each of a forest's ``trees_`` are scikit-learn's trees."""
    assert isinstance(MonotoneTree().fit(*portfolio).tree_, Tree)
    assert [type(tree) for tree in clone(FOREST).fit(*portfolio).trees_] == [Tree] * 30


def test_directions_may_be_given_by_name_or_by_column(portfolio: Any) -> None:
    """A dict and a list that say the same give the same constraints; a wrong word is told."""
    named, listed = MonotoneTree(DIRECTIONS), MonotoneTree(["up", "down", None])
    assert named.fit(*portfolio).constraints_ == listed.fit(*portfolio).constraints_ == (-1, 1, 0)
    with pytest.raises(TrainingError, match="income must have one of 'up', 'down', None; got 'either'"):
        MonotoneTree({"income": "either"}).fit(*portfolio)


def test_a_model_refuses_what_it_cannot_use(portfolio: Any, weights: Any) -> None:
    """A penalty of 0 and three classes are refused with a sentence."""
    with pytest.raises(TrainingError, match="C must be more than 0; got 0"):
        WoeLogistic(C=0).fit(weights, portfolio[1])
    with pytest.raises(TrainingError, match="y must have two classes, good and bad"):
        MonotoneForest().fit([[0.0], [1.0], [2.0]], [0, 1, 2])


@pytest.mark.parametrize(
    "estimator", [WoeBinner(), WoeLogistic(), MonotoneTree(), FOREST], ids=lambda one: type(one).__name__
)
@pytest.mark.parametrize(
    "column",
    [["a", "b"] * 1000, pd.Categorical(["a", "b"] * 1000), [pd.Timestamp("2026-01-01")] * 2000, [1, "1"] * 1000],
    ids=["words", "categories", "dates", "mixed"],
)
def test_a_column_that_is_no_number_is_named(estimator: Any, column: Any, portfolio: Any) -> None:
    """Words, categories and dates are refused by the name of their column, in fitting and after it."""
    table, bad = portfolio[0].fillna(0.0), portfolio[1]
    with pytest.raises(TrainingError, match=r"words are none: town$"):
        clone(estimator).fit(table.assign(town=column), bad)


def test_numbers_of_any_kind_of_column_count(portfolio: Any) -> None:
    """Whole numbers with gaps, truth values, categories of numbers and objects that are numbers are features."""
    rows, bad = range(2000), portfolio[1]
    table = pd.DataFrame(
        {
            "gaps": pd.array([None if row % 7 == 0 else row % 5 for row in rows], dtype="Int64"),
            "truth": [row % 2 == 0 for row in rows],
            "level": pd.Categorical([row % 3 for row in rows]),
            "object": pd.Series([None if row % 9 == 0 else row % 4 for row in rows], dtype=object),
        }
    )
    binner = WoeBinner().fit(table, bad)
    assert [binner.table(name)["rows"].iloc[-1] for name in table] == [286, 0, 0, 223]


def test_the_default_penalty_does_better_on_new_rows_than_a_mild_one() -> None:
    """Weights of evidence made of the same outcomes promise too much: the strict default has the lower log loss."""
    dice = np.random.default_rng(5)

    def people(rows: int) -> tuple[Any, Any]:
        quality = dice.normal(size=rows)
        features = quality[:, None] + dice.normal(size=(rows, 15))
        return features, dice.random(rows) < 1 / (1 + np.exp(2 + 1.5 * quality))

    (X, bad), (new, later) = people(600), people(20_000)
    losses = [
        log_loss(later, make_pipeline(WoeBinner(), model).fit(X, bad).predict_proba(new))
        for model in (WoeLogistic(), WoeLogistic(C=1.0))
    ]
    assert losses[0] < losses[1] - 0.005
