"""Is a consumer told enough and nothing too much? Plain reasons; nobody else, no weight, no threshold."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from loaders.errors import UsageError
from loaders.features import features
from scoring.config import Config
from scoring.explanation import Dictionary, Index, Policy, Shelf, consumer_letter, explain, explain_account
from scoring.explanation.cards import FeatureRow
from scoring.runs.run import Run
from tests.scoring.made_run import made_run
from tests.scoring.town_runs import everyone, town_of_features, town_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return town_run(tmp_path_factory.mktemp("runs"))


def letters(run: Run) -> dict[str, str]:
    """Both forms of every account's letter."""
    shelf = Index(run)
    both = ("text", "json")
    return {
        account: "\n".join(explain_account(shelf, account, audience="consumer", format=form) for form in both)
        for account in run.table("scores")["account_id"].to_pylist()
    }


def numbers(text: str) -> set[float]:
    """Every number in a letter but those of its date."""
    return {float(found) for found in re.findall(r"\d+(?:\.\d+)?", re.sub(r"\d{4}-\d\d-\d\d", "", text))}


def words(text: str) -> set[str]:
    """Every word as an id could stand in it."""
    return set(re.findall(r"[\w.:-]+", text))


def test_a_letter_names_nobody_else(run: Run, tmp_path: Path) -> None:
    """No id of any other account or holder is in anybody's letter."""
    for each in (run, town_of_features(tmp_path)):
        ids = everyone(each)
        for account, letter in letters(each).items():
            assert words(letter) & (ids - {account}) == set()


def test_a_letter_holds_no_number_but_the_score(run: Run, tmp_path: Path) -> None:
    """No weight, band edge, threshold, point value or dimension is in any letter: the score is its only number."""
    for each in (run, town_of_features(tmp_path)):
        scores = dict(zip(*(each.table("scores")[name].to_pylist() for name in ("account_id", "score")), strict=True))
        for account, letter in letters(each).items():
            own = {float(found) for found in re.findall(r"\d+", account)}
            assert numbers(letter) - own == {scores[account]}


@pytest.mark.parametrize("unseen", ["not known", "not supplied", "consent withheld"])
def test_what_is_not_there_is_named_without_months_or_codes(unseen: str) -> None:
    """A feature's meaning reaches the letter as words: no months looked at, no codes of a degree."""
    run = made_run()
    card = explain(run, "zoe")
    for feature in features():
        rows = (FeatureRow(feature.name, feature.dimension, unseen, 50.0),)
        letter = consumer_letter(replace(card, features=rows), Policy.of(run.manifest))
        assert numbers("\n".join([*letter.reasons, *letter.improvements])) == set()


def test_nothing_is_said_of_others_to_whom_nobody_lifts(run: Run) -> None:
    """Zoe, whom no money reaches, reads nothing about other people, ties or support."""
    letter = letters(run)["zoe"].lower()
    found = [word for word in ("other", "people", "support", "connection", "tie", "friend") if word in letter]
    assert found == []


def test_what_fell_back_is_told_without_a_person() -> None:
    """Vera, who vouched for a defaulter, is told that her connections stand low, and of nobody."""
    run = made_run()
    standing = run.tables["standing"].to_pylist()
    assert next(row["distress"] for row in standing if row["holder_id"] == "vera") > 0
    letter = explain(run, "vera", audience="consumer")
    assert words(str(letter)) & {"dan", "sam", "nina", "zoe"} == set()


def test_reasons_are_at_most_four_and_ranked_by_points_lost(run: Run) -> None:
    """The four dimensions of a ready-made profile are told in the order of what they cost."""
    card, letter = explain(run, "nina"), explain(run, "nina", audience="consumer")
    ranked = sorted(card.dimensions[:4], key=lambda row: -row.lost)
    expected = tuple(Dictionary.load().of(row.dimension).words["en"].reason for row in ranked)
    assert letter.reasons == expected
    assert len(letter.improvements) == 4


def test_reasons_come_from_the_features_where_there_are_any(tmp_path: Path) -> None:
    """Late repayments are told in the dictionary's words, with what would help."""
    words = Dictionary.load().of("on_time_rate").words["en"]
    letter = explain(town_of_features(tmp_path), "zoe", audience="consumer")
    assert words.reason in letter.reasons
    assert words.advice in letter.improvements
    assert len(letter.reasons) <= 4


def test_what_is_not_known_is_not_called_bad(tmp_path: Path) -> None:
    """A dimension of which nothing is known is told as unknown, not as low."""
    low = Dictionary.load().of("ability").words["en"].reason
    letter = explain(town_of_features(tmp_path), "zoe", audience="consumer")
    assert "Nothing is known to us yet about one part of your score: Ability to pay." in letter.reasons
    assert low not in letter.reasons


def test_a_feature_that_was_not_supplied_is_told_as_such(tmp_path: Path) -> None:
    """Missing features are told as missing when they cost most."""
    run = town_of_features(tmp_path)
    unseen = [row for row in explain(run, "zoe").features if row.bin == "not supplied"]
    card = replace(explain(run, "zoe"), dimensions=(), features=tuple(unseen))
    letter = consumer_letter(card, Policy.of(run.manifest))
    assert letter.reasons[0].startswith("You have not told us: ")


def test_lender_and_dispute_come_from_the_configuration() -> None:
    """The letter speaks in the lender's name and tells where to dispute."""
    run = made_run()
    run.manifest["config"]["lender"] = {"name": "Bank of the Town", "dispute": "Write to the town hall."}
    letter = explain_account(Shelf(run), "nina", audience="consumer")
    assert "Bank of the Town" in letter
    assert "Write to the town hall." in letter


def test_the_letter_as_json_has_stable_keys(run: Run) -> None:
    """Programs find score, band, date, lender, reasons, improvements, dispute, and the words around them."""
    expected = {"account_id", "score", "band", "date", "lender", "reasons", "improvements", "dispute"}
    expected |= {"language", "words"}
    letter = json.loads(explain_account(Shelf(run), "nina", audience="consumer", format="json"))
    assert set(letter) == expected
    assert letter["date"] == "2026-01-01"


def test_another_audience_is_refused(run: Run) -> None:
    """A word that is no audience is answered with those there are."""
    with pytest.raises(UsageError, match=r"audience must be one of analyst, consumer; got 'public'"):
        explain(run, "nina", audience="public")


def test_the_policy_is_the_runs_own() -> None:
    """Weights are those the run was made with, whatever today's defaults are."""
    run = made_run()
    run.manifest["config"]["score"]["thin_extra"] = 0.0
    assert Policy.of(run.manifest).weights(0.0) == pytest.approx(tuple(Config().score.weights.model_dump().values()))
