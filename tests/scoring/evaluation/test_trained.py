"""Is a run with a trained model evaluated by its own probability, and are its fitted weights a challenger?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from scoring.batch.job import run
from scoring.config import Config
from scoring.evaluation.probability import OF_MODEL
from scoring.evaluation.results import Evaluation
from scoring.evaluation.study import evaluate
from scoring.runs.run import Run
from tests.scoring.models.lender import AS_OF, lender, model, tables

OUTCOMES = lender()["outcomes"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The lender's portfolio scored with the model that was trained on it."""
    return run(
        tables(), as_of=AS_OF, runs=tmp_path_factory.mktemp("trained"), config=Config().with_model(model("tree"))
    )


@pytest.fixture(scope="module")
def found(made: Run) -> Evaluation:
    return evaluate(made, OUTCOMES, draws=50)


def by_person(made: Run) -> pd.DataFrame:
    frame = made.scores.reset_index().merge(made.probabilities.reset_index()[["holder_id", "pd"]], on="holder_id")
    return frame.assign(bad=frame["holder_id"].isin(OUTCOMES["account_id"]))


def test_brier_and_calibration_are_of_the_runs_probability(made: Run, found: Evaluation) -> None:
    """Brier is the mean squared error of ``probabilities``, AUC is of the score, predicted rates average to pd."""
    frame, whole = by_person(made), found.segments[0]
    assert found.probability == OF_MODEL
    assert whole.brier == pytest.approx(brier_score_loss(frame["bad"], frame["pd"]))
    assert whole.auc == pytest.approx(roc_auc_score(frame["bad"], -frame["score"]))
    total = sum(row.predicted * row.observed.persons for row in whole.calibration)
    assert total == pytest.approx(frame["pd"].sum())


def test_fitted_weights_are_a_challenger(made: Run, found: Evaluation) -> None:
    """Without ties their score is 350 + 600 Σ weight · dimension, with the weights that training fitted."""
    weights = made.manifest["model"]["fitted_weights"]
    frame = by_person(made)
    e = frame[["credit_history", "ability", "behaviour", "identity"]].to_numpy() @ np.array(weights)
    score = 350 + np.floor(np.round(600 * e, 9) + 0.5)
    auc = {(row.variant, row.segment): row.auc for row in found.variants}
    assert auc["fitted_weights", "all"] == pytest.approx(roc_auc_score(frame["bad"], -score))
    against = {row.against for row in found.differences if row.variant == "fitted_weights"}
    assert against == {"with", "without"}


def test_being_judged_by_what_was_learnt_is_told(made: Run, found: Evaluation, tmp_path: Path) -> None:
    """A model that learnt from outcomes after as_of is named in a note; one year later it is judged by what is new."""
    assert any("learnt from outcomes up to 2027-01-01" in note for note in found.notes)
    later = run(tables(), as_of=AS_OF.replace(year=2027), runs=tmp_path, config=Config().with_model(model("tree")))
    fresh = evaluate(later, OUTCOMES.assign(at="2027-05-05T00:00:00Z"), draws=5)
    assert not any("learnt" in note for note in fresh.notes)
