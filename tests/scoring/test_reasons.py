"""Is every missing point explained, in two languages, and does advice lead only in the good direction?"""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.errors import UsageError
from loaders.features import features
from scoring.cli import execute
from scoring.config import ConfigError, load_config
from scoring.explanation import Dictionary, Policy, ReasonsError, Shelf, analyst_card, explain, explain_account
from scoring.explanation.cards import AnalystCard
from scoring.explanation.reasons import reason_codes
from scoring.explanation.rounding import whole_parts
from scoring.explanation.shelf import Index
from scoring.explanation.waterfall import waterfall
from scoring.explanation.wording import FORBIDDEN
from scoring.runs.run import Run
from tests.scoring.made_run import made_run
from tests.scoring.portfolio_runs import Portfolio, made_model
from tests.scoring.town_runs import town_of_features

LANGUAGES = ("en", "zh")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return Portfolio(tmp_path_factory.mktemp("portfolio"))


@pytest.fixture(scope="module")
def base(portfolio: Portfolio) -> Run:
    return portfolio.run()


def cards(run: Run) -> list[AnalystCard]:
    shelf, policy = Index(run), Policy.of(run.manifest)
    return [analyst_card(shelf, policy, account) for account in run.table("scores")["account_id"].to_pylist()]


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


# --- the lender's own words -----------------------------------------------------------------------------------------

OWN = """
[codes.CH01.en]
reason = "Card payments reached us late."
[codes.BE03]
actionable = false
[letter.zh]
dispute_text = "请致函市政厅。"
[bands.en]
poor = "needs care"
"""


def with_reasons(folder: Path, text: str) -> Path:
    (folder / "words.toml").write_text(text, encoding="utf-8")
    path = folder / "renmai.toml"
    path.write_text('[lender]\nreasons = "words.toml"\n', encoding="utf-8")
    return path


def test_a_lenders_file_changes_single_words(tmp_path: Path) -> None:
    """What is named changes, in its language; everything else stays; advice that is switched off is gone."""
    shipped, own = Dictionary.load(), load_config(with_reasons(tmp_path, OWN)).reasons
    assert own.of("on_time_rate").words["en"].reason == "Card payments reached us late."
    assert own.of("on_time_rate").words["zh"] == shipped.of("on_time_rate").words["zh"]
    assert own.of("on_time_rate").words["en"].advice == shipped.of("on_time_rate").words["en"].advice
    assert {words.advice for words in own.of("return_rate").words.values()} == {""}
    assert own.letters["zh"]["dispute_text"] == "请致函市政厅。"
    assert own.letters["en"] == shipped.letters["en"]


def test_a_run_keeps_the_words_it_was_made_with(portfolio: Portfolio, base: Run, tmp_path: Path) -> None:
    """Letters speak the lender's words for ever, the file gone or not; other words are another run."""
    path = with_reasons(tmp_path, OWN)
    run = portfolio.run(config=load_config(path))
    (tmp_path / "words.toml").unlink()
    assert run.id != base.id
    assert run.table("scores").equals(base.table("scores"))
    policy = Policy.of(run.manifest)
    said = {reason.text for card in cards(run) for reason in reason_codes(card, policy) if reason.code == "CH01"}
    assert said == {"Card payments reached us late."}
    poor = next(card.account_id for card in cards(run) if card.band == "poor")
    assert "(needs care)" in explain_account(Shelf(run), poor, audience="consumer")
    assert "请致函市政厅。" in explain_account(Shelf(run), poor, audience="consumer", language="zh")


def test_all_findings_in_a_file_of_reasons_come_at_once(tmp_path: Path) -> None:
    """Unknown code, unknown language, number, forbidden word, wrong direction, idle advice: one message for all."""
    path = with_reasons(
        tmp_path,
        """
        colour = "red"
        [codes.CH99.en]
        reason = "?"
        [codes.CH01]
        direction = "down"
        [codes.CH01.fr]
        reason = "En retard."
        [codes.CH01.en]
        reason = "Below 95 % on time."
        advice = "Send money to a friend."
        [codes.CH02.zh]
        reason = ""
        [codes.DA01.en]
        reason = "Not known."
        [letter.en]
        opening = "Dear {name}"
        """,
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    expected = [
        "colour: not a table",
        "codes.CH99: not a code",
        "codes.CH01.fr: not a key or language",
        "codes.CH01.direction: found 'down', allowed is 'up'",
        "codes.CH01.en.reason: found a number",
        "codes.CH01.en.advice: found",
        "codes.CH02.zh.reason: must be text for the consumer; found none",
        "codes.DA01.en.reason: placeholders found: none or broken; needed: {name}",
        "letter.en.opening: placeholders found: name; needed: {score}, {band}, {date}",
    ]
    for sentence in expected:
        assert [found for found in caught.value.problems if f"lender.reasons: {sentence}" in found], sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[codes.CH03.en]\nadvice = "Wait."', "codes.CH03.en.advice: found advice, but actionable is false"),
        ('[codes.CH01.en]\nadvice = ""', "codes.CH01.en.advice: missing; an actionable code says what can be done"),
        ("[codes.CH03]\nactionable = true", "codes.CH03.en.advice: missing"),
        ('[codes.CH01]\nactionable = "yes"', "codes.CH01.actionable: must be true or false"),
        ("codes = 7", "codes: must be a table"),
        ('[codes.CH01.en]\nreason = "a\\nb"', "codes.CH01.en.reason: must be one line of at most 240 characters"),
        ("[codes.CH01", "not valid TOML"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    """Each has its sentence."""
    file = tmp_path / "words.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReasonsError) as caught:
        Dictionary.load(file)
    assert [found for found in caught.value.problems if found.startswith(expected)]


def test_reasons_lie_beside_the_configuration(tmp_path: Path) -> None:
    """A file elsewhere is not read."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "words.toml").write_text("", encoding="utf-8")
    path = tmp_path / "inner" / "renmai.toml"
    path.write_text('[lender]\nreasons = "../words.toml"\n', encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"lender\.reasons: found '\.\./words\.toml', allowed is a file in the folder"
    ):
        load_config(path)


# --- the waterfall --------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-80, 80), min_size=1, max_size=9), st.data())
def test_whole_parts_add_up_and_stay_near(parts: list[float], data: st.DataObject) -> None:
    """They add up to any total; to one within 1 of their sum each part stays within 1 of its own."""
    total = data.draw(st.integers(-800, 800))
    assert sum(whole_parts(parts, total)) == total
    near = data.draw(st.sampled_from([int(sum(parts) // 1), int(-(-sum(parts) // 1))]))
    whole = whole_parts(parts, near)
    assert all(abs(number - part) < 1 + 1e-6 for number, part in zip(whole, parts, strict=True))


@pytest.mark.parametrize("detail", [False, True])
def test_every_waterfall_ends_at_the_score(base: Run, detail: bool) -> None:
    """For everybody, from 350, each step leading where it says; dimensions' steps add up to their points."""
    for card in cards(base):
        fall = waterfall(card, detail=detail)
        assert (fall.steps[0].kind, fall.steps[0].points, fall.steps[0].running) == ("base", 350, 350)
        running = 0
        for step in fall.steps:
            running += step.points
            assert step.running == running
        assert running == card.score == fall.score
        for row in card.dimensions:
            assert sum(step.points for step in fall.steps if step.dimension == row.dimension) == row.points


def test_a_rule_that_names_nobody_has_one_step_of_lift(portfolio: Portfolio) -> None:
    """Under the challenger waterfalls end at the score as well; lift is one step, nobody is named."""
    run = portfolio.run(rule="association")
    falls = [waterfall(card) for card in cards(run)]
    assert all(fall.steps[-1].running == fall.score for fall in falls)
    kinds = {step.kind for fall in falls for step in fall.steps}
    assert "lift" in kinds
    assert "supporter" not in kinds


def test_supporters_and_distress_are_steps_of_their_own(tmp_path: Path) -> None:
    """Of the town's people: who lifts is named, what falls back is a step down, both inside connections."""
    found = [waterfall(card) for card in cards(town_of_features(tmp_path))]
    kinds = {step.kind for fall in found for step in fall.steps if step.dimension == "connections"}
    assert {"own", "supporter", "distress"} <= kinds
    assert all(step.points <= 0 for fall in found for step in fall.steps if step.kind == "distress")


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
