"""Do evaluate, backtest and model-card do from the command line what they promise?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.cli import execute
from scoring.evaluation.card import describe
from scoring.evaluation.filing import encode
from scoring.evaluation.study import evaluate
from tests.scoring.evaluation.planted import AS_OF, BACK, Scored


@pytest.fixture(scope="module")
def data(helping: Scored, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portfolio as files, with a column of groups beside it."""
    folder = tmp_path_factory.mktemp("data")
    for name, frame in helping.frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    accounts = helping.frames["accounts"]["account_id"]
    rows = [f"{name},{'north' if place % 3 else 'south'}" for place, name in enumerate(accounts)]
    (folder.parent / "groups.csv").write_text("\n".join(["account_id,region", *rows]) + "\n", encoding="utf-8")
    return folder


def asked(helping: Scored, data: Path, *more: str) -> list[str]:
    return ["evaluate", "--runs", str(helping.folder), "--outcomes", str(data / "outcomes.csv"), *more]


@pytest.mark.parametrize("word", ["table", "text"])
def test_the_first_line_is_the_verdict(
    helping: Scored, data: Path, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table begins with the headline, and has every variant."""
    assert execute(asked(helping, data, "--format", word)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == helping.evaluation.headline
    assert {"with", "without", "association", "pagerank", "smoothing", "averages"} <= {
        cell.strip() for line in lines for cell in line.split("│")
    }


def test_json_is_the_evaluation_by_file_and_by_hand(
    helping: Scored, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed, written and computed in Python the same JSON, whatever RUN is called by."""
    out = tmp_path / "e.json"
    assert execute(asked(helping, data, helping.run.id, "--format", "json", "--out", str(out))) == 0
    printed = capsys.readouterr().out
    assert printed == out.read_text(encoding="utf-8") == encode(helping.evaluation)
    assert list(json.loads(printed))[1] == "headline"


def test_groups_are_named_in_one_word_or_two(helping: Scored, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--group FILE:COLUMN and --groups FILE --group COLUMN are the same."""
    place = str(data.parent / "groups.csv")
    told = []
    for words in (("--group", f"{place}:region"), ("--groups", place, "--group", "region")):
        assert execute(asked(helping, data, "--format", "json", "--draws", "20", *words)) == 0
        told.append(json.loads(capsys.readouterr().out)["groups"])
    assert told[0] == told[1]
    assert [row["group"] for row in told[0]["rows"]] == ["north", "south"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--group", "region"), "FILE:COLUMN"),
        (("--threshold", "600"), "need --group"),
        (("--out", "e.txt"), "must end in .html or .json"),
        (("--horizon", "soon"), "12m or 90d"),
        (("--group", "x.csv:degree"), "enters the score"),
        (("--reference", "20200101-0000000000000000"), "no run"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    helping: Scored, data: Path, words: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong option ends with 2 and a sentence that says what is allowed."""
    assert execute(asked(helping, data, *words)) == 2
    assert said in capsys.readouterr().err


def test_pages_and_files_are_written(helping: Scored, data: Path, tmp_path: Path) -> None:
    """An evaluation becomes a page, a card Markdown and a page, with the headline in each."""
    page, figures = tmp_path / "e.html", tmp_path / "e.json"
    figures.write_text(encode(helping.evaluation), encoding="utf-8")
    assert execute(asked(helping, data, "--out", str(page))) == 0
    assert "connections add to the score" in page.read_text(encoding="utf-8")
    for name in ("card.md", "card.html"):
        words = ["model-card", "--runs", str(helping.folder), "--evaluation", str(figures), "--out"]
        assert execute([*words, str(tmp_path / name)]) == 0
        assert "connections add to the score" in (tmp_path / name).read_text(encoding="utf-8")


def test_a_card_without_a_file_is_printed(helping: Scored, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --out the card is Markdown on stdout, as it would be in a file."""
    assert execute(["model-card", "--runs", str(helping.folder)]) == 0
    assert capsys.readouterr().out == describe(helping.run).markdown()


def test_a_backtest_is_printed_and_written(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row per date, the same in the JSON that is printed and written, and a page."""
    words = ["backtest", str(data), "--as-of", AS_OF.isoformat(), "--count", "2", "--draws", "50"]
    out = tmp_path / "b.json"
    assert execute([*words, "--format", "json", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert printed == out.read_text(encoding="utf-8")
    assert [row["as_of"] for row in json.loads(printed)["rows"]][-1] == BACK.isoformat()
    assert execute([*words, "--out", str(tmp_path / "b.html")]) == 0
    assert capsys.readouterr().out.splitlines()[0] == json.loads(printed)["headline"]
    assert "2025-01-01" in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_show_and_status_tell_the_verdict(
    helping: Scored, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run whose policy asks for evidence tells in show, status and its manifest what was found."""
    policy, runs = tmp_path / "renmai.toml", str(tmp_path / "runs")
    (tmp_path / "e.json").write_text(encode(evaluate(helping.run, helping.frames["outcomes"][:3])), encoding="utf-8")
    policy.write_text('[gate]\nconnections = "require_uplift"\nevaluation = "e.json"\n', encoding="utf-8")
    assert execute(["run", str(data), "--as-of", AS_OF.isoformat(), "--runs", runs, "--config", str(policy)]) == 0
    capsys.readouterr()
    for command in ("show", "status"):
        assert execute([command, "--runs", runs, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["uplift"]["neutral"] is True
        assert execute([command, "--runs", runs]) == 0
        assert "This run is neutral" in capsys.readouterr().out


def test_a_gate_needs_no_scikit_learn(data: Path, tmp_path: Path) -> None:
    """A run that looks back imports no scikit-learn."""
    policy = tmp_path / "renmai.toml"
    policy.write_text('[gate]\nconnections = "require_uplift"\n', encoding="utf-8")
    code = (
        "import sys; from scoring.cli import execute; "
        f"code = execute(['run', {str(data)!r}, '--as-of', {AS_OF.isoformat()!r}, '--runs', {str(tmp_path / 'r')!r}, "
        f"'--config', {str(policy)!r}]); assert 'sklearn' not in sys.modules; sys.exit(code)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


def test_a_backtest_without_data_is_of_the_current_run(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without DATA the log, the moment and the policy are those of the run; with both it is told to choose."""
    runs, policy, few = str(tmp_path / "runs"), tmp_path / "other.toml", ["--count", "1", "--draws", "20"]
    policy.write_text("[score]\nthin_extra = 0.01\n", encoding="utf-8")
    moment = ["--as-of", AS_OF.isoformat()]
    assert execute(["run", str(data), *moment, "--runs", runs, "--config", str(policy)]) == 0
    capsys.readouterr()
    told = []
    for words in (["--runs", runs], [str(data), *moment, "--config", str(policy)]):
        assert execute(["backtest", *words, "--every", "3m", *few, "--format", "json"]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    for words, said in ((["--run", "x", *moment], "one of them"), ([], "--as-of is missing")):
        assert execute(["backtest", str(data), *words]) == 2
        assert said in capsys.readouterr().err
    assert execute(["backtest", str(data), *moment, "--from", "soon"]) == 2
    assert "--from is 'soon'" in capsys.readouterr().err
