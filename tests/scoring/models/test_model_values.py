"""Does a trained model give what it promises: both ends, monotone values, parts that add up, the same bits always?"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.models.dimension import DimensionModel
from scoring.models.trees import Trees
from scoring.scorecard.card import MISSING, SILENT, WITHHELD, Scorecard
from tests.scoring.models.lender import KINDS, model

DIMENSIONS = ("credit_history", "ability", "behaviour", "identity")


def drawn(reader: DimensionModel, rows: int, seed: int) -> dict[str, np.ndarray]:
    """Draw bins and codes for every feature."""
    dice = np.random.default_rng(seed)
    return {
        feature.name: dice.integers(SILENT, len(feature.at_least), rows).astype(np.int16) for feature in reader.features
    }


def ends(reader: DimensionModel) -> dict[str, np.ndarray]:
    """The worst bin of everything, then the best."""
    found = {}
    for feature in reader.features:
        last = len(feature.at_least) - 1
        found[feature.name] = np.array([0, last] if feature.direction == "up" else [last, 0], np.int16)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_worst_bins_give_exactly_0_and_the_best_exactly_1(kind: str, dimension: str) -> None:
    """The ends of a dimension are reached to the bit, whatever the model."""
    reader = model(kind).dimensions[dimension]
    assert reader.value(ends(reader)).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("kind", KINDS)
def test_withheld_and_not_supplied_count_as_the_worst_bin(kind: str) -> None:
    """Codes for withheld and not supplied give what the worst bin gives."""
    reader = model(kind).dimensions["ability"]
    worst = ends(reader)
    for code in (WITHHELD, SILENT):
        coded = {name: np.full(1, code, np.int16) for name in worst}
        assert reader.value(coded).tolist() == [0.0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_better_bin_never_gives_less(kind: str, dimension: str) -> None:
    """Moving any feature one bin in its good direction never lowers the value, not by a bit."""
    reader = model(kind).dimensions[dimension]
    bins = drawn(reader, 200, 1)
    before = reader.value(bins)
    for feature in reader.features:
        step = 1 if feature.direction == "up" else -1
        moved = np.clip(np.maximum(bins[feature.name], 0) + step, 0, len(feature.at_least) - 1).astype(np.int16)
        base = reader.value({**bins, feature.name: np.maximum(bins[feature.name], 0)})
        assert (reader.value({**bins, feature.name: moved}) >= base).all()
    assert ((before >= 0) & (before <= 1)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_missing_lies_between_the_worst_and_the_best_bin(kind: str) -> None:
    """A value that is not known is worth no less than the worst bin and no more than the best."""
    reader = model(kind).dimensions["credit_history"]
    low, high = reader.value(ends(reader))
    for feature in reader.features:
        assert min(feature.woe) <= feature.missing <= max(feature.woe)
        alone = ends(reader) | {feature.name: np.full(2, MISSING, np.int16)}
        assert low <= reader.value(alone)[0] and reader.value(alone)[1] <= high


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(KINDS), st.sampled_from(DIMENSIONS))
def test_a_person_alone_has_the_bits_it_has_in_a_batch(seed: int, kind: str, dimension: str) -> None:
    """Values and lost parts of one row are those of the row in a batch, to the bit."""
    reader = model(kind).dimensions[dimension]
    bins = drawn(reader, 5, seed)
    values, lost = reader.value(bins), reader.lost(bins)
    for row in range(5):
        alone = {name: column[row : row + 1] for name, column in bins.items()}
        assert reader.value(alone)[0] == values[row]
        assert all(reader.lost(alone)[name][0] == lost[name][row] for name in lost)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(KINDS), st.sampled_from(DIMENSIONS))
def test_lost_parts_are_never_negative_and_add_up(seed: int, kind: str, dimension: str) -> None:
    """Σ lost = 1 − value, and no feature gives by taking."""
    reader = model(kind).dimensions[dimension]
    bins = drawn(reader, 5, seed)
    lost = np.column_stack(list(reader.lost(bins).values()))
    assert (lost >= 0).all()
    assert lost.sum(axis=1) == pytest.approx(1 - reader.value(bins), abs=1e-12)


def test_what_a_feature_of_a_tree_costs_is_its_mean_over_every_order() -> None:
    """The lost parts of a tree are the mean, over all orders of features, of what each step from the best costs."""
    reader = model("tree").dimensions["credit_history"]
    assert isinstance(reader.form, Trees)
    names = [feature.name for feature in reader.features]
    bins, best = drawn(reader, 1, 3), {name: column[1:] for name, column in ends(reader).items()}
    expected = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        at = dict(best)
        for name in order:
            before = reader.value(at)[0]
            at[name] = bins[name]
            expected[name] += (before - reader.value(at)[0]) / len(orders)
    actual = {name: part[0] for name, part in reader.lost(bins).items()}
    assert actual == pytest.approx(expected, abs=1e-12)


def test_the_scorecard_is_read_like_a_model() -> None:
    """Σ lost = 1 − value for the expert scorecard too, and its ends are 0 and 1."""
    reader = Scorecard.load().reader("behaviour")
    bins = {feature.name: np.array([0, 1, MISSING], np.int16) for feature in reader.features}
    lost = np.column_stack(list(reader.lost(bins).values()))
    assert lost.sum(axis=1) == pytest.approx(1 - reader.value(bins), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_probability_falls_as_the_value_rises(kind: str) -> None:
    """More tabular value never means a higher probability of default, and the interval holds it."""
    calibration = model(kind).calibration
    e = np.linspace(0, 1, 101)
    for months in (3.0, 40.0):
        found = calibration.probabilities(e, np.full(101, months))
        assert (np.diff(found.pd) <= 0).all()
        assert ((found.low <= found.pd) & (found.pd <= found.high)).all()
        assert found.band.to_pylist()[0] in ("all", "thin" if months < 12 else "thick")


def test_a_probability_alone_has_the_bits_it_has_in_a_batch() -> None:
    """One person's probability and interval are those of the person in a batch, to the bit."""
    calibration, e = model("logistic").calibration, np.random.default_rng(5).random(257)
    together = calibration.probabilities(e, np.full(257, 20.0))
    for row in range(257):
        alone = calibration.probabilities(e[row : row + 1], np.full(1, 20.0))
        assert (alone.pd[0], alone.low[0], alone.high[0]) == (together.pd[row], together.low[row], together.high[row])
