"""Do the bins of a feature follow its direction, hold what they should, and weigh what the formula says?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.training import WoeBinner
from scoring.training.by_feature import TrainingError
from scoring.training.cuts import roundest

VALUES = st.one_of(st.floats(-1e9, 1e9), st.integers(-3, 3).map(float), st.just(math.nan))
DIRECTIONS = st.sampled_from(["up", "down", "either"])


@st.composite
def portfolios(draw: st.DrawFn) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rows = draw(st.integers(4, 60))
    bad = draw(arrays(np.int64, rows, elements=st.integers(0, 1)))
    bad[:2] = 0, 1
    return draw(arrays(np.float64, (rows, 1), elements=VALUES)), bad


def drawn(rows: int = 2000, seed: int = 3) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Income helps, debt harms, noise does neither; a tenth of income is missing."""
    dice = np.random.default_rng(seed)
    table = pd.DataFrame({name: dice.normal(size=rows) for name in ("income", "debt", "noise")})
    odds = -1.2 - 1.1 * table["income"] + 0.8 * table["debt"]
    bad = (dice.random(rows) < 1 / (1 + np.exp(-odds))).astype(int).to_numpy()
    table.loc[dice.random(rows) < 0.1, "income"] = np.nan
    return table, bad


@settings(deadline=None, max_examples=150)
@given(
    portfolios(), DIRECTIONS, st.integers(2, 9), st.sampled_from([0.0, 0.05, 0.2]), st.sampled_from([0.01, 0.5, 5.0])
)
def test_neighbouring_bins_never_weigh_against_the_direction(
    portfolio: Any, direction: str, bins: int, share: float, smoothing: float
) -> None:
    """Whatever the data, WoE rises strictly from bin to bin for ``up``, falls for ``down``, does one for ``either``."""
    binner = WoeBinner(direction, max_bins=bins, min_share=share, smoothing=smoothing, special_values=[0.0])
    found = binner.fit(*portfolio).bins_["x0"]
    steps = np.diff(found.woe)
    assert found.direction in ("up", "down")
    assert direction in (found.direction, "either")
    assert (steps > 0).all() if found.direction == "up" else (steps < 0).all()


@settings(deadline=None, max_examples=50)
@given(portfolios(), st.sampled_from(["up", "down", "either", None]))
def test_every_row_is_in_one_bin_and_every_weight_is_finite(portfolio: Any, direction: str | None) -> None:
    """Goods and bads of the bins add up to the rows, WoE is finite and no part of IV is negative."""
    X, bad = portfolio
    found = WoeBinner(direction, special_values=[1.0, -1.0]).fit(X, bad).bins_["x0"]
    assert (sum(found.goods), sum(found.bads)) == (int((bad == 0).sum()), int(bad.sum()))
    assert np.isfinite(found.weights).all()
    assert (found.iv >= 0).all()


def test_woe_and_iv_are_those_of_the_formula() -> None:
    """WoE = ln((g + s G/N)/G) − ln((b + s B/N)/B), and IV adds up the difference of these shares times WoE."""
    X, bad = (
        np.repeat([0.0, 1.0], [20, 10]).reshape(-1, 1),
        np.r_[np.repeat([0, 1], [18, 2]), np.repeat([0, 1], [4, 6])],
    )
    found = WoeBinner("down", smoothing=0.5).fit(X, bad).bins_["x0"]
    good, bads = (np.array([18, 4]) + 0.5 * 22 / 30) / 22, (np.array([2, 6]) + 0.5 * 8 / 30) / 8
    np.testing.assert_allclose(found.woe, np.log(good / bads), rtol=1e-14)
    np.testing.assert_allclose(found.iv[:2], (good - bads) * np.log(good / bads), rtol=1e-14)


def test_a_planted_step_is_found_where_it_stands() -> None:
    """A feature whose bads begin at 10 is cut at 10."""
    late = np.arange(40.0)
    found = WoeBinner("down", max_bins=2).fit(late.reshape(-1, 1), late >= 10)
    assert found.edges_["x0"] == (-math.inf, 10.0)


def test_a_bin_without_bads_has_a_finite_weight_and_is_best() -> None:
    """A bin of goods alone weighs more than any other and less than infinity."""
    late = np.repeat([0.0, 1.0, 2.0], 20).reshape(-1, 1)
    bad = np.r_[np.zeros(20), np.tile([0, 1], 10), np.ones(20)]
    weights = WoeBinner("down").fit(late, bad).woe_["x0"]
    assert len(weights) == 3
    assert np.isfinite(weights).all() and (np.diff(weights) < 0).all()


def test_missing_values_have_a_bin_of_their_own() -> None:
    """Missing values weigh what their own goods and bads say, and 0 where the fit met none."""
    X = np.array([[math.nan]] * 10 + [[0.0]] * 10 + [[1.0]] * 10)
    bad = np.r_[np.ones(9), 0, np.zeros(8), 1, 1, np.zeros(9), 1]
    binner = WoeBinner().fit(X, bad)
    table = binner.table("x0")
    assert binner.missing_woe_["x0"] < min(binner.woe_["x0"])
    assert table.set_index("bin").loc["missing", ["rows", "goods", "bads"]].tolist() == [10, 1, 9]
    assert WoeBinner().fit(X[10:], bad[10:]).transform([[math.nan]]).tolist() == [[0.0]]


def test_special_values_have_bins_of_their_own() -> None:
    """Each special value is a bin with its label, and is left out of the ordinary bins."""
    X = pd.DataFrame({"status": [-2.0] * 10 + [-1.0] * 10 + [0.0, 1.0, 2.0, 3.0] * 5})
    bad = np.r_[np.ones(6), np.zeros(4), np.zeros(9), 1, np.tile([0, 0, 1, 1], 5)]
    binner = WoeBinner("down", special_values={"status": {"not used": -2, "paid": -1}}).fit(X, bad)
    table = binner.table("status").set_index("bin")
    assert table.loc["not used", ["goods", "bads"]].tolist() == [4, 6]
    assert table.loc["paid", ["goods", "bads"]].tolist() == [9, 1]
    assert table.loc["below 2", "rows"] == 10
    assert set(binner.bins_["status"].special_woe) == {-2.0, -1.0}


def test_manual_bins_are_obeyed_as_they_stand() -> None:
    """Manual edges are the fitted edges, whatever the tree, the least share or the number of bins would say."""
    table, bad = drawn()
    binner = WoeBinner({"debt": "down"}, manual_bins={"debt": [-1.5, 0.25, 1.75]}, max_bins=2, min_share=0.5)
    assert binner.fit(table, bad).edges_["debt"] == (-math.inf, -1.5, 0.25, 1.75)
    assert len(binner.edges_["income"]) <= 2


@pytest.mark.parametrize(
    ("edges", "direction", "rule"),
    [
        ([1.0, 0.0], "down", r"manual_bins of debt break the rule that edges rise: got \[1.0, 0.0\]"),
        ([0.5, 0.5], "down", "break the rule that edges rise"),
        ([0.0, math.nan], "down", "break the rule that edges are a list of finite numbers"),
        ("0", "down", "break the rule that edges are a list of finite numbers"),
        ([0.0, 90.0], "down", r"every bin holds good and bad rows: \[90, inf\) has no good one of its 0"),
        ([-1.0, 1.0], "up", "break the rule that WoE goes 'up': it is "),
    ],
)
def test_manual_bins_that_break_a_rule_are_refused_by_its_name(edges: Any, direction: str, rule: str) -> None:
    """An error names the feature, the rule and what was found."""
    table, bad = drawn()
    with pytest.raises(TrainingError, match=rule):
        WoeBinner({"debt": direction}, manual_bins={"debt": edges}).fit(table, bad)


def test_manual_bins_may_state_both_ends() -> None:
    """−inf first and inf last say what is so without them."""
    table, bad = drawn()
    given, plain = ({"debt": edges} for edges in ([-math.inf, -1.5, 0.25, math.inf], [-1.5, 0.25]))
    assert WoeBinner(manual_bins=given).fit(table, bad).bins_ == WoeBinner(manual_bins=plain).fit(table, bad).bins_


def test_manual_bins_without_a_direction_may_have_any_shape() -> None:
    """A bump is refused for ``either`` and obeyed for ``None``."""
    X, bad = (
        np.repeat([[0.0], [1.0], [2.0]], 20, axis=0),
        np.r_[[0] * 15, [1] * 5, [0] * 5, [1] * 15, [0] * 15, [1] * 5],
    )
    with pytest.raises(TrainingError, match="the rule that WoE goes in one direction"):
        WoeBinner(manual_bins=[[1, 2]]).fit(X, bad)
    assert WoeBinner([None], manual_bins=[[1, 2]]).fit(X, bad).edges_["x0"] == (-math.inf, 1.0, 2.0)


def test_no_bin_is_smaller_than_the_least_share() -> None:
    """With a least share of 15 percent every ordinary bin has 15 percent of all rows."""
    table, bad = drawn()
    told = WoeBinner(max_bins=20, min_share=0.15).fit(table, bad).table("debt")
    assert told["share"][told["at_least"].notna()].min() >= 0.15


def test_the_order_of_rows_changes_nothing() -> None:
    """The same rows shuffled give the same bins to the bit."""
    table, bad = drawn()
    order = np.random.default_rng(1).permutation(len(bad))
    assert WoeBinner().fit(table, bad).bins_ == WoeBinner().fit(table.iloc[order], bad[order]).bins_


def test_one_row_weighs_what_it_weighs_in_a_batch() -> None:
    """A row alone gets the bits it gets among others."""
    table, bad = drawn(300)
    binner = WoeBinner().fit(table, bad)
    whole = binner.transform(table)
    assert all((binner.transform(table.iloc[[row]])[0] == whole[row]).all() for row in range(0, 300, 37))


def test_amounts_beyond_single_precision_are_told_apart() -> None:
    """Amounts that differ by one minor unit near 10^15 are cut between the right two."""
    amounts = 10.0**15 + np.arange(40)
    binner = WoeBinner("up", max_bins=2).fit(amounts.reshape(-1, 1), amounts < 10.0**15 + 17)
    assert binner.edges_["x0"][1] == 10.0**15 + 17


def test_frames_come_in_and_go_out_with_their_names() -> None:
    """A DataFrame in gives its names to bins, tables and, on request, a DataFrame out."""
    table, bad = drawn(400)
    binner = WoeBinner({"income": "up", "debt": "down"}).set_output(transform="pandas")
    out = binner.fit_transform(table, bad)
    assert list(out.columns) == list(binner.get_feature_names_out()) == ["income", "debt", "noise"]
    assert out.index.equals(table.index)
    assert binner.iv()["feature"].tolist()[-1] == "noise"
    assert binner.iv()["iv"].is_monotonic_decreasing


def test_points_of_a_row_add_up_to_its_score() -> None:
    """Σ points = base + doubling · log2(odds of good / odds)."""
    table, bad = drawn(500)
    binner = WoeBinner().fit(table.fillna(0.0), bad)
    coefficients, row = [0.9, 0.4, 0.0], table.fillna(0.0).iloc[[7]]
    told = binner.points_table(coefficients, 1.3, base=600, odds=50, doubling=20)
    mine = [
        told[(told["feature"] == name) & (told["at_least"] <= row[name].item()) & (row[name].item() < told["below"])]
        for name in table
    ]
    odds = 1.3 + float(binner.transform(row)[0] @ coefficients)
    assert sum(part["points"].item() for part in mine) == pytest.approx(600 + 20 * (odds - math.log(50)) / math.log(2))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"directions": {"incme": "up"}}, "directions: 'incme' is no feature; did you mean 'income'?"),
        ({"directions": "upward"}, "must have one of 'up', 'down', 'either', None; got 'upward'"),
        ({"directions": ["up"]}, "directions must have one entry per column, 3; got 1"),
        ({"max_bins": 0}, "max_bins must be a whole number of at least 1; got 0"),
        ({"min_share": 0.6}, r"min_share must be in \[0, 0.5\]; got 0.6"),
        ({"smoothing": 0}, "smoothing must be more than 0 rows; got 0"),
        ({"special_values": [1, 1]}, "each value may stand there once"),
        ({"special_values": {"debt": [math.inf]}}, "special_values of debt must be finite numbers"),
    ],
)
def test_settings_out_of_range_are_told(wrong: dict[str, Any], sentence: str) -> None:
    """A setting that cannot be used is refused with its name, what is allowed and what was given."""
    with pytest.raises(TrainingError, match=sentence.replace("?", r"\?")):
        WoeBinner(**wrong).fit(*drawn(100))


def test_three_classes_are_refused() -> None:
    """What is neither good nor bad has no weight of evidence."""
    with pytest.raises(TrainingError, match="y must have two classes, good and bad"):
        WoeBinner().fit([[0.0], [1.0], [2.0]], [0, 1, 2])


@settings(deadline=None)
@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_an_edge_lies_above_one_value_and_not_above_the_next(one: float, other: float) -> None:
    """The round number between two values separates them as they are."""
    low, high = sorted((one, other))
    if low < high:
        assert low < roundest(low, high) <= high
