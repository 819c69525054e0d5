"""Are shifts measured against what is frozen, and is a missing value a bin like any other?"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import loaders
from loaders.town import AS_OF, town
from scoring.batch.job import run
from scoring.batch.stability import psi
from scoring.evaluation.drift import drift, feature_counts, score_counts, stability_index, training_counts
from scoring.evaluation.study import evaluate
from scoring.models.dimension import DimensionModel
from scoring.models.feature import ModelFeature
from scoring.models.model import Model
from scoring.recall import Recalled, recall
from tests.scoring.evaluation.planted import BACK, Scored, outcomes, planted


def test_psi_of_scores_is_the_gates() -> None:
    """Counted in bins of 50 points, PSI is the number that the gate of a run computes."""
    dice = np.random.default_rng(3)
    before, after = dice.integers(350, 951, 500), dice.integers(450, 951, 400)
    found = stability_index(score_counts(before), score_counts(after))
    assert found == pytest.approx(psi(before, after), abs=1e-12)


def test_psi_is_the_sum_over_bins() -> None:
    """Σ (q − p) ln(q / p) with half a person more in each bin, written out for two."""
    p, q = (90.5 / 101, 10.5 / 101), (50.5 / 101, 50.5 / 101)
    expected = sum((new - old) * math.log(new / old) for old, new in zip(p, q, strict=True))
    assert stability_index({"a": 90, "b": 10}, {"a": 50, "b": 50}) == pytest.approx(expected, abs=1e-12)


def test_values_that_go_missing_are_a_shift() -> None:
    """When nothing changes but that every second value is missing, CSI is far from 0: missing is a bin."""
    there = {"0 and more": 50.0, "1 and more": 50.0}
    half = {"0 and more": 25.0, "1 and more": 25.0, "missing": 50.0}
    found = stability_index(there, half)
    assert found is not None and found > 1


def test_nobody_gives_no_index() -> None:
    """An empty portfolio has no PSI."""
    assert stability_index({}, {"a": 3}) is None
    assert stability_index({"a": 3}, {}) is None


def test_without_an_earlier_run_nothing_is_frozen(helping: Scored) -> None:
    """The first run of a folder has no PSI, and a sentence says why."""
    found = helping.evaluation.drift
    assert (found.reference, found.psi, found.csi) == (None, {"all": None, "thin": None, "thick": None}, {})
    assert "nothing is frozen" in found.sentence


def test_the_run_before_is_the_reference(helping: Scored, tmp_path: Path) -> None:
    """Of two runs the second is compared with the first, in scores and in ready-made dimensions, blank ones counted."""
    first = run(loaders.load(**helping.frames), as_of=BACK, runs=tmp_path)
    frames = planted(helps=True)
    frames["profiles"] = frames["profiles"].copy()
    frames["profiles"].loc[::2, "ability"] = ""
    second = run(loaders.load(**frames), as_of=BACK, runs=tmp_path, force=True)
    found = evaluate(second, outcomes(["t000"], BACK), draws=5).drift
    assert found.reference == first.id and first.id in found.sentence
    assert found.csi["identity"] == 0.0 and found.csi["ability"] > 0.25
    assert found.psi["all"] is not None
    assert set(found.csi_by_segment) == {"thin", "thick"}
    assert all(set(indices) == set(found.csi) for indices in found.csi_by_segment.values())
    assert all(indices["ability"] > 0.25 and indices["identity"] == 0 for indices in found.csi_by_segment.values())
    missing = next(row for row in found.rows if (row.feature, row.bin) == ("ability", "missing"))
    assert missing.reference == 0 and missing.share == pytest.approx(0.5)
    for feature in {row.feature for row in found.rows}:
        rows = [row for row in found.rows if row.feature == feature]
        assert sum(row.share for row in rows) == pytest.approx(1)
        assert sum(row.reference for row in rows) == pytest.approx(1)


def test_the_same_run_has_not_moved(helping: Scored) -> None:
    """Against itself every index is 0."""
    found = evaluate(helping.run, helping.frames["outcomes"], reference=helping.run, draws=5).drift
    assert {*found.psi.values(), *found.csi.values()} == {0.0}


@pytest.fixture(scope="module")
def carded(tmp_path_factory: pytest.TempPathFactory) -> Recalled:
    """The town, its profiles read by the scorecard, two values of a feature not known."""
    frames = dict(town())
    profiles = frames["profiles"].copy()
    for name in ("credit_history", "ability", "behaviour", "identity"):
        del profiles[name]
    profiles["on_time_rate"] = ["0.9"] * (len(profiles) - 2) + [""] * 2
    frames["profiles"] = profiles
    return recall(run(loaders.load(**frames), as_of=AS_OF, runs=tmp_path_factory.mktemp("carded")))


def test_missing_values_of_a_feature_are_counted(carded: Recalled) -> None:
    """A feature's bins hold everybody: those without a value are in one called missing."""
    found = feature_counts(carded)["on_time_rate"]
    assert found["missing"] == 2
    assert sum(found.values()) == len(carded.assessment.holders)


def model_of(feature: ModelFeature) -> Model:
    """Make as much of a model as its training shares are read from."""
    made, dimension = Model.__new__(Model), DimensionModel.__new__(DimensionModel)
    object.__setattr__(dimension, "features", (feature,))
    object.__setattr__(dimension, "dimension", feature.dimension)
    object.__setattr__(made, "name", "m1")
    object.__setattr__(made, "dimensions", {feature.dimension: dimension})
    return made


def test_a_models_shares_are_the_frozen_ones(carded: Recalled) -> None:
    """CSI of a model's feature compares with the shares of its training, unknown values among them."""
    card = next(entry for entry in carded.config.card.features if entry.name == "on_time_rate")
    now = feature_counts(carded)["on_time_rate"]
    people = len(carded.assessment.holders)
    known = [now.get(f"{edge:g} and more", 0.0) / people for edge in card.at_least]
    feature = ModelFeature(
        "on_time_rate", "credit_history", "finance", "share", "up", card.at_least,
        tuple(float(place) for place in range(len(card.at_least))), 0.0, 0.1, tuple(known), (2 / people, 0.0, 0.0),
    )  # fmt: skip
    model = model_of(feature)
    assert training_counts(model, people)["on_time_rate"] == pytest.approx(now)
    scores = carded.run.scores.drop_duplicates("holder_id")["score"].to_numpy()
    found = drift(carded, scores, None, model)
    assert found.reference == "m1" and "training of model m1" in found.sentence
    assert found.csi["on_time_rate"] == pytest.approx(0.0, abs=1e-12)
    other = replace(feature, shares=tuple(share / 2 for share in known), absent=(1 - sum(known) / 2, 0.0, 0.0))
    assert drift(carded, scores, None, model_of(other)).csi["on_time_rate"] > 0.1
