"""Do five dimensions become one score by the arithmetic of the method, to the last point?"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.contract import DIMENSIONS
from loaders.errors import RenmaiError
from scoring.combination import ScoreTable, combine, largest_remainder, weights
from scoring.config import Config, Score
from scoring.tabular.portfolio import Assessment, Constants, weighted_mean

CONFIG = Config()
SHARES = st.floats(0, 1)
ROWS = st.lists(st.tuples(SHARES, SHARES, SHARES, SHARES, st.sampled_from([0, 1, 3, 11.5, 12, 40, 1200])), min_size=1)


def assessment(rows: list[tuple[float, ...]], mean: float = 0.5) -> Assessment:
    """People with these four dimensions and months of history, all consents granted."""
    table = np.array(rows, np.float64)
    tabular = weighted_mean(table[:, :4], CONFIG.score.weights.percent[:4])
    credibility = table[:, 4] / (table[:, 4] + 6)
    yes = np.ones(len(rows), np.bool_)
    return Assessment(
        holders=pa.array([f"h{place:03d}" for place in range(len(rows))], pa.string()),
        dimensions=table[:, :4],
        tabular=tabular,
        months=table[:, 4],
        credibility=credibility,
        evidence=credibility * tabular + (1 - credibility) * mean,
        scale=np.full(len(rows), 200_000.0),
        lift_allowed=yes,
        distress_allowed=yes,
        scale_withheld=~yes,
        no_bad_record=yes,
        origin=np.zeros((len(rows), 4), np.int8),
        bins=None,
        constants=Constants(mean, 200_000.0, dict.fromkeys(DIMENSIONS, 0.25)),
    )


def scored(who: Assessment, lift: Any = 0.0, distress: Any = 0.0, config: Config = CONFIG) -> ScoreTable:
    nothing = np.zeros(len(who.holders))
    return combine(who, who.evidence + lift, nothing + distress, config)


def half_up(value: float) -> int:
    """Round as the method says, from the nine decimals that are not noise."""
    return math.floor(Fraction(round(value * 10**9), 10**9) + Fraction(1, 2))


@pytest.mark.parametrize("months", [0, 5, 12, 600])
def test_the_worst_gets_350_and_the_best_950(months: float) -> None:
    """At the worst of everything 350, at the best 950, however long the history."""
    table = scored(assessment([(0, 0, 0, 0, months), (1, 1, 1, 1, months)]))
    assert table.score.tolist() == [350, 950]


def test_a_worked_example_adds_up() -> None:
    """A newcomer's 0.5 everywhere, lifted by 0.2 at weight 15 %: 350 + 600 · (0.5 + 0.15 · 0.2) = 668."""
    table = scored(assessment([(0.5, 0.5, 0.5, 0.5, 0)]), lift=0.2)
    assert table.score.tolist() == [668]
    assert table.points.tolist() == [[94, 67, 54, 40, 63]]


@given(ROWS, st.data())
def test_points_add_up_and_scores_stay_in_range(rows: list[tuple[float, ...]], data: st.DataObject) -> None:
    """The score is 350 + Σ points, between 350 and 950, and no points are negative, whatever the graph says."""
    arrays = st.lists(SHARES, min_size=len(rows), max_size=len(rows)).map(np.array)
    who = assessment(rows)
    table = combine(who, data.draw(arrays), 0.4 * data.draw(arrays), CONFIG)
    assert (table.score == 350 + table.points.sum(axis=1)).all()
    assert (table.score >= 350).all()
    assert (table.score <= 950).all()
    assert (table.points >= 0).all()


@given(ROWS, st.data())
def test_no_points_are_a_whole_point_from_their_share(rows: list[tuple[float, ...]], data: st.DataObject) -> None:
    """The integer points of a dimension are its part of the score, cut or raised by less than one."""
    lifts = data.draw(st.lists(SHARES, min_size=len(rows), max_size=len(rows)).map(np.array))
    who = assessment(rows)
    table = scored(who, lift=lifts * (1 - who.evidence))
    parts = 600 * weights(who.credibility, CONFIG) * np.column_stack([who.dimensions, table.connections])
    assert (np.abs(table.points - parts) < 1 + 1e-6).all()


@given(ROWS)
def test_without_lift_and_distress_the_score_is_the_tabular_score(rows: list[tuple[float, ...]]) -> None:
    """C is e to the bit, and the score 350 + 600 e rounded half up, at any weight of connections."""
    who = assessment(rows)
    table = scored(who)
    assert table.connections.tolist() == who.tabular.tolist()
    assert table.score.tolist() == [350 + half_up(600 * e) for e in who.tabular.tolist()]


@given(ROWS, st.data())
def test_the_dimension_switched_off_gives_the_tabular_score(rows: list[tuple[float, ...]], data: st.DataObject) -> None:
    """With ``score.connections = false`` no lift and no distress changes a bit."""
    config = Config(score=Score(connections=False))
    lifts = data.draw(st.lists(SHARES, min_size=len(rows), max_size=len(rows)).map(np.array))
    who = assessment(rows)
    assert scored(who, lifts, 0.4 * lifts, config).score.tolist() == scored(who).score.tolist()


@pytest.mark.parametrize(("lift", "distress"), [(0.3, 0.0), (0.0, 0.4), (0.3, 0.4)])
def test_without_consent_to_connections_the_score_is_the_tabular_score(lift: float, distress: float) -> None:
    """Combination holds to consents by itself, even if a rule handed it lift and distress."""
    who = assessment([(0.4, 0.5, 0.6, 0.7, 3)])
    none = np.zeros(1, np.bool_)
    alone = replace(who, lift_allowed=none, distress_allowed=none)
    assert scored(alone, lift, distress).score.tolist() == scored(who).score.tolist()


@given(st.tuples(SHARES, SHARES, SHARES, SHARES), st.sampled_from([0, 2, 12, 300]), SHARES, SHARES, SHARES)
def test_scores_are_monotone(row: tuple[float, ...], months: float, more: float, lift: float, distress: float) -> None:
    """More of a dimension or of lift never lowers a score, more distress never raises it."""
    who = assessment([(*row, months)] * 6)
    raised = who.dimensions.copy()
    for column in range(4):
        raised[column + 1, column] += (1 - raised[column + 1, column]) * more
    tabular = weighted_mean(raised, CONFIG.score.weights.percent[:4])
    evidence = who.credibility * tabular + (1 - who.credibility) * 0.5
    better = replace(who, dimensions=raised, tabular=tabular, evidence=evidence)
    lifts = np.full(6, lift * 0.5)
    base, *others = scored(better, lifts * np.array([1] * 5 + [1 + more]), 0.2 * distress).score.tolist()
    assert min(others) >= base
    assert scored(who, 0.0, 0.4 * distress).score[0] <= scored(who, 0.0, 0.4 * distress * more).score[0]


@given(ROWS)
def test_one_row_scores_as_in_a_batch(rows: list[tuple[float, ...]]) -> None:
    """Who is scored beside a holder changes none of its points."""
    lift = 0.123456789
    alone = [scored(assessment([row]), lift).points[0].tolist() for row in rows]
    assert scored(assessment(rows), lift).points.tolist() == alone


@given(ROWS)
def test_the_graph_moves_a_score_by_at_most_its_weight(rows: list[tuple[float, ...]]) -> None:
    """Even a lift of 1 adds at most 600 w points, and the rounding of one."""
    who = assessment(rows)
    moved = scored(who, lift=1.0).score - scored(who).score
    assert (moved <= 600 * weights(who.credibility, CONFIG)[:, 4] + 1).all()


@pytest.mark.parametrize(("months", "expected"), [(0, 0.15), (6, 0.10), (1e9, 0.05)])
def test_connections_weigh_more_in_a_thin_file(months: float, expected: float) -> None:
    """5 % + 10 % (1 − z): 15 % without history, 10 % at six months, 5 % in the long run; rows add up to 1."""
    each = weights(np.array([months / (months + 6)]), CONFIG)
    assert each[0, 4] == pytest.approx(expected, abs=1e-9)
    assert each.sum() == pytest.approx(1, abs=1e-15)
    assert (each[0, :4] / each[0, 0]).tolist() == pytest.approx([1, 25 / 35, 20 / 35, 15 / 35])


def test_the_thin_file_weight_can_be_switched_off() -> None:
    """thin_extra = 0 leaves 35, 25, 20, 15, 5 percent to everyone."""
    each = weights(np.array([0.0, 0.7]), Config(score=Score(thin_extra=0.0)))
    assert each.tolist() == pytest.approx(np.array([[0.35, 0.25, 0.20, 0.15, 0.05]] * 2))


@pytest.mark.parametrize(("months", "expected"), [(11, True), (11.99, True), (12, False)])
def test_a_file_is_thin_below_12_months(months: float, expected: bool) -> None:
    """Twelve months are enough."""
    assert scored(assessment([(0.5, 0.5, 0.5, 0.5, months)])).thin.tolist() == [expected]


def test_distress_is_weighed_by_rho_and_thin_history() -> None:
    """C = e − ρ (1 − z) r: 0.5 − 0.25 · 0.5 · 0.4 at six months of history."""
    table = scored(assessment([(0.5, 0.5, 0.5, 0.5, 6)]), distress=0.4)
    assert table.connections.tolist() == pytest.approx([0.45], abs=1e-15)


@pytest.mark.parametrize("points", [0.5, 99.5, 299.5, 300.5, 599.5])
def test_half_a_point_is_rounded_up(points: float) -> None:
    """Never to even, and never by what floating point leaves in the twelfth decimal."""
    share = points / 600
    assert scored(assessment([(share, share, share, share, 24)])).score.tolist() == [350 + math.ceil(points)]


@pytest.mark.parametrize(
    ("parts", "total", "expected"),
    [
        ([0.5, 0.5, 0.5, 0.5, 0.0], 2, [1, 1, 0, 0, 0]),
        ([1.2, 2.7, 3.6, 0.5, 0.0], 8, [1, 3, 4, 0, 0]),
        ([0.1, 0.1, 0.1, 0.1, 0.1], 1, [1, 0, 0, 0, 0]),
        ([0.9, 0.9, 0.9, 0.9, 0.9], 5, [1, 1, 1, 1, 1]),
        ([0.0, 0.0, 0.0, 0.0, 0.3], 0, [0, 0, 0, 0, 0]),
    ],
)
def test_left_over_points_go_to_the_largest_remainders(parts: list[float], total: int, expected: list[int]) -> None:
    """Equal remainders are served in the order of dimensions."""
    nano: npt.NDArray[np.int64] = np.rint(np.array([parts]) * 10**9).astype(np.int64)
    assert largest_remainder(nano, np.array([total])).tolist() == [expected]


@pytest.mark.parametrize("quantity", ["standing", "distress", "e", "evidence", "credibility"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_becomes_a_score(quantity: str, value: float) -> None:
    """The holder and the quantity are named before any clamp could hide the value."""
    who = assessment([(0.5, 0.5, 0.5, 0.5, 6)] * 3)
    spoilt = np.array([0.5, value, 0.5])
    fields: dict[str, Any] = {
        "e": {"tabular": spoilt},
        "evidence": {"evidence": spoilt},
        "credibility": {"credibility": spoilt},
    }
    standing, distress = who.evidence, np.zeros(3)
    if quantity == "standing":
        standing = spoilt
    if quantity == "distress":
        distress = spoilt
    with pytest.raises(RenmaiError, match=f"holder h001: {quantity} is "):
        combine(replace(who, **fields.get(quantity, {})), standing, distress, CONFIG)


def test_a_dimension_that_is_not_finite_is_named() -> None:
    """A NaN among the dimensions is found even where the mean hides nothing."""
    who = assessment([(0.5, 0.5, 0.5, 0.5, 6)] * 2)
    spoilt = who.dimensions.copy()
    spoilt[1, 2] = math.nan
    with pytest.raises(RenmaiError, match="holder h001: behaviour is nan"):
        scored(replace(who, dimensions=spoilt))


def test_vectors_of_another_length_are_refused() -> None:
    """Two standings for three holders are a fault, not a broadcast."""
    who = assessment([(0.5, 0.5, 0.5, 0.5, 6)] * 3)
    with pytest.raises(RenmaiError, match="standing has 1 values for 3 holders"):
        combine(who, np.array([0.5]), np.zeros(3), CONFIG)
