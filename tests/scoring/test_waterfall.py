"""Does every waterfall lead from 350 to the score, in whole points that add up?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.explanation.rounding import whole_parts
from scoring.explanation.waterfall import waterfall
from scoring.runs.run import Run
from tests.scoring.portfolio_runs import Portfolio, cards
from tests.scoring.town_runs import town_of_features


@given(st.lists(st.floats(-80, 80), min_size=1, max_size=9), st.data())
def test_whole_parts_add_up_and_stay_near(parts: list[float], data: st.DataObject) -> None:
    """They add up to any total; to one within 1 of their sum each part stays within 1 of its own."""
    total = data.draw(st.integers(-800, 800))
    assert sum(whole_parts(parts, total)) == total
    near = data.draw(st.sampled_from([int(sum(parts) // 1), int(-(-sum(parts) // 1))]))
    whole = whole_parts(parts, near)
    assert all(abs(number - part) < 1 + 1e-6 for number, part in zip(whole, parts, strict=True))


@pytest.mark.parametrize("detail", [False, True])
def test_every_waterfall_ends_at_the_score(base: Run, detail: bool) -> None:
    """For everybody, from 350, each step leading where it says; dimensions' steps add up to their points."""
    for card in cards(base):
        fall = waterfall(card, detail=detail)
        assert (fall.steps[0].kind, fall.steps[0].points, fall.steps[0].running) == ("base", 350, 350)
        running = 0
        for step in fall.steps:
            running += step.points
            assert step.running == running
        assert running == card.score == fall.score
        for row in card.dimensions:
            assert sum(step.points for step in fall.steps if step.dimension == row.dimension) == row.points


def test_a_rule_that_names_nobody_has_one_step_of_lift(portfolio: Portfolio) -> None:
    """Under the challenger waterfalls end at the score as well; lift is one step, nobody is named."""
    run = portfolio.run(rule="association")
    falls = [waterfall(card) for card in cards(run)]
    assert all(fall.steps[-1].running == fall.score for fall in falls)
    kinds = {step.kind for fall in falls for step in fall.steps}
    assert "lift" in kinds
    assert "supporter" not in kinds


def test_supporters_and_distress_are_steps_of_their_own(tmp_path: Path) -> None:
    """Of the town's people: who lifts is named, what falls back is a step down, both inside connections."""
    found = [waterfall(card) for card in cards(town_of_features(tmp_path))]
    kinds = {step.kind for fall in found for step in fall.steps if step.dimension == "connections"}
    assert {"own", "supporter", "distress"} <= kinds
    assert all(step.points <= 0 for fall in found for step in fall.steps if step.kind == "distress")
