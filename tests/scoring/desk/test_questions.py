"""Are an analyst's questions answered by the run as by the functions behind them, and typos told?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import loaders
import scoring
from loaders.errors import UsageError
from loaders.town import AS_OF, town
from scoring.attacks import attack
from scoring.comparison import compare
from scoring.evaluation import evaluate
from scoring.pages import write_report
from scoring.pages.charts import attacks, uplift
from scoring.pages.svg import picture
from scoring.whatif.asking import what_if
from tests.scoring.models.lender import lender

LATE = pd.DataFrame(
    {"account_id": ["dan"], "kind": ["default"], "severity": ["1"], "at": ["2026-05-01T00:00:00+00:00"]}
)


@pytest.fixture(scope="module")
def later() -> scoring.Run:
    """The town without Sam's money for Nina."""
    frames = town()
    frames["relations"] = frames["relations"].query("from_id != 'sam'")
    return scoring.run(**frames, as_of=AS_OF)


def test_outcomes_are_evaluated_as_by_the_function(run: scoring.Run) -> None:
    """The same figures, shown with the page's picture of the differences."""
    found = run.evaluate(LATE, draws=50)
    assert found.to_dict() == evaluate(run, LATE, draws=50).to_dict()
    assert found.headline in found._repr_html_()
    assert picture(uplift(found.differences)) in found._repr_html_()
    assert run.id in run.model_card(found)._repr_markdown_()


def test_a_run_of_dataframes_can_be_attacked_without_a_folder(run: scoring.Run) -> None:
    """It holds what it was made of; the report is that of the function, with the page's picture."""
    found = run.attack(attacks=["ring_fresh"], rules=["vouch", "pagerank"])
    expected = attack(run, attacks=["ring_fresh"], rules=["vouch", "pagerank"], data=loaders.load(**town()))
    assert found.to_dict() == expected.to_dict()
    assert found.row("ring_fresh", "vouch").attacker_best == 0.0
    assert picture(attacks(found)) in found._repr_html_()


def test_what_if_answers_as_the_function_and_as_a_run(run: scoring.Run, later: scoring.Run) -> None:
    """Without Sam's money Nina has the score of a run without it."""
    found = run.what_if("nina", without_tie="sam")
    assert found.to_dict() == what_if(run, "nina", without_tie="sam").to_dict()
    assert found.after.score == later.explain("nina").score
    assert "as it would stand" in found._repr_html_()


def test_two_runs_are_compared_from_this_one_to_the_other(run: scoring.Run, later: scoring.Run) -> None:
    """The movers are those of the function, named and drawn."""
    found = run.compare(later)
    assert [(row.account_id, row.change) for row in found.movers] == [("nina", -6)]
    assert found.movers == compare(run, later).movers
    assert found._repr_html_().count("<svg") == 1
    assert run.compare(run)._repr_html_().count("<svg") == 0


def test_an_applicant_is_scored_beside_the_run(run: scoring.Run) -> None:
    """As by the function; the run itself stays."""
    found = run.score_one({"account_id": "lena", "profile": {"history_months": 3}, "relations": []})
    assert 350 <= found.result.card.score <= 950
    assert "lena" not in set(run.scores.account_id)


def test_the_report_is_the_page_of_the_command(run: scoring.Run, tmp_path: Path) -> None:
    """The same bytes, wherever it is asked for."""
    mine = run.report(tmp_path / "mine.html", account="nina")
    theirs = write_report(run, tmp_path / "theirs.html", account="nina")
    assert mine.read_bytes() == theirs.read_bytes()


ASKED: dict[str, tuple[Callable[[scoring.Run], Any], str]] = {
    "evaluate": (lambda run: run.evaluate(LATE, horizn="12m"), "did you mean 'horizon'"),
    "attack": (lambda run: run.attack(attack="ring_fresh"), "did you mean 'attacks'"),
    "what_if": (lambda run: run.what_if("nina", without="sam"), "did you mean 'without_tie'"),
    "compare": (lambda run: run.compare(run, mover=3), "did you mean 'movers'"),
    "score_one": (lambda run: run.score_one({}, topp=3), "did you mean 'top'"),
    "train": (lambda _: scoring.train(**town(), as_of=AS_OF, horzon="12m"), "did you mean 'horizon'"),
    "no outcomes": (lambda run: run.evaluate(None), "outcomes"),
    "number as account": (lambda run: run.explain(7), "account must be text, as in run.scores; got int 7"),
    "list as account": (lambda run: run.ego(["nina"]), "account must be text, as in run.scores; got list"),
    "text as run": (lambda run: run.compare("x"), "other must be a run"),
    "no page": (lambda run: run.report(None), "out must be the path of the page; got NoneType"),
    "text as rings": (lambda run: run.ego("nina", "2"), "--hops must be 1, 2 or 3; got '2'"),
    "unknown account": (lambda run: run.explain("nobody"), "no score"),
    "unknown audience": (lambda run: run.explain("nina", audience="boss"), "audience must be one of"),
    "too many rings": (lambda run: run.ego("nina", 9), "must be 1, 2 or 3"),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_question_that_cannot_be_answered_is_told_in_a_sentence(run: scoring.Run, name: str) -> None:
    """A mistyped keyword names the one that was meant; an unknown account or word says what is known."""
    question, expected = ASKED[name]
    with pytest.raises(UsageError) as refused:
        question(run)
    assert expected in str(refused.value)


def test_a_run_with_a_model_tells_probabilities(tmp_path: Path) -> None:
    """Trained here, kept, loaded by its file: the same run, with a probability and its interval for each person."""
    frames = lender(300)
    model = scoring.train(**frames, as_of=AS_OF)
    kept = scoring.save_model(model, tmp_path)
    made = scoring.run(**frames, as_of=AS_OF, model=model)
    assert scoring.run(**frames, as_of=AS_OF, model=kept).id == made.id
    assert "Probability of default within 12m" in made.explain("worst")._repr_html_()
    known = made.probabilities
    assert known.holder_id.tolist() == made.standing.holder_id.tolist()
    assert ((known.pd_low <= known.pd) & (known.pd <= known.pd_high)).all()
    beside = made.scores.drop_duplicates("holder_id").set_index("holder_id")[["pd", "pd_low", "pd_high"]]
    expected = known.set_index("holder_id")[["pd", "pd_low", "pd_high"]].loc[beside.index]
    pd.testing.assert_frame_equal(beside, expected)
