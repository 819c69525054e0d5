"""Are the intervals of the paired bootstrap what they should be? Repeatable, paired, and of the right width."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.evaluation.bootstrap import resample
from scoring.evaluation.comparing import compared
from scoring.evaluation.verdict import ENOUGH, judge

PEOPLE = 400


def portfolio(seed: int, people: int = PEOPLE) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A score that says something, outcomes, and which files are thin."""
    dice = np.random.default_rng(seed)
    score = dice.integers(400, 900, people)
    bad = dice.random(people) < 1 / (1 + np.exp((score - 560) / 80))
    return score, bad, dice.random(people) < 0.5


def test_the_same_seed_gives_the_same_draws() -> None:
    """AUC of every draw is equal for one seed and another for another."""
    score, bad, thin = portfolio(1)
    one, two, other = (resample({"a": score}, bad, thin, draws=20, seed=seed).auc["all"]["a"] for seed in (7, 7, 8))
    assert one.tolist() == two.tolist() != other.tolist()


def test_variants_are_measured_on_the_same_persons() -> None:
    """A score that is another one shifted by ten points differs from it in no draw."""
    score, bad, thin = portfolio(2)
    found = resample({"a": score, "b": score - 10}, bad, thin, draws=50, seed=7)
    for segment in ("all", "thin", "thick"):
        assert found.auc[segment]["a"].tolist() == found.auc[segment]["b"].tolist()
        assert found.interval(segment, "a", "b") == (0.0, 0.0)


def test_a_better_score_is_found_to_be_better() -> None:
    """Against a score that knows the outcomes, the interval of the difference lies above zero in every segment."""
    score, bad, thin = portfolio(3)
    found = compared({"with": np.where(bad, 400, 800), "without": score}, bad, thin, draws=200, seed=7)
    rows = [row for row in found.differences if row.variant == "with"]
    assert [row.segment for row in rows] == ["all", "thin", "thick"]
    assert all(row.low is not None and row.low > 0 and row.includes_zero is False for row in rows)
    assert found.uplift.shown


def test_a_segment_without_bads_has_no_interval() -> None:
    """Where no thin file is bad, thin has neither AUC nor interval, and the others keep theirs."""
    score, bad, thin = portfolio(4)
    found = compared({"with": score, "without": score - 1}, bad & ~thin, thin, draws=20, seed=7)
    by_segment = {row.segment: row for row in found.differences}
    assert (by_segment["thin"].difference, by_segment["thin"].low, by_segment["thin"].includes_zero) == (None,) * 3
    assert by_segment["thick"].low == 0.0
    assert not found.uplift.shown


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Of 200 portfolios drawn from one truth, the 95 % interval of a difference covers it in 90 % to 99 %."""
    covered, truth = 0, _true_difference()
    for seed in range(200):
        first, second, bad, thin = _two_scores(seed, 300)
        found = resample({"a": first, "b": second}, bad, thin, draws=200, seed=seed)
        low, high = found.interval("all", "a", "b") or (1.0, -1.0)
        covered += low <= truth <= high
    assert 180 <= covered <= 198


def _two_scores(seed: int, people: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    quality = dice.normal(size=people)
    bad = dice.random(people) < 1 / (1 + np.exp(1 + quality))
    near, far = (650 + 60 * (quality + noise * dice.normal(size=people)) for noise in (0.7, 1.3))
    clipped = [np.clip(values, 350, 950).astype(np.int64) for values in (near, far)]
    return clipped[0], clipped[1], bad, dice.random(people) < 0.5


def _true_difference() -> float:
    """The difference of AUC in a portfolio so large that its own noise is far below the intervals'."""
    first, second, bad, thin = _two_scores(10_000, 400_000)
    found = compared({"with": first, "without": second}, bad, thin, draws=1, seed=1)
    return next(row.difference for row in found.differences if row.segment == "all") or 0.0


@pytest.mark.parametrize(
    ("interval", "said"),
    [((-0.01, 0.02), "includes zero"), ((0.0, 0.02), "includes zero"), ((0.01, 0.02), "connections add"),
     ((-0.02, -0.01), "make the score worse")],
)  # fmt: skip
def test_the_sentence_says_where_the_interval_lies(interval: tuple[float, float], said: str) -> None:
    """The verdict names an interval around zero, above it and below it; zero at its end is zero in it."""
    found = judge(500, 50, 0.01, interval)
    assert said in found.sentence
    assert found.shown is (interval[0] > 0)


def test_a_handful_of_bads_shows_nothing() -> None:
    """With fewer bads than enough an interval above zero is not believed."""
    few, many = (judge(500, bad, 0.01, (0.005, 0.02)) for bad in (ENOUGH - 1, ENOUGH))
    assert (few.shown, many.shown) == (False, True)
    assert "not believed" in few.sentence or "no interval is believed" in few.sentence
