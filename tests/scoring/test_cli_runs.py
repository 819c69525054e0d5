"""Do check and the commands over a folder of runs tell what they found and did?"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.cli import execute
from scoring.runs.run import current_id, run_ids
from tests.scoring.batch_commands import score, spoil
from tests.scoring.small_runs import run_id

RENMAI = [sys.executable, "-c", "from scoring.cli import main; main()"]


def test_check_counts_and_writes_rejects(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Counts per table and reason with the first case of each; the rejected rows beside the data or elsewhere."""
    spoil(data, 2)
    assert execute(["check", str(data)]) == 0
    told = capsys.readouterr().out
    assert "currency_unknown" in told
    assert "relations.csv line 2 currency: 'cny'" in told
    with (data / "rejects.csv").open(newline="") as file:
        assert [(row["line"], row["reason"]) for row in csv.DictReader(file)] == [
            ("2", "currency_unknown"),
            ("3", "currency_unknown"),
        ]
    assert execute(["check", str(data), "--rejects", str(tmp_path / "r.csv"), "--format", "json"]) == 0
    told_json = json.loads(capsys.readouterr().out)
    assert told_json["reasons"][0]["count"] == 2
    assert (tmp_path / "r.csv").read_bytes() == (data / "rejects.csv").read_bytes()


def test_check_of_clean_data_ends_with_0_and_does_not_disturb_a_run(data: Path, runs: Path) -> None:
    """The rejects file beside the data is no table: the run after a check is the run without."""
    assert score(data, runs) == 0
    expected = current_id(runs)
    assert [execute(["check", str(data)]), score(data, runs)] == [0, 0]
    assert current_id(runs) == expected


def test_rejects_that_cannot_be_written_end_with_6(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A file of rejects that can't be written fails the command, after it has told what it found."""
    spoil(data, 2)
    assert execute(["check", str(data), "--rejects", str(tmp_path / "no" / "folder.csv")]) == 6
    assert "currency_unknown" in capsys.readouterr().out


def test_runs_lists_what_stands(three: Path, capsys: pytest.CaptureFixture) -> None:
    """Each run with its mark, as a table or as JSON; an empty folder says so."""
    assert execute(["runs", "--runs", str(three), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["run_id"], row["current"]) for row in rows] == [
        (run_id(1), False),
        (run_id(2), False),
        (run_id(3), True),
    ]
    assert execute(["runs", "--runs", str(three)]) == 0
    assert run_id(2) in capsys.readouterr().out
    assert execute(["runs", "--runs", str(three / "none")]) == 0
    assert "holds no run yet" in capsys.readouterr().out


def test_history_without_runs_tells_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """No run is another thing than an unknown account."""
    assert execute(["history", "nina", "--runs", str(tmp_path / "none")]) == 2
    assert "holds no run yet" in capsys.readouterr().err


def test_rollback_verify_and_prune(three: Path, capsys: pytest.CaptureFixture) -> None:
    """Back one run, everything verifies, old ones go, the current one stays."""
    assert execute(["rollback", "--runs", str(three)]) == 0
    assert current_id(three) == run_id(2)
    assert execute(["rollback", run_id(1), "--runs", str(three)]) == 0
    assert execute(["verify", "--runs", str(three)]) == 0
    assert execute(["verify", run_id(3), "--runs", str(three)]) == 0
    assert execute(["prune", "--keep", "1", "--runs", str(three)]) == 0
    assert f"removed 1 run(s): {run_id(2)}" in capsys.readouterr().out
    assert run_ids(three) == [run_id(1), run_id(3)]
    assert execute(["prune", "--runs", str(three)]) == 0


def test_verify_ends_with_6_and_names_the_file(three: Path, capsys: pytest.CaptureFixture) -> None:
    """A changed byte is told with its file; so it is by every command that reads the run."""
    path = three / run_id(3) / "scores.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert execute(["verify", "--runs", str(three)]) == 6
    told = capsys.readouterr()
    assert str(path) in told.out
    assert "renmai rollback" in told.out
    assert execute(["verify", run_id(1), "--runs", str(three)]) == 0
    assert execute(["verify", "x", "--runs", str(three)]) == 2


def test_verify_can_be_json(three: Path, capsys: pytest.CaptureFixture) -> None:
    """What was checked and what is wrong, for a program; the exit code is the same."""
    assert execute(["verify", "--format", "json", "--runs", str(three)]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []
    (three / run_id(1) / "ties.parquet").unlink()
    assert execute(["verify", "--format", "json", "--runs", str(three)]) == 6
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1


def test_a_reader_that_goes_away_is_no_failure(three: Path) -> None:
    """``renmai runs | head -0``: quiet, no traceback."""
    command = " ".join(f"'{part}'" for part in [*RENMAI, "runs", "--runs", str(three)])
    done = subprocess.run(["/bin/sh", "-c", f"{command} | true"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
