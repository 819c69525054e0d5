"""Are the ways to a score the shortest there are, and does each of them hold?"""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import pytest

from loaders.errors import UsageError
from scoring.recall import recall
from scoring.whatif import reach, what_if, would_reach
from scoring.whatif.own import Own, plain
from scoring.whatif.results import Way
from scoring.whatif.steps import Option, options
from tests.scoring.town_runs import town_of_features
from tests.scoring.whatif.whole_runs import Portfolio


def choices_of(portfolio: Portfolio, holder: str) -> tuple[Option, ...]:
    known = portfolio.known
    return options(Own.of(known.assessment, known.config, known.graph.index(holder)), known.config)


def holders(portfolio: Portfolio, step: int) -> list[str]:
    return portfolio.known.graph.holders.to_pylist()[::step]


def values_of(way: Way) -> dict[str, float | bool]:
    """The steps as they stand, for what-if to take."""
    return {step.feature: step.value for step in way.steps}


def tried_out(portfolio: Portfolio, holder: str, goal: int, many: int) -> list[tuple[int, tuple[str, ...]]]:
    """Score every choice of bins of so many features: (bins moved, features) of those that reach the goal."""
    found = []
    for chosen in combinations(choices_of(portfolio, holder), many):
        for targets in product(*(option.targets for option in chosen)):
            names = tuple(option.feature.name for option in chosen)
            values = {name: plain(name, target.value) for name, target in zip(names, targets, strict=True)}
            if what_if(portfolio.known, holder, set=values, top=0).after.score >= goal:
                found.append((sum(target.bins for target in targets), names))
    return found


def test_every_way_holds(simulated: Portfolio) -> None:
    """Setting the values of a way gives the score it says, at or above the threshold."""
    ways = 0
    for holder in holders(simulated, 12):
        found = reach(simulated.known, holder)
        for way in found.ways:
            after = what_if(simulated.known, holder, set=values_of(way)).after
            assert after.score == way.score_after >= found.threshold > found.score
            assert after.band == way.band_after
            ways += 1
    assert ways > 10


def test_no_shorter_way_was_missed(simulated: Portfolio) -> None:
    """By trying out every choice: the fewest features, then the fewest bins, and up to three such ways."""
    checked = 0
    for holder in holders(simulated, 30):
        found = reach(simulated.known, holder)
        many = len(found.ways[0].steps) if found.ways else 9
        if many > 2 or checked == 4:  # too many choices to try out, or tried enough
            continue
        checked += 1
        for fewer in range(1, many):
            assert tried_out(simulated, holder, found.threshold, fewer) == []
        every = tried_out(simulated, holder, found.threshold, many)
        shortest = {names: min(bins for bins, other in every if other == names) for _, names in every}
        expected = sorted(shortest.values())[:3]
        assert [sum(step.bins for step in way.steps) for way in found.ways] == expected
    assert checked >= 3


def test_only_actionable_features_move_and_only_for_the_better(simulated: Portfolio) -> None:
    """Time and what nobody can act on stay, and each step earns more than the bin before."""
    reasons = simulated.known.config.reasons
    for holder in holders(simulated, 20):
        for option in choices_of(simulated, holder):
            name = option.feature.name
            assert reasons.of(name).actionable
            assert name != "history_months"
            bins = [target.bins for target in option.targets]
            assert bins == sorted(bins)
            assert bins[0] >= 1
            for target in option.targets:
                found = what_if(simulated.known, holder, set={name: plain(name, target.value)}, top=0)
                assert found.changes or found.notes
                state = Own.of(simulated.known.assessment, simulated.known.config, simulated.known.graph.index(holder))
                place = {
                    entry.name: entry for entry in simulated.known.config.reader(option.feature.dimension).features
                }
                assert place[name].at_least[target.place] <= target.value
                assert state.codes[name] == option.now


def test_the_next_threshold_is_the_next_band_or_benefit(simulated: Portfolio) -> None:
    """Without a threshold the next one above the score is meant."""
    config = simulated.known.config
    starts = sorted({entry.at_least for entry in (*config.bands, *config.benefits)})
    for holder in holders(simulated, 20):
        found = reach(simulated.known, holder)
        assert found.threshold == min((start for start in starts if start > found.score), default=950)


def test_what_cannot_be_reached_is_said_with_the_best_that_can(simulated: Portfolio) -> None:
    """With all of it at its best 950 stays out of reach for the short-lived, and the sentence says how far they get."""
    for holder in holders(simulated, 30):
        found = reach(simulated.known, holder, 950)
        assert found.ways == ()
        assert found.sentence.startswith("950 cannot be reached by what can be acted on")
        assert f"the score would be {found.best}; it is {found.score}" in found.sentence
        best = {
            option.feature.name: plain(option.feature.name, option.targets[-1].value)
            for option in choices_of(simulated, holder)
        }
        assert what_if(simulated.known, holder, set=best).after.score == found.best


def test_what_is_reached_needs_no_way(simulated: Portfolio) -> None:
    """A threshold at or below the score is reached."""
    holder = holders(simulated, 7)[3]
    score = reach(simulated.known, holder).score
    found = reach(simulated.known, holder, score)
    assert (found.ways, found.sentence) == ((), f"{score} is reached: the score is {score}")


def test_withheld_features_are_no_way(simulated: Portfolio) -> None:
    """Whoever withholds a consent is told no step that needs it."""
    table = simulated.known.assessment.bins.to_pandas()
    holder = table.holder_id[(table.on_time_rate == -2)].iloc[0]
    assert "on_time_rate" not in {option.feature.name for option in choices_of(simulated, holder)}


def test_ready_made_dimensions_offer_no_steps(tmp_path: Path) -> None:
    """In the town only those known by features have something to act on."""
    known = recall(town_of_features(tmp_path))
    assert would_reach(known, "nina", 700) == ()
    assert "nothing that can be acted on is read from features" in reach(known, "nina", 700).sentence
    way = would_reach(known, "uma")[0]
    assert way.text.startswith(f"would reach {way.score_after} if ")


@pytest.mark.parametrize("threshold", [349, 951, 700.5, "700", True])
def test_a_threshold_that_is_none_is_refused(simulated: Portfolio, threshold: object) -> None:
    """A score to reach is a whole number from 350 to 950."""
    with pytest.raises(UsageError, match="a score to reach must be a whole number from 350 to 950; got"):
        reach(simulated.known, holders(simulated, 1)[0], threshold)
