"""Are the scores under another rule what the formulas say? A run's own rule gives its own scores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest

import graph
import loaders
from graph.association import association
from graph.challengers import pagerank, row_averages, smoothing
from loaders.errors import UsageError
from loaders.town import AS_OF, town
from scoring.batch.job import run
from scoring.evaluation.variants import (
    RULES,
    ground_of,
    percentile_rank,
    rank_values,
    refitted,
    scores_on,
    scores_under,
    variants_of,
)
from scoring.models.model import Model
from scoring.recall import Recalled, recall
from tests.scoring.evaluation.planted import BACK, Scored


@pytest.fixture(scope="module")
def known(helping: Scored) -> Recalled:
    return recall(helping.run)


def published(known: Recalled) -> list[int]:
    scores = known.run.table("scores")
    first = pc.index_in(known.assessment.holders, value_set=scores["holder_id"].combine_chunks())
    return scores["score"].take(first).to_pylist()


def test_a_runs_own_rule_gives_its_own_scores(known: Recalled) -> None:
    """Under ``vouch`` everybody has the published score, from the run's standing as from a propagation anew."""
    assert scores_under(known, "vouch").score.tolist() == published(known)
    assert scores_on(ground_of(known), "vouch").score.tolist() == published(known)


def test_association_is_what_a_run_with_it_publishes(helping: Scored, known: Recalled, tmp_path: Path) -> None:
    """The variant equals a run made with rule ``association``, score by score."""
    made = recall(run(loaders.load(**helping.frames), as_of=BACK, runs=tmp_path, rule="association"))
    assert scores_under(known, "association").score.tolist() == published(made)
    assert scores_under(made, "association").score.tolist() == published(made)


def test_standings_enter_as_lift_and_distress(tmp_path: Path) -> None:
    """C = clip(e + x − b − ρ (1 − z) r, 0, 1) for association, smoothing and averages, in a town with distress."""
    known = recall(run(loaders.load(**town()), as_of=AS_OF, runs=tmp_path))
    own = known.assessment
    assert known.distress.max() > 0
    standings = {
        "association": association(known.graph, own.evidence, own.months).standing,
        "smoothing": smoothing(known.graph, own.evidence),
        "averages": row_averages(known.graph, own.evidence),
    }
    burden = known.config.score.rho * (1 - own.credibility) * known.distress
    for rule, standing in standings.items():
        expected = np.clip(own.tabular + standing - own.evidence - burden, 0, 1)
        assert np.abs(scores_under(known, rule).connections - expected).max() < 1e-12


def test_pagerank_enters_as_percentile_rank(known: Recalled) -> None:
    """C is the share of persons with a lower rank, equal ones half; counted one by one."""
    ranks = pagerank(known.graph)
    expected = [(np.sum(ranks < mine) + np.sum(ranks == mine) / 2) / len(ranks) for mine in ranks[:50]]
    assert scores_under(known, "pagerank").connections[:50].tolist() == pytest.approx(expected, abs=1e-12)


def test_whoever_allows_no_lift_keeps_the_tabular_score(known: Recalled) -> None:
    """Without consent C is e under every rule, and no challenger moves the score."""
    nobody = np.zeros(len(known.assessment.holders), bool)
    assessment = replace(known.assessment, lift_allowed=nobody, distress_allowed=nobody)
    ground = replace(ground_of(known), assessment=assessment)
    for rule in ("vouch", "association", "pagerank", "smoothing", "averages"):
        assert scores_on(ground, rule).connections.tolist() == known.assessment.tabular.tolist()


def test_exact_scores_round_to_whole_ones(known: Recalled) -> None:
    """The whole score is the exact one rounded half up, between 350 and 950."""
    for rule in ("vouch", "without", "association", "pagerank", "smoothing", "averages"):
        found = scores_under(known, rule)
        assert np.abs(found.score - found.exact).max() <= 0.5 + 1e-9
        assert found.score.min() >= 350 and found.score.max() <= 950


def test_ranks_are_taken_among_those_given(known: Recalled) -> None:
    """With the base run's values a percentile rank does not depend on who else is in the ground."""
    values = rank_values(known.graph)
    assert values.mean() == pytest.approx(1)
    assert percentile_rank(values[:3], values).tolist() == percentile_rank(values, values)[:3].tolist()


def test_fitted_weights_are_another_e_throughout(known: Recalled) -> None:
    """With fitted weights e, the mean and the evidence change, and the score is made of those."""
    model = Model.__new__(Model)
    object.__setattr__(model, "fitted_weights", (0.0, 0.0, 0.0, 1.0))
    ground = replace(ground_of(known), config=known.config.with_model(model))
    own = refitted(ground).assessment
    assert own.tabular.tolist() == known.assessment.dimensions[:, 3].tolist()
    z = own.credibility
    assert own.evidence == pytest.approx(z * own.tabular + (1 - z) * own.tabular.mean(), abs=1e-12)
    assert scores_on(ground, "fitted_weights").connections.min() >= 0


def test_a_run_without_model_has_no_fitted_weights(known: Recalled) -> None:
    """The variant is left out of the evaluation, and asking for it is an error."""
    assert set(variants_of(known)) == {"with", "without", "association", "pagerank", "smoothing", "averages"}
    with pytest.raises(UsageError, match="no model with fitted weights"):
        scores_under(known, "fitted_weights")


def test_an_unknown_rule_is_refused(known: Recalled) -> None:
    """The sentence names the rules there are."""
    with pytest.raises(UsageError, match=", ".join(RULES)):
        scores_under(known, "friendship")


def test_the_town_is_scored_under_every_rule(tmp_path: Path) -> None:
    """Nina, whom Sam vouches for, gains under each rule but PageRank, which looks at nothing but money."""
    recalled = recall(run(loaders.load(**town()), as_of=AS_OF, runs=tmp_path))
    nina = recalled.graph.index("nina")
    gains = {
        rule: scores_under(recalled, rule).score[nina] - scores_under(recalled, "without").score[nina]
        for rule in ("vouch", "association", "smoothing", "averages")
    }
    assert all(gain > 0 for gain in gains.values())


def test_persons_in_the_same_place_have_the_same_rank() -> None:
    """Two equal networks side by side, ids in another order: whoever stands in the same place has equal PageRank."""
    dice = np.random.default_rng(7)
    pairs = {(int(one), int(two)) for one, two in dice.integers(0, 40, (200, 2)) if one != two}
    money = {pair: int(dice.integers(100, 10**7)) for pair in pairs}
    names = [f"a{number:02d}" for number in range(40)], [f"z{99 - number:02d}" for number in range(40)]
    frame = pd.DataFrame(
        {
            "relation_id": [f"{side}-{one}-{two}" for side in (0, 1) for one, two in sorted(pairs)],
            "kind": "transfer",
            "from_id": [names[side][one] for side in (0, 1) for one, _ in sorted(pairs)],
            "to_id": [names[side][two] for side in (0, 1) for _, two in sorted(pairs)],
            "amount_minor": [str(money[pair]) for _ in (0, 1) for pair in sorted(pairs)],
            "currency": "CNY",
            "at": "2025-06-01T00:00:00Z",
        }
    )
    accounts = pd.DataFrame({"account_id": [*names[0], *names[1]], "holder_id": "", "kind": "person", "opened_on": ""})
    credit = graph.build(frame, accounts, AS_OF)
    ranks = rank_values(credit)
    twins = [[credit.index(name) for name in side] for side in names]
    assert ranks[twins[0]].tolist() == ranks[twins[1]].tolist()
    assert len(set(ranks.tolist())) > 20
