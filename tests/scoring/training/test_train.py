"""Is training point in time, fair and repeatable, and does it say what it could not learn?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

import loaders
from loaders.errors import GateError, UsageError
from scoring.models.model import Model
from scoring.training.by_feature import TrainingError
from scoring.training.calibration import fit_calibration
from scoring.training.cohorts import split
from scoring.training.labels import Horizon, of_holders
from scoring.training.learning import train
from tests.scoring.models.lender import AS_OF, KINDS, Frames, ability, learnt, lender, model, tables, with_history


def without_fingerprint(made: Model) -> dict[str, Any]:
    document = made.document()
    document["facts"] = {key: value for key, value in document["facts"].items() if key != "fingerprint"}
    return {key: value for key, value in document.items() if key != "sha256"}


def labels(frames: Frames) -> pd.Series:
    """1 for the bad, 0 for the good, by account."""
    return frames["profiles"].account_id.isin(frames["outcomes"].account_id).astype(int)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_input_gives_the_same_bytes_in_any_order(kind: str) -> None:
    """Rows in another order give the model with the same digest."""
    frames = {name: frame[::-1] for name, frame in lender().items()}
    assert learnt(frames, kind=kind).digest == model(kind).digest


def test_a_feature_known_only_after_as_of_has_no_effect() -> None:
    """Later profile rows that give every label away change nothing but the fingerprint of the input."""
    frames = lender()
    later = frames["profiles"].assign(
        known_at="2026-01-01T00:00:00.000001Z", worst_days_overdue=(labels(frames) * 300).astype(str)
    )
    planted = {**frames, "profiles": pd.concat([frames["profiles"], later])}
    assert without_fingerprint(learnt(planted, dimensions=["ability"])) == without_fingerprint(ability())


@pytest.mark.parametrize("undated", [False, True])
@pytest.mark.parametrize(
    ("column", "cell"), [("donations_12m", str), ("spending_scale", lambda bad: str(1000 + bad)), ("ability", str)]
)
def test_a_column_that_gives_the_label_away_stops_training(
    column: str, cell: Callable[[int], str], undated: bool
) -> None:
    """A column written after the outcome, though dated before, is named, whatever it is and whichever way it points."""
    frames = lender()
    profiles = frames["profiles"].assign(**{column: [cell(bad) for bad in labels(frames)]})
    if undated:
        profiles = profiles.drop(columns="known_at")
    with pytest.raises(TrainingError, match=f"{column} alone tells good from bad with an AUC of 1.0000"):
        learnt({**frames, "profiles": profiles}, undated_ok=undated, dimensions=["identity"])


def test_a_column_that_is_filled_only_for_the_bad_stops_training() -> None:
    """Being known at all gives the label away as well as a value does."""
    frames = lender()
    filled = np.where(labels(frames) == 1, "5", "")
    with pytest.raises(TrainingError, match="being known of donations_12m alone"):
        learnt({**frames, "profiles": frames["profiles"].assign(donations_12m=filled)})


def test_undated_profiles_are_refused_unless_they_are_allowed() -> None:
    """Without known_at nothing proves what was known when; allowed, the model records how many there were."""
    frames = lender()
    profiles = frames["profiles"].drop(columns="known_at")
    with pytest.raises(TrainingError, match="have no known_at"):
        learnt({**frames, "profiles": profiles})
    made = learnt({**frames, "profiles": profiles}, undated_ok=True, dimensions=["ability"])
    assert (made.facts["undated_ok"], made.facts["undated"], ability().facts["undated_ok"]) == (
        True,
        502,
        False,
    )


def test_with_profiles_that_reach_back_earlier_cohorts_train_and_the_last_one_tests() -> None:
    """Training cohorts are those whose horizon ends by as_of; their number is limited by `cohorts`."""
    made = learnt(with_history(lender()), cohorts=2, dimensions=["ability"])
    found = made.facts["split"]
    assert (found["method"], [moment[:10] for moment in found["cohorts"]]) == (
        "cohorts",
        ["2024-10-01", "2025-01-01", "2026-01-01"],
    )
    assert made.facts["counts"]["out_of_time"]["persons"] == 502


def test_an_outcome_after_the_horizon_or_before_as_of_is_no_label() -> None:
    """Only defaults and court orders in (as_of, as_of + horizon] are labels."""
    frames = lender()
    extra = [
        {"account_id": "best", "kind": "default", "severity": "1", "at": AS_OF.isoformat()},
        {"account_id": "best", "kind": "overdue", "severity": "1", "at": "2026-03-03T00:00:00Z"},
        {"account_id": "best", "kind": "default", "severity": "1", "at": "2027-01-01T00:00:00.000001Z"},
    ]
    more = pd.concat([frames["outcomes"], pd.DataFrame(extra)])
    made = learnt({**frames, "outcomes": more}, dimensions=["ability"])
    assert without_fingerprint(made) == without_fingerprint(ability())


def test_without_earlier_profiles_the_youngest_accounts_are_kept_aside() -> None:
    """Out of time by vintage: 30 % of the holders, those whose oldest account was opened latest."""
    facts = ability().facts
    aside = facts["counts"]["out_of_time"]["persons"]
    assert (facts["split"]["method"], 0.25 <= aside / 502 <= 0.35) == ("vintage", True)


def test_without_days_of_opening_holders_are_kept_aside_by_the_hash_of_their_id() -> None:
    """No day anywhere: about 30 % by SHA-256, said in the model."""
    frames = lender()
    made = learnt({**frames, "accounts": frames["accounts"].assign(opened_on="")}, dimensions=["ability"])
    aside = made.facts["counts"]["out_of_time"]["persons"]
    assert (made.facts["split"]["method"], 0.2 <= aside / 502 <= 0.4) == ("hash", True)


def test_too_few_bad_ones_are_told_with_their_number() -> None:
    """Below 20 nothing is trained; the sentence says how many there are and what would help."""
    frames = lender()
    with pytest.raises(TrainingError, match="19 of 502 persons with a profile have a default"):
        learnt({**frames, "outcomes": frames["outcomes"][:19]})


def test_with_hardly_enough_bad_ones_nobody_is_kept_aside() -> None:
    """With 20 in all, everyone is trained on, and no area out of time is claimed."""
    frames = lender()
    made = learnt({**frames, "outcomes": frames["outcomes"][:20]}, dimensions=["ability"])
    assert (made.facts["split"]["method"], made.facts["auc"]["out_of_time"]) == ("none", None)


def test_a_dimension_without_features_or_signal_keeps_the_scorecard_and_says_why() -> None:
    """No column, noise, and not asked for: three reasons, each recorded."""
    frames = lender()
    profiles = frames["profiles"].drop(columns=["id_document", "degree", "work_email", "driving_licence"])
    profiles = profiles.drop(columns=["address_months", "phone_months", "account_months", "details_richness"])
    behaviour = [entry.name for entry in loaders.features() if entry.dimension == "behaviour"]
    dice = np.random.default_rng(0)
    for name in behaviour:
        profiles[name] = dice.permutation(profiles[name])
    made = learnt({**frames, "profiles": profiles}, dimensions=["ability", "behaviour", "identity"])
    assert (list(made.dimensions), list(made.facts["kept"])) == (
        ["ability"],
        ["credit_history", "behaviour", "identity"],
    )
    assert made.facts["kept"]["credit_history"] == "not asked for"
    assert made.facts["kept"]["identity"] == "the input has none of its features"


def test_without_any_dimension_there_is_no_model() -> None:
    """Ready-made dimensions alone leave nothing to learn: a clear error."""
    frames = lender()
    dice = np.random.default_rng(1)
    ready = {name: [f"{value:.3f}" for value in dice.random(502)] for name in ("ability", "identity")}
    profiles = frames["profiles"][["account_id", "known_at", "history_months"]].assign(**ready)
    with pytest.raises(TrainingError, match="no dimension can be learnt"):
        learnt({**frames, "profiles": profiles})


def test_a_withheld_source_is_counted_as_withheld() -> None:
    """Who withholds ecommerce is in no bin of its features, and its share is kept for comparisons."""
    frames = lender()
    names = frames["accounts"].account_id
    rows = [
        {"account_id": name, "source": source, "granted": str(not (source == "ecommerce" and number % 4 == 0)).lower(),
         "at": "2025-01-01T00:00:00Z"}
        for number, name in enumerate(names)
        for source in ("ecommerce", "finance", "public_records", "supplied", "connections")
    ]  # fmt: skip
    made = learnt({**frames, "consents": pd.DataFrame(rows)}, dimensions=["ability", "behaviour"])
    shares = {feature.absent[1] for feature in made.dimensions["ability"].features}
    withheld = [feature.absent[1] for feature in made.dimensions["behaviour"].features]
    # persons of whom nothing of behaviour may be read teach nothing about it
    assert (shares, withheld) == ({0.0}, [0.0] * len(withheld))
    assert made.facts["counts"]["train"]["persons"] == ability().facts["counts"]["train"]["persons"]


def test_outcomes_of_a_file_take_the_place_of_those_in_the_data(tmp_path: Any) -> None:
    """Labels from a file give the model that the same rows give within the data; unknown accounts are counted."""
    frames = lender()
    extra = {"account_id": "stranger", "kind": "default", "severity": "1", "at": "2026-05-05T00:00:00Z"}
    pd.concat([frames["outcomes"], pd.DataFrame([extra])]).to_csv(tmp_path / "late.csv", index=False)
    late = {"outcomes": tmp_path / "late.csv", "dimensions": ["ability"]}
    made = learnt({**frames, "outcomes": frames["outcomes"][:0]}, **late)
    assert made.document()["dimensions"] == ability().document()["dimensions"]
    assert "1 about other accounts" in made.facts["notes"][0]


def test_a_file_of_outcomes_with_bad_rows_stops_training(tmp_path: Any) -> None:
    """Rows that the gate refuses are not passed over in silence."""
    frames = lender()
    frames["outcomes"].assign(severity="often").to_csv(tmp_path / "late.csv", index=False)
    with pytest.raises(GateError, match="outcomes"):
        learnt(frames, outcomes=tmp_path / "late.csv")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"horizon": "1y"}, "months or days"),
        ({"every": "0m"}, "months or days"),
        ({"kind": "network"}, "one of logistic, tree, forest"),
        ({"dimensions": ["abilty"]}, "did you mean 'ability'"),
        ({"cohorts": 0}, "at least 1"),
        ({"name": "../x"}, "name"),
        ({"outcomes": "nowhere.csv"}, "no file of outcomes"),
    ],
)
def test_an_argument_that_cannot_be_used_is_told(more: dict[str, Any], told: str) -> None:
    """Each wrong argument ends in a sentence that says what is allowed."""
    with pytest.raises(UsageError, match=told):
        train(tables(), as_of=AS_OF, **more)


def test_a_moment_before_every_profile_leaves_too_few() -> None:
    """Seen from before the profiles nobody has one, so there is nothing to learn from."""
    with pytest.raises(TrainingError, match="0 of 0 persons"):
        train(tables(), as_of=AS_OF - timedelta(days=60))


def test_a_bad_holder_in_several_cohorts_is_counted_once() -> None:
    """19 holders that are bad in each of four cohorts are 19, not 76: too few to train on cohorts."""
    frames = with_history(lender())
    few = frames["outcomes"].account_id.unique()[:19]
    chosen = frames["outcomes"][frames["outcomes"].account_id.isin(few) & (frames["outcomes"]["at"] < "2026")]
    others = frames["outcomes"][frames["outcomes"]["at"] > "2026"]
    made = learnt({**frames, "outcomes": pd.concat([chosen, others])}, dimensions=["ability"])
    assert made.facts["split"]["method"] == "hash"


def test_the_interval_of_cohorts_counts_a_bad_holder_once() -> None:
    """The variances are those of the rows times the rows that a bad holder has on average."""
    read, horizon = loaders.load(**with_history(lender())), Horizon.parse("12m")
    known = of_holders(read.outcomes, read.accounts)
    found = split(read, known, AS_OF, horizon, count=3, every=Horizon.parse("3m"))
    e, bad = np.random.default_rng(2).random(900), np.arange(900) % 4 == 0
    one, three = (fit_calibration(e, bad, np.full(900, 40.0), 12, repeats) for repeats in (1.0, 3.0))
    assert found.repeats == pytest.approx(3.0)
    assert three.curves["all"].variances == pytest.approx([3 * part for part in one.curves["all"].variances])
