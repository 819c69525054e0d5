"""What may a lender's own file of reasons change, and what is refused in it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.config import ConfigError, load_config
from scoring.explanation import Dictionary, Policy, ReasonsError, Shelf, explain_account
from scoring.explanation.reasons import reason_codes
from scoring.runs.run import Run
from tests.scoring.portfolio_runs import Portfolio, cards

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
