"""What does `renmai update` print, and with which code does it end?"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import scoring
from loaders.errors import GateError, UsageError
from loaders.town import AS_OF, town
from scoring.cli import execute
from scoring.runs.run import current_id
from tests.scoring.batch_runs import folder, go


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The town without its latest nine relations, run; the nine lie in a file."""
    tables = town()
    data = folder(tmp_path / "data", {**tables, "relations": tables["relations"].iloc[:-9]})
    tables["relations"].tail(9).to_csv(tmp_path / "late.csv", index=False)
    go(tmp_path / "runs", data)
    return tmp_path


def command(place: Path, *more: str) -> int:
    return execute(["update", "--runs", str(place / "runs"), *more])


def test_the_command_tells_what_was_touched(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with rows, ties, holders and scores; as JSON the same facts; again: nothing is new."""
    late = str(begun / "late.csv")
    assert command(begun, "--relations", late, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["refused"], told["full"], told["run_id"]) == (9, 0, "", current_id(begun / "runs"))
    assert set(told["touched"]) == {"ties", "holders", "scores"}
    assert command(begun, "--relations", late) == 0
    assert "nothing is new" in (out := capsys.readouterr().out)
    assert out.endswith("9 refused (9 duplicate)\n")
    assert current_id(begun / "runs") == told["run_id"]


@pytest.mark.parametrize("good", [0, 3])
def test_a_refused_row_is_named_where_it_stands(begun: Path, capsys: pytest.CaptureFixture[str], good: int) -> None:
    """File, line, column and what was found, whether or not anything else is new."""
    head, *rows = (begun / "late.csv").read_text().splitlines()
    bad = rows[0].split(",")
    bad[0], bad[head.split(",").index("amount")] = "another", "12.345"
    (begun / "new.csv").write_text("\n".join([head, *rows[:good], ",".join(bad), ""]))
    assert command(begun, "--relations", str(begun / "new.csv"), "--force") == 0
    said = f"1 refused (1 amount_scale: new.csv, line {good + 2}, column amount: '12.345')"
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_file_of_which_nothing_stands_ends_as_too_many_refused_rows_do(begun: Path) -> None:
    """Not as if there were nothing new: somebody sent the wrong file."""
    late = pd.read_csv(begun / "late.csv", dtype=str, keep_default_na=False)
    late["to_id"], late["relation_id"] = "nobody", [f"x{number}" for number in range(len(late))]
    with pytest.raises(GateError, match="the last run stays"):
        scoring.update(late, runs=begun / "runs")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "needs new rows"),
        (("--relations", "nowhere.csv"), 2, "is not there"),
        (("--as-of", "2026-01-01"), 2, "--as-of"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    begun: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    """The code is that of the kind of error, and the run stays."""
    before = current_id(begun / "runs")
    assert command(begun, *arguments) == code
    assert said in capsys.readouterr().err
    assert current_id(begun / "runs") == before


def test_too_many_refused_rows_stop_an_update_unless_it_is_forced(begun: Path) -> None:
    """The reject rate counts over all rows, and the run stays."""
    late = pd.read_csv(begun / "late.csv", dtype=str, keep_default_na=False)
    late["to_id"] = "nobody"
    late["relation_id"] = [f"x{number}" for number in range(len(late))]
    good = town()["relations"].tail(9)
    before = current_id(begun / "runs")
    with pytest.raises(GateError, match="the last run stays"):
        scoring.update(pd.concat([good, late]), runs=begun / "runs")
    assert current_id(begun / "runs") == before
    made = scoring.update(pd.concat([good, late]), runs=begun / "runs", force=True)
    assert made.manifest["updates"][-1]["refused"] == 9


def test_a_run_of_frames_has_nothing_to_be_updated_from(tmp_path: Path) -> None:
    """It keeps no state and has no folder, which is said."""
    scoring.run(**town(), as_of=AS_OF, runs=tmp_path)
    with pytest.raises(UsageError, match="--data"):
        scoring.update(town()["relations"].tail(2), runs=tmp_path)
