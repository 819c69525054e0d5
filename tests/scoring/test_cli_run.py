"""Does ``renmai run`` tell what it did, on the right stream, with the config that counts?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from scoring.cli import EXIT_CODES, execute
from scoring.runs import open_run
from scoring.runs.log import read_log
from scoring.runs.run import current_id, run_ids
from tests.scoring.batch_commands import score, spoil
from tests.scoring.small_runs import make_run, run_id


def test_run_publishes_and_prints_its_result_on_stdout(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Exit 0; id, counts and bands on stdout; progress on stderr; no id of a person on either."""
    assert score(data, runs) == 0
    out, err = capsys.readouterr()
    assert f"run {current_id(runs)} is current: 12 persons, 13 accounts" in out
    assert "excellent" in out
    assert "[3/7] propagate" in err
    assert [name for name in ("nina", "acme", "tom-2") if name in out + err] == []


def test_progress_can_be_json_lines(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """With --log-format json each line of stderr is an object with an event; the stages come in order."""
    assert score(data, runs, "--log-format", "json", "--format", "json") == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in err.splitlines()]
    finished = [event["stage"] for event in events if event["event"] == "stage_finished"]
    assert finished == ["read", "tie", "propagate", "score", "gate", "write", "make current"]
    assert json.loads(out)["run_id"] == current_id(runs)


def test_a_failure_is_a_json_line_too(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """With --log-format json a failure is the last object, with its exit code."""
    spoil(data, 20)
    assert score(data, runs, "--log-format", "json") == 4
    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (last["event"], last["code"], "currency_unknown" in last["text"]) == ("failed", 4, True)


def test_force_publishes_in_spite_of_rejects_and_tells_it(data: Path, runs: Path) -> None:
    """--force goes on without the rejected rows; the log says that and why."""
    spoil(data, 20)
    assert score(data, runs, "--force") == 0
    assert "of 291 records were rejected" in read_log(runs).lines[-1]["note"]


def test_the_same_run_again_ends_well(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Repeating is safe: exit 0, the same id, and a note that every byte stands."""
    assert [score(data, runs), score(data, runs)] == [0, 0]
    assert "stands already" in capsys.readouterr().err
    assert len(run_ids(runs)) == 1


def test_a_dry_run_tells_and_writes_nothing(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """What would be done, and no folder."""
    assert score(data, runs, "--dry-run") == 0
    assert "would be made; nothing was written" in capsys.readouterr().out
    assert not runs.exists()


def test_config_beside_the_data_counts_unless_another_is_named(data: Path, runs: Path, tmp_path: Path) -> None:
    """--config wins over renmai.toml in DATA, which wins over the defaults."""
    (data / "renmai.toml").write_text("[score]\nrho = 0.5\n")
    (tmp_path / "other.toml").write_text("[score]\nrho = 0.125\n")
    assert score(data, runs) == 0
    assert open_run(runs).manifest["config"]["score"]["rho"] == 0.5
    assert score(data, runs, "--config", str(tmp_path / "other.toml")) == 0
    assert open_run(runs).manifest["config"]["score"]["rho"] == 0.125


def test_a_run_whose_current_run_is_gone_can_be_forced(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Without --force it ends with 6, since nothing can be compared; with it the run is made."""
    make_run(runs, 1)
    shutil.rmtree(runs / run_id(1))
    assert score(data, runs) == 6
    assert "which is not there" in capsys.readouterr().err
    assert score(data, runs, "--force") == 0
    assert execute(["history", "nina", "--runs", str(runs)]) == 0


def test_status_tells_the_current_run(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Id, moment, rule, certificate, consent and counts."""
    score(data, runs)
    capsys.readouterr()
    assert execute(["status", "--runs", str(runs), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["run_id"], told["rule"], told["certificate"]) == (current_id(runs), "vouch", 0.0)
    assert told["counts"]["graph"]["persons"] == 12
    assert execute(["status", "--runs", str(runs)]) == 0
    assert "all granted: there is no consents table" in capsys.readouterr().out


def test_help_tells_every_command_and_exit_code(capsys: pytest.CaptureFixture) -> None:
    """``renmai --help`` lists the commands and what each exit code means; so does no argument at all."""
    assert execute(["--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert EXIT_CODES in told
    assert [
        name for name in ("check", "run", "status", "runs", "verify", "rollback", "prune") if name not in told
    ] == []
