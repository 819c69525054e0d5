"""Do the measures say what their definitions say? Pairs counted one by one, closed forms, another library."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from scoring.evaluation.measures import brier, power, rate
from scoring.evaluation.probability import calibration, cross_fitted

SEEDS = range(5)


def drawn(seed: int, people: int = 60, highest: int = 420) -> tuple[np.ndarray, np.ndarray]:
    dice = random.Random(seed)
    score = np.array([dice.randrange(350, highest) for _ in range(people)])
    bad = np.array([dice.random() < 0.3 for _ in range(people)])
    bad[:2] = [True, False]
    return score, bad


@pytest.mark.parametrize("seed", SEEDS)
def test_auc_is_the_share_of_pairs_in_which_the_bad_one_has_the_lower_score(seed: int) -> None:
    """AUC equals counting all pairs of a bad and a good, an equal score counting half; and scikit-learn's."""
    score, bad = drawn(seed)
    pairs = [(low, high) for low in score[bad] for high in score[~bad]]
    expected = sum(1.0 if low < high else 0.5 if low == high else 0.0 for low, high in pairs) / len(pairs)
    actual = power(score, bad).auc
    assert actual == pytest.approx(expected, abs=1e-12)
    assert actual == pytest.approx(roc_auc_score(bad, -score), abs=1e-12)


def test_gini_is_twice_auc_less_one() -> None:
    """Gini = 2 AUC − 1."""
    score, bad = drawn(1)
    found = power(score, bad)
    assert found.auc is not None and found.gini == 2 * found.auc - 1


def test_ks_is_the_widest_gap_between_the_two_distributions() -> None:
    """Bads at 400, 400, 500 and goods at 450, 600: up to 400 two thirds of the bads and no good, up to 450 a half."""
    found = power(np.array([400, 400, 500, 450, 600]), np.array([True, True, True, False, False]))
    assert found.ks == pytest.approx(2 / 3)


@pytest.mark.parametrize("all_bad", [True, False])
def test_one_class_alone_has_no_auc(all_bad: bool) -> None:
    """Without bads, or without goods, AUC, KS and Gini are None."""
    found = power(np.array([400, 500]), np.array([all_bad, all_bad]))
    assert (found.auc, found.ks, found.gini) == (None, None, None)


@pytest.mark.parametrize(("bad", "people"), [(0, 10), (1, 10), (10, 10), (7, 200)])
def test_wilson_is_the_closed_form(bad: int, people: int) -> None:
    """The interval is (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)."""
    found = rate(np.arange(people) < bad)
    z, p, n = 1.959963984540054, bad / people, people
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    expected = [(middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)]
    assert [found.low, found.high] == pytest.approx(expected, abs=1e-12)


def test_nobody_has_no_rate() -> None:
    """The rate of nobody is None, not 0 or NaN."""
    found = rate(np.zeros(0, bool))
    assert (found.persons, found.rate, found.low, found.high) == (0, None, None, None)
    assert brier(np.zeros(0), np.zeros(0, bool)) is None


def test_brier_is_the_mean_squared_error() -> None:
    """Brier is scikit-learn's."""
    probability, bad = np.array([0.1, 0.4, 0.8]), np.array([False, True, True])
    assert brier(probability, bad) == pytest.approx(brier_score_loss(bad, probability), abs=1e-15)


def test_calibration_rows_hold_everybody_once() -> None:
    """Tenths of the probability add up to all persons and bads; predictions rise from row to row."""
    dice = np.random.default_rng(3)
    probability = np.round(dice.random(300), 2)
    bad = dice.random(300) < probability
    rows = calibration(probability, bad)
    assert sum(row.observed.persons for row in rows) == 300
    assert sum(row.observed.bad for row in rows) == bad.sum()
    assert all(row.low <= row.predicted <= row.high for row in rows)
    assert [row.predicted for row in rows] == sorted(row.predicted for row in rows)


def test_nobodys_outcome_is_in_its_own_probability() -> None:
    """Turning one person's outcome over leaves that person's cross-fitted probability as it is."""
    score, bad = drawn(2, people=200)
    part = np.arange(200) % 5
    turned = bad.copy()
    turned[17] = not turned[17]
    before, after = cross_fitted(score, bad, part), cross_fitted(score, turned, part)
    assert before[17] == after[17]
    assert (before[part != 17 % 5] != after[part != 17 % 5]).all()


def test_cross_fitting_recovers_a_planted_curve() -> None:
    """Outcomes drawn from a logistic curve of the score give back its probabilities within two points."""
    dice = np.random.default_rng(7)
    score = dice.integers(400, 900, 20_000)
    truth = 1 / (1 + np.exp((score - 600) / 60))
    found = cross_fitted(score, dice.random(20_000) < truth, np.arange(20_000) % 5)
    assert np.abs(found - truth).max() < 0.02
