"""Do `renmai what-if` and `renmai score-one` say what the library knows, and refuse with a sentence?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.cli import execute
from scoring.runs.run import open_run
from scoring.whatif import reach, score_one, what_if
from scoring.whatif.sample import sample_text
from tests.scoring.town_runs import town_of_features


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    town_of_features(folder / "runs")
    (folder / "lena.json").write_text(sample_text(), encoding="utf-8")
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = execute(list(arguments))
    out = capsys.readouterr()
    return code, out.out, out.err


def test_what_if_in_json_is_the_librarys_answer(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of the result, as its dictionary."""
    runs = str(place / "runs")
    code, out, _ = said(capsys, "what-if", "nina", "--without-tie", "sam", "--runs", runs, "--format", "json")
    expected = what_if(open_run(place / "runs"), "nina", without_tie="sam").to_dict()
    assert (code, json.loads(out)) == (0, json.loads(json.dumps(expected)))


def test_what_if_in_words_tells_before_after_and_who_else_moves(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The score both ways, what was changed, and the others."""
    code, out, _ = said(capsys, "what-if", "sam", "--default", "sam", "--runs", str(place / "runs"))
    assert code == 0
    assert "What if sam defaulted at as_of, with severity 1?" in out
    assert "1 other holder moves:" in out
    assert "nina" in out


def test_reach_tells_ways_that_hold(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ways of the library, in words and in JSON."""
    runs = str(place / "runs")
    found = reach(open_run(place / "runs"), "uma", 600)
    code, out, _ = said(capsys, "what-if", "uma", "--reach", "600", "--runs", runs)
    assert code == 0
    assert f"{found.sentence}." in out
    code, out, _ = said(capsys, "what-if", "uma", "--reach", "600", "--runs", runs, "--format", "json")
    assert json.loads(out) == json.loads(json.dumps(found.to_dict()))


def test_the_example_is_scored_and_the_dispute_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--example` prints the file, and scoring it tells the result without and with what is disputed."""
    code, out, _ = said(capsys, "score-one", "--example")
    assert (code, out) == (0, sample_text())
    code, out, _ = said(capsys, "score-one", str(place / "lena.json"), "--runs", str(place / "runs"))
    assert code == 0
    assert "Applicant lena (holder lena): score" in out
    assert "Left out because disputed: x-7. With them:" in out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["what-if", "nina"], 2, "give what is different"),
        (["what-if", "nina", "--reach", "700", "--default", "sam"], 2, "or --reach alone"),
        (["what-if", "nina", "--set", "degree"], 2, "it must be FEATURE=VALUE"),
        (["what-if", "nina", "--set", "identity=1", "--set", "identity=0"], 2, "names identity twice"),
        (["what-if", "nina", "--set", "identity=2"], 3, "identity is 2; allowed is 0 to 1"),
        (["what-if", "nobody", "--default", "sam"], 2, "account 'nobody' has no score"),
        (["what-if", "nina", "--without-tie", "zoe"], 2, "there is no tie between nina and zoe"),
        (["score-one"], 2, "name one FILE, or give --example alone"),
        (["score-one", "missing.json"], 6, "missing.json cannot be read"),
    ],
)
def test_what_cannot_be_asked_has_its_sentence_and_code(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
) -> None:
    """One red sentence, and the exit code of its kind."""
    found, _, err = said(capsys, *arguments, "--runs", str(place / "runs"))
    assert (found, sentence in err) == (code, True)


def test_the_command_solves_rows_in_plain_python_to_the_same_bits(place: Path) -> None:
    """The command alone does without compiled kernels and pandas, and its answers are those of the library."""
    command = Path(sys.executable).with_name("renmai")
    runs = ["--runs", str(place / "runs"), "--format", "json"]
    run = open_run(place / "runs")
    for arguments, expected in (
        (["score-one", str(place / "lena.json")], score_one(run, place / "lena.json").to_dict()),
        (["what-if", "vera", "--without-tie", "dan"], what_if(run, "vera", without_tie="dan").to_dict()),
    ):
        done = subprocess.run(
            [command, *arguments, *runs], capture_output=True, text=True, check=True, env={**os.environ}
        )
        assert json.loads(done.stdout) == json.loads(json.dumps(expected))
