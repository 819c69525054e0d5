"""Does the scorecard put points on everything the contract knows, from 0 at the worst to all at the best?"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.contract import DIMENSIONS
from loaders.features import features
from scoring.scorecard.card import MISSING, SILENT, WITHHELD, Scorecard, ScorecardError

CARD = Scorecard.load()
FEATURES = {feature.name: feature for feature in features()}


def changed(place: str, value: Any) -> Scorecard:
    """Change one entry of the shipped scorecard, or take it out when the value is None."""
    document = copy.deepcopy(CARD.document())
    *path, last = place.split(".")
    entry = document
    for key in path:
        entry = entry[key]
    if value is None:
        del entry[last]
    else:
        entry[last] = value
    return Scorecard.from_document(document)


def test_every_feature_of_the_contract_has_its_points() -> None:
    """No feature is without bins, and none is in the scorecard alone."""
    assert [feature.name for feature in CARD.features] == list(FEATURES)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_best_of_a_dimension_is_a_hundred_points(dimension: str) -> None:
    """The best bins of each dimension add up to 100, so points read as percent of it."""
    assert sum(feature.best for feature in CARD.of(dimension)) == 100


@pytest.mark.parametrize("name", FEATURES)
def test_points_run_from_nothing_at_the_worst_end_to_the_best(name: str) -> None:
    """The ends of a feature's range earn 0 and the best points, whichever way the feature runs."""
    feature, entry = FEATURES[name], CARD.feature(name)
    ends = np.array([feature.low, feature.high], np.float64)
    expected = [0, entry.best] if feature.direction == "up" else [entry.best, 0]
    assert entry.earned(entry.bins(ends)).tolist() == expected


@given(st.sampled_from(sorted(FEATURES)), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_points_never_move_against_the_direction(name: str, places: list[float]) -> None:
    """More of a feature never earns less when it speaks for the holder, never more when it speaks against."""
    feature, entry = FEATURES[name], CARD.feature(name)
    values = np.sort(feature.low + np.array(places) ** 4 * (feature.high - feature.low))
    earned = entry.earned(entry.bins(values))
    steps = np.diff(earned if feature.direction == "up" else -earned)
    assert (steps >= 0).all()


@pytest.mark.parametrize("name", FEATURES)
def test_a_value_at_a_border_is_in_the_upper_bin(name: str) -> None:
    """A bin begins with its at_least."""
    entry = CARD.feature(name)
    assert entry.bins(np.array(entry.at_least)).tolist() == list(range(len(entry.at_least)))


def test_withheld_and_silent_earn_the_worst_and_missing_its_own_points() -> None:
    """Codes in place of a bin: consent withheld and not supplied earn 0, not known the points for missing."""
    entry = CARD.feature("on_time_rate")
    codes = np.array([WITHHELD, SILENT, MISSING], np.int16)
    assert entry.earned(codes).tolist() == [0, 0, entry.missing]


def test_a_scorecard_may_bring_words_of_its_own() -> None:
    """Words in a file are kept and told again; the shipped one has none, the dictionary of reasons speaks."""
    document = CARD.document()
    assert "dimensions" not in document
    document["features"]["degree"]["lowers"] = "Tell us what you learnt."
    told = Scorecard.from_document(document)
    assert told.feature("degree").lowers == "Tell us what you learnt."
    assert told.document() == document


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("features.degree", None, "missing"),
        ("features.degree.unit", "years", "found 'years', the data contract says 'level'"),
        ("features.degree.source", "finance", "found 'finance', the data contract says 'supplied'"),
        ("features.degree.direction", "down", "found 'down', the data contract says 'up'"),
        ("features.degree.lowers", " ", "must be text for the consumer"),
        ("features.degree.colour", "red", "not a key"),
        ("features.degree.missing", 3, "found 3, allowed is 0: what a holder does not supply counts as the worst"),
        ("features.stability.missing", 16, "found 16, allowed is from the worst bin's 0 to the best bin's 15"),
        ("features.degree.at_least", [1, 2, 3, 4], "the first bin begins at 1, allowed is 0, the low end of the"),
        ("features.degree.at_least", [0, 2, 2, 3], "allowed are rising numbers: bins must not overlap or be empty"),
        ("features.degree.at_least", [0, 1, 2, 5], "the last bin begins at 5, allowed is up to 4, the high end of"),
        ("features.degree.points", [1, 4, 8, 10], "the worst bin has 1 points, allowed is 0"),
        ("features.degree.points", [0, 8, 4, 10], "allowed are points that never fall as the value rises"),
        ("features.return_rate.points", [15, 8, 12, 4, 0], "allowed are points that never rise as the value rises"),
        ("features.degree.points", [0, 0, 0, 0], "the best bin has 0 points, allowed is more than 0"),
        ("currency", None, "missing"),
    ],
)
def test_a_scorecard_that_breaks_a_rule_is_refused(place: str, value: Any, expected: str) -> None:
    """Gaps, overlaps, points against the direction, disagreement with the contract: each has its sentence."""
    with pytest.raises(ScorecardError) as caught:
        changed(place, value)
    assert [problem for problem in caught.value.problems if problem.startswith(f"{place}: ") and expected in problem]


def test_words_of_its_own_are_whole() -> None:
    """Who brings words for dimensions brings them for all, as text."""
    with pytest.raises(ScorecardError) as caught:
        changed("dimensions", {"ability": {"title": 7, "lowers": "x", "improve": "y"}})
    assert "dimensions.ability.title: must be text for the consumer" in caught.value.problems
    assert "dimensions.identity: missing" in caught.value.problems


def test_every_bin_has_its_points() -> None:
    """Two points for four bins are refused."""
    with pytest.raises(ScorecardError, match="at_least has 4 bins and points 2; both must have the same"):
        changed("features.degree.points", [0, 4])


def test_all_findings_come_at_once() -> None:
    """Three mistakes are three findings."""
    document = CARD.document()
    document["features"]["degree"]["missing"] = 1
    document["features"]["home"]["points"] = [3, 5]
    document["features"]["hom"] = {}
    with pytest.raises(ScorecardError, match="3 finding"):
        Scorecard.from_document(document)


def test_a_file_that_is_no_toml_is_a_sentence(tmp_path: Path) -> None:
    """The line is named."""
    (tmp_path / "mine.toml").write_text("name = \n", encoding="utf-8")
    with pytest.raises(ScorecardError, match=r"mine\.toml.*\n.*not valid TOML.*line 1"):
        Scorecard.load(tmp_path / "mine.toml")
