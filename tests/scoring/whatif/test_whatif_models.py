"""Under a trained model: are what-ifs and applicants those of a whole run, with their probability of default?"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from scoring.config import Config
from scoring.whatif import reach, score_one, what_if
from scoring.whatif.asking import ask
from tests.scoring.models.lender import lender, model
from tests.scoring.whatif.whole_runs import Portfolio, assert_same, made

FEATURES = {"on_time_rate": "0.99", "worst_days_overdue": "0", "degree": "4", "home": "true", "history_months": "100"}


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    frames = lender()
    return made(frames, tmp_path_factory.mktemp("model"), config=Config().with_model(model("tree")))


def likely(portfolio: Portfolio, holder: str) -> list[float]:
    table = portfolio.known.run.table("probabilities").to_pandas().set_index("holder_id")
    return table.loc[holder, ["pd", "pd_low", "pd_high"]].tolist()


@pytest.mark.parametrize("holder", ["p0003", "p0050", "worst"])
def test_features_are_read_by_the_model(portfolio: Portfolio, holder: str) -> None:
    """Everyone's score after setting features is that of a run with the model on the changed profile."""
    answer = ask(portfolio.known, holder, set=FEATURES)

    def change(profiles: pd.DataFrame) -> pd.DataFrame:
        for name, value in FEATURES.items():
            profiles.loc[profiles.account_id == holder, name] = value
        return profiles

    assert_same(portfolio.whole(portfolio.changed(profiles=change)), answer.after, portfolio.known.config)


def test_the_probability_before_is_the_runs_and_moves_with_the_score(portfolio: Portfolio) -> None:
    """The card before has the run's probability and interval; better features lower it."""
    for holder in ("worst", "p0003"):
        way = reach(portfolio.known, holder).ways[0]
        values = {step.feature: step.value for step in way.steps}
        found = what_if(portfolio.known, holder, set=values)
        before = [found.before.pd, found.before.pd_low, found.before.pd_high]
        assert before == pytest.approx(likely(portfolio, holder), rel=1e-12)
        assert found.after.pd < found.before.pd


def test_an_applicant_like_somebody_gets_the_same_score_and_probability(portfolio: Portfolio) -> None:
    """The profile of a person of the run, as an applicant: the person's own score and probability."""
    row = portfolio.frames["profiles"].set_index("account_id").loc["p0042"]
    opened = portfolio.frames["accounts"].set_index("account_id").opened_on["p0042"]
    profile: dict[str, Any] = {name: value for name, value in row.items() if name != "known_at" and value}
    found = score_one(portfolio.known, {"account_id": "new", "opened_on": opened, "profile": profile}).result.card
    scores = portfolio.known.run.scores.set_index("account_id")
    assert found.score == scores.score["p0042"]
    assert [found.pd, found.pd_low, found.pd_high] == pytest.approx(likely(portfolio, "p0042"), rel=1e-12)


def test_ways_hold_under_a_model(portfolio: Portfolio) -> None:
    """A tree's dimensions do not add up feature by feature; its ways are proved all the same."""
    ways = 0
    for holder in portfolio.known.graph.holders.to_pylist()[::25]:
        for way in reach(portfolio.known, holder).ways:
            values = {step.feature: step.value for step in way.steps}
            assert what_if(portfolio.known, holder, set=values).after.score == way.score_after
            ways += 1
    assert ways > 10
