"""Does the card of a run say what is in the run?"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import loaders
from loaders.errors import UsageError
from loaders.town import AS_OF, town
from scoring.batch.job import run
from scoring.evaluation.card import describe
from scoring.evaluation.model_card import CardSection, CardTable, ModelCard
from scoring.evaluation.variants import Ground, ground_of, scores_on
from scoring.recall import recall
from scoring.tabular.portfolio import weighted_mean
from tests.scoring.evaluation.planted import Scored


def section(card: ModelCard, heading: str) -> CardSection:
    return next(part for part in card.sections if part.heading == heading)


def test_the_same_run_gives_the_same_card(helping: Scored) -> None:
    """The card is made of the run alone."""
    assert describe(helping.run).markdown() == describe(helping.run).markdown()


def test_it_tells_the_data_and_the_moment(helping: Scored) -> None:
    """Fingerprint, as_of and counts are the manifest's."""
    told = section(describe(helping.run), "Data")
    text = " ".join(told.paragraphs)
    assert helping.run.manifest["fingerprint"] in text and helping.run.manifest["as_of"] in text
    assert "480 persons, 300 of them with thin files" in text
    assert ("relations", "1,872", "0", "1,872", "0") in told.tables[0].rows


def test_what_dimensions_hold_adds_up_to_six_hundred(helping: Scored) -> None:
    """The most that each dimension can hold adds up to 600 points, in a long file as in an empty one."""
    rows = section(describe(helping.run), "What may move a score at most").tables[0].rows
    assert rows[-1] == ("connections", "30.0", "90.0", "90.0")
    for column in (1, 2):
        assert sum(float(row[column]) for row in rows) == pytest.approx(600, abs=0.2)


@pytest.mark.parametrize("rule", ["vouch", "association", "without"])
def test_no_dimension_moves_a_score_further_than_the_card_says(rule: str, tmp_path: Path) -> None:
    """A dimension put from worst to best, for every person of the town, moves the score by no more than ``moves``."""
    made = run(loaders.load(**town()), as_of=AS_OF, runs=tmp_path)
    rows = section(describe(made), "What may move a score at most").tables[0].rows
    ground = ground_of(recall(made))
    furthest = np.zeros(4)
    for person, number in product(range(len(ground.graph)), range(4)):
        low, high = (scores_on(with_dimension(ground, person, number, value), rule).exact[person] for value in (0, 1))
        furthest[number] = max(furthest[number], high - low)
    most = np.array([float(row[3]) for row in rows[:4]])
    assert (furthest <= most + 0.05).all() and (furthest > most - 15).all()


def with_dimension(ground: Ground, person: int, number: int, value: float) -> Ground:
    """Give one dimension of one person another value; the portfolio's mean stays."""
    known, dimensions = ground.assessment, ground.assessment.dimensions.copy()
    dimensions[person, number] = value
    tabular = weighted_mean(dimensions, ground.config.score.weights.percent[:4])
    evidence = known.credibility * tabular + (1 - known.credibility) * known.constants.mean
    return replace(ground, assessment=replace(known, dimensions=dimensions, tabular=tabular, evidence=evidence))


def test_figures_are_the_evaluations(helping: Scored) -> None:
    """With an evaluation the card begins its figures with the headline; without one it says that there are none."""
    told = section(describe(helping.run, helping.evaluation), "Figures")
    assert told.paragraphs[0] == helping.evaluation.headline
    assert told.tables[0].rows[0][3] == f"{helping.evaluation.segments[0].auc:.4f}"
    assert "has not been evaluated" in section(describe(helping.run), "Figures").paragraphs[0]


def test_an_evaluation_of_another_run_is_refused(helping: Scored) -> None:
    """A card never carries another run's figures."""
    with pytest.raises(UsageError, match="is of run 20000101-0"):
        describe(helping.run, replace(helping.evaluation, run_id="20000101-0"))


def test_a_neutral_run_says_so(shuffled: Scored) -> None:
    """A run in which connections were not let in says that they move no score."""
    manifest = dict(shuffled.run.manifest)
    manifest["config"] = manifest["config"] | {"score": manifest["config"]["score"] | {"connections": False}}
    manifest["uplift"] = {"sentence": "This run is neutral (C = e for everyone). No uplift."}
    card = describe(replace(shuffled.run, manifest=manifest))
    assert manifest["uplift"]["sentence"] in section(card, "Policy").paragraphs
    assert "connections and distress move no score" in section(card, "What may move a score at most").paragraphs[-1]


def test_words_of_a_lender_become_no_tags() -> None:
    """Text from outside stays text in Markdown: no tag, no further column, no line of its own."""
    table = CardTable(("a|b",), (("<b>x\ny",),))
    card = ModelCard("Card", "r", "t", (CardSection("H", ("<script>\n# x",), (table,)),))
    assert card.markdown() == "# Card\n\n## H\n\n&lt;script> # x\n\n| a\\|b |\n| --- |\n| &lt;b>x y |\n"
