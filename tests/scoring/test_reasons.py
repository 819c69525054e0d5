"""Is every missing point explained, in two languages, and does advice lead only in the good direction?"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from loaders.errors import UsageError
from loaders.features import features
from scoring.cli import execute
from scoring.explanation import Dictionary, Policy, Shelf, explain, explain_account
from scoring.explanation.reasons import reason_codes
from scoring.explanation.shelf import Index
from scoring.explanation.wording import FORBIDDEN
from scoring.runs.run import Run
from tests.scoring.made_run import made_run
from tests.scoring.portfolio_runs import Portfolio, cards, made_model

LANGUAGES = ("en", "zh")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_reasons_account_for_every_missing_point(base: Run) -> None:
    """For everybody the reasons' points are 950 less the score, before rounding, the dearest first."""
    policy = Policy.of(base.manifest)
    for card in cards(base):
        reasons = reason_codes(card, policy)
        assert sum(reason.lost for reason in reasons) == pytest.approx(950 - card.score, abs=0.5 + 1e-6)
        assert [reason.lost for reason in reasons] == sorted((reason.lost for reason in reasons), reverse=True)
        assert all(reason.lost > 0 for reason in reasons)


def test_a_models_reasons_account_for_every_missing_point(portfolio: Portfolio) -> None:
    """What trees and learnt points cost is told by the same codes."""
    from scoring.config import Config

    for kind in ("logistic", "tree"):
        run = portfolio.run(config=Config().with_model(made_model(kind)))
        for card in cards(run)[:60]:
            reasons = reason_codes(card, Policy.of(run.manifest))
            assert sum(reason.lost for reason in reasons) == pytest.approx(950 - card.score, abs=0.5 + 1e-6)


def test_both_languages_tell_the_same_codes(base: Run) -> None:
    """Codes, points and whether there is advice do not depend on the language; Chinese is Chinese."""
    policy = Policy.of(base.manifest)
    for card in cards(base)[:40]:
        english, chinese = (reason_codes(card, policy, language) for language in LANGUAGES)
        assert [(row.code, row.lost, bool(row.advice)) for row in english] == [
            (row.code, row.lost, bool(row.advice)) for row in chinese
        ]
        assert all(CHINESE.search(row.text) for row in chinese)
        assert not any(CHINESE.search(row.text + row.advice) for row in english)


def test_every_feature_has_a_code_and_its_own_direction() -> None:
    """Each feature of the contract has one code; advice is there exactly where something can be done."""
    reasons = Dictionary.load()
    codes = [entry.code for entry in reasons.entries.values()]
    assert len(codes) == len(set(codes))
    for feature in features():
        entry = reasons.of(feature.name)
        assert (entry.kind, entry.dimension, entry.direction) == ("feature", feature.dimension, feature.direction)
        for language in LANGUAGES:
            assert bool(entry.words[language].advice) == entry.actionable


def test_no_word_of_the_dictionary_invites_gaming() -> None:
    """No number, threshold, weight, nothing of others; no advice to take back a consent, borrow or send money."""
    for entry in Dictionary.load().entries.values():
        for words in entry.words.values():
            text = f"{words.name} {words.reason} {words.advice}"
            assert not re.search(r"[\d%]", text)
            assert not FORBIDDEN.search(text)


def test_withheld_consent_may_be_given_and_nothing_else(base: Run) -> None:
    """Who withholds is told that it may be allowed; nobody is told to withhold."""
    policy = Policy.of(base.manifest)
    advice = {
        reason.advice for card in cards(base) for reason in reason_codes(card, policy) if reason.kind == "withheld"
    }
    assert advice == {"You may allow its use; it can then count for you."}


def test_time_and_luck_are_no_advice() -> None:
    """A short history, no home, a small credit line: told as reasons, without advice."""
    reasons = Dictionary.load()
    for name in ("history_months", "account_months", "home", "credit_limit", "donations_12m", "connections"):
        assert not reasons.of(name).actionable
        assert {words.advice for words in reasons.of(name).words.values()} == {""}


def test_no_letter_of_the_portfolio_names_anyone_or_any_number(base: Run) -> None:
    """In both languages: no other id, no number but score and date, no threshold, no weight, at most four reasons."""
    shelf, policy = Index(base), Policy.of(base.manifest)
    scores = base.table("scores").to_pylist()
    ids = {row[name] for row in scores for name in ("account_id", "holder_id")}
    for row in scores:
        for language in LANGUAGES:
            text = explain_account(shelf, row["account_id"], audience="consumer", language=language, policy=policy)
            assert not set(re.findall(r"[\w.:-]+", text, re.ASCII)) & ids
            assert re.findall(r"\d+", text) == [str(row["score"]), "2026", "01", "01"]
            assert not FORBIDDEN.search(text)
            assert len(text.splitlines()) <= 20


def test_a_chinese_letter_has_no_english_in_it(base: Run) -> None:
    """Band, headings, lender and dispute are Chinese where the policy leaves its defaults."""
    text = explain_account(Shelf(base), cards(base)[0].account_id, audience="consumer", language="zh")
    assert re.findall(r"[A-Za-z]+", text) == []


def test_what_falls_back_names_nobody() -> None:
    """Vera's distress is a code of its own for the analyst; the letter says only that connections stand low."""
    run = made_run()
    reasons = {reason.code: reason for reason in reason_codes(explain(run, "vera"), Policy.of(run.manifest))}
    assert reasons["CN02"].lost == pytest.approx(-explain(run, "vera").distress_points)
    assert not re.search("dan|sam|nina|zoe", str([asdict(reason) for reason in reasons.values()]))


def test_another_language_is_refused(base: Run) -> None:
    """A language there is none of is answered with those there are."""
    with pytest.raises(UsageError, match="language must be one of en, zh; got 'fr'"):
        explain(base, cards(base)[0].account_id, audience="consumer", language="fr")


def test_the_command_writes_letters_and_ways(portfolio: Portfolio, base: Run, tmp_path: Path) -> None:
    """A letter as a page or as text, whole and for its owner alone; ways to a score are not for consumers."""
    account = cards(base)[0].account_id
    words = ["explain", account, "--runs", str(portfolio.folder / "runs"), "--run", base.id]
    for name in ("letter.html", "letter.txt"):
        out = tmp_path / name
        assert execute([*words, "--audience", "consumer", "--language", "zh", "--out", str(out)]) == 0
        assert "您的信用评分" in out.read_text(encoding="utf-8")
        assert out.stat().st_mode & 0o777 == 0o600
    assert execute([*words, "--audience", "consumer", "--reach", "700"]) == 2
    assert execute([*words, "--audience", "consumer", "--waterfall"]) == 2
    assert execute([*words, "--out", str(tmp_path / "card.html")]) == 2
    assert execute([*words, "--waterfall", "--format", "json"]) == 0
    assert execute([*words, "--reach", "700"]) == 0
