"""Does the calibration give the shares it should, with an interval that holds what it claims?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.models.calibration import Calibration
from scoring.training.calibration import fit_calibration, fit_curve, fitted_weights
from scoring.training.measures import area

NOBODY = np.zeros(2)


def two_groups(first: int, second: int, size: int = 500) -> tuple[np.ndarray, np.ndarray]:
    """A group with e = 0 and one with e = 1, and how many are bad in each."""
    bad = np.concatenate([np.arange(size) < first, np.arange(size) < second])
    return np.repeat([0.0, 1.0], size), bad


def test_two_groups_get_the_shares_they_have_and_the_errors_of_log_odds() -> None:
    """With two values of e the curve passes through both groups; each error is √(1/bads + 1/goods)."""
    curve = fit_curve(*two_groups(200, 50))
    odds, error = curve.log_odds(np.array([0.0, 1.0]))
    assert odds == pytest.approx([np.log(200 / 300), np.log(50 / 450)], abs=1e-3)
    assert error == pytest.approx([np.sqrt(1 / 200 + 1 / 300), np.sqrt(1 / 50 + 1 / 450)], rel=1e-3)


def test_where_more_evidence_went_with_more_defaults_the_curve_is_flat() -> None:
    """The slope is never positive: then everyone gets the portfolio's share."""
    curve = fit_curve(*two_groups(50, 200))
    found = Calibration(12, {"all": curve}).probabilities(np.array([0.0, 1.0]), NOBODY)
    assert (curve.slope, found.pd.tolist()) == (0.0, [found.pd[0]] * 2)
    assert found.pd[0] == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize(("first", "second"), [(500, 0), (500, 500), (0, 0), (1, 0)])
def test_groups_that_are_all_bad_or_all_good_give_finite_probabilities(first: int, second: int) -> None:
    """Where values part good from bad wholly, or all are alike, nothing becomes infinite."""
    found = Calibration(12, {"all": fit_curve(*two_groups(first, second))}).probabilities(np.array([0.0, 1.0]), NOBODY)
    assert np.isfinite([found.pd, found.low, found.high]).all()
    assert ((found.low <= found.pd) & (found.pd <= found.high)).all()


def test_a_band_with_too_few_bad_ones_takes_the_curve_of_all() -> None:
    """19 bad ones make no curve of their own, 20 do."""
    e, bad = two_groups(100, 20)
    thin_first = np.where(np.arange(1000) % 1000 >= 981, 3.0, 40.0)
    few = fit_calibration(e, bad, np.where((np.cumsum(bad) <= 19) & bad, 3.0, thin_first), 12)
    enough = fit_calibration(e, bad, np.where((np.cumsum(bad) <= 20) & bad, 3.0, thin_first), 12)
    assert (sorted(few.curves), sorted(enough.curves)) == (["all", "thick"], ["all", "thick", "thin"])


def test_the_interval_holds_the_truth_about_nineteen_times_in_twenty() -> None:
    """Over 400 portfolios drawn from one curve, 95 % intervals hold the true probability 92 to 98 % of the time."""
    held = []
    for seed in range(400):
        dice = np.random.default_rng(seed)
        e = dice.random(600)
        bad = dice.random(600) < 1 / (1 + np.exp(1.0 + 2.0 * e))
        found = Calibration(12, {"all": fit_curve(e, bad)}).probabilities(np.array([0.4]), np.zeros(1))
        held.append(found.low[0] <= 1 / (1 + np.exp(1.8)) <= found.high[0])
    assert 0.92 <= np.mean(held) <= 0.98


def test_weights_follow_the_outcomes_and_are_never_negative() -> None:
    """A dimension that alone makes the outcome takes most of the weight, one against it none."""
    dice = np.random.default_rng(1)
    dimensions = dice.random((3000, 4))
    bad = dice.random(3000) < 1 / (1 + np.exp(4 * dimensions[:, 1] - 2 * dimensions[:, 3]))
    found = fitted_weights(dimensions, bad)
    assert found is not None
    assert (sum(found), found[1] > 0.8, found[3]) == (pytest.approx(1.0), True, 0.0)


def test_weights_are_not_made_where_nothing_can_be_learnt() -> None:
    """Without bad ones, or with every dimension against the outcome, there are none."""
    dimensions = np.random.default_rng(1).random((500, 4))
    assert fitted_weights(dimensions, np.zeros(500, np.bool_)) is None
    assert fitted_weights(dimensions, dimensions.mean(axis=1) > 0.55) is None


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, bool]]) -> None:
    """The area under the ROC curve counts pairs of a good and a bad one, ties half."""
    value, bad = np.array([float(row[0]) for row in rows]), np.array([row[1] for row in rows])
    pairs = [(good > worse) + 0.5 * (good == worse) for good in value[~bad] for worse in value[bad]]
    expected = None if not pairs else pytest.approx(np.mean(pairs))
    assert area(value, bad) == expected
