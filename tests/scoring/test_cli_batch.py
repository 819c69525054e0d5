"""Do the commands of the batch tell what they did, on the right stream and with the right exit code?"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loaders.town import town
from scoring.cli import EXIT_CODES, execute
from scoring.runs import open_run
from scoring.runs.lock import Lock
from scoring.runs.log import read_log
from scoring.runs.run import current_id, run_ids
from tests.scoring.small_runs import make_run, run_id

AS_OF = "2026-01-01T00:00:00+00:00"
RENMAI = [sys.executable, "-c", "from scoring.cli import main; main()"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    place.mkdir()
    for name, frame in town().items():
        frame.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
    return place


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def score(data: Path, runs: Path, *more: str, as_of: str = AS_OF) -> int:
    return execute(["run", str(data), "--as-of", as_of, "--runs", str(runs), *more])


def spoil(data: Path, rows: int) -> None:
    """Write a currency that does not exist into some relations."""
    lines = (data / "relations.csv").read_text().splitlines(keepends=True)
    for number in range(1, rows + 1):
        lines[number] = lines[number].replace("CNY", "cny")
    (data / "relations.csv").write_text("".join(lines))


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


@pytest.mark.parametrize("as_of", ["2026-01-01", "2026-01-01T00:00:00", "now", "yesterday", "", "1767225600"])
def test_a_time_without_offset_is_a_usage_error(
    data: Path, runs: Path, capsys: pytest.CaptureFixture, as_of: str
) -> None:
    """Exit 2, with the form that is wanted."""
    assert score(data, runs, as_of=as_of) == 2
    assert "it must be ISO 8601 with offset" in capsys.readouterr().err


def test_usage_errors_end_with_2(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """An unknown command, option, rule or folder, a missing option, a run that is not there: 2."""
    assert execute(["scores"]) == 2
    assert execute(["run", str(data)]) == 2
    assert score(data, runs, "--rule", "pagerank") == 2
    assert score(data, runs, "--threads", "0") == 2
    assert score(data, runs, "--memory", "much") == 2
    assert score(data / "nowhere", runs) == 2
    assert execute(["status", "--runs", str(runs)]) == 2
    assert "holds no run yet" in capsys.readouterr().err


def test_a_config_error_ends_with_2_and_names_every_key(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """renmai.toml in DATA is read; all its errors are told at once."""
    (data / "renmai.toml").write_text("[score]\nroh = 0.3\nthin_extra = 7\n")
    assert score(data, runs) == 2
    told = capsys.readouterr().err
    assert "score.roh" in told
    assert "score.thin_extra" in told


def test_config_beside_the_data_counts_unless_another_is_named(data: Path, runs: Path, tmp_path: Path) -> None:
    """--config wins over renmai.toml in DATA, which wins over the defaults."""
    (data / "renmai.toml").write_text("[score]\nrho = 0.5\n")
    (tmp_path / "other.toml").write_text("[score]\nrho = 0.125\n")
    assert score(data, runs) == 0
    assert open_run(runs).manifest["config"]["score"]["rho"] == 0.5
    assert score(data, runs, "--config", str(tmp_path / "other.toml")) == 0
    assert open_run(runs).manifest["config"]["score"]["rho"] == 0.125


def test_a_broken_contract_ends_with_3(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """A file that is no table of the contract: 3, the file and the reason named, nothing published."""
    (data / "relations.csv").write_text("<html>503</html>\n")
    assert score(data, runs) == 3
    assert "ABORT(header)" in capsys.readouterr().err
    assert execute(["check", str(data)]) == 3
    assert run_ids(runs) == []


def test_no_rows_end_with_3_unless_allowed(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """A header alone is no night's log."""
    (data / "relations.csv").write_text((data / "relations.csv").read_text().split("\n")[0] + "\n")
    assert score(data, runs) == 3
    assert "ABORT(no_rows)" in capsys.readouterr().err
    assert score(data, runs, "--allow-empty") == 0


def test_a_gate_ends_with_4(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Too many rejects: 4 from run and from check, the old run stays."""
    assert score(data, runs) == 0
    expected = current_id(runs)
    spoil(data, 20)
    assert [score(data, runs), execute(["check", str(data)])] == [4, 4]
    assert "currency_unknown" in capsys.readouterr().err
    assert current_id(runs) == expected


def test_a_held_lock_ends_with_5_at_once(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Another run holds the lock: 5 within a second, its process named."""
    with Lock(runs):
        began = time.monotonic()
        assert score(data, runs) == 5
        assert time.monotonic() - began < 1
    assert f"process {os.getpid()}" in capsys.readouterr().err
    assert score(data, runs) == 0


def test_a_disk_that_refuses_ends_with_6(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """The runs folder cannot be made: 6, with path and cause."""
    runs.write_text("a file is in the way")
    assert score(data, runs) == 6
    assert str(runs) in capsys.readouterr().err


def test_memory_that_runs_out_ends_with_6(
    data: Path, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A clear sentence instead of a traceback."""
    from scoring.batch import stages

    def starve(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(stages, "tie", starve)
    assert score(data, runs) == 6
    assert "not enough memory; the last run stands" in capsys.readouterr().err


def test_what_is_unexpected_ends_with_1_and_debug_shows_where(
    data: Path, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A fault of ours: one short sentence; with --debug the traceback too."""
    from scoring.batch import stages

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret account id")

    monkeypatch.setattr(stages, "tie", fail)
    assert score(data, runs) == 1
    told = capsys.readouterr().err
    assert "unexpected failure: ZeroDivisionError" in told
    assert "Traceback" not in told
    assert "secret" not in told
    assert execute(["--debug", "run", str(data), "--as-of", AS_OF, "--runs", str(runs)]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_interrupted_command_ends_with_130(
    data: Path, runs: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """Ctrl-C: 130, the lock is free, --resume goes on."""
    from scoring.batch import stages

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stages, "spread", interrupt)
        assert score(data, runs) == 130
    assert "interrupted; the last run stands" in capfd.readouterr().err
    assert score(data, runs, "--resume") == 0
    assert "stage tie is taken up from the interrupted run" in capfd.readouterr().err


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


@pytest.fixture
def three(runs: Path) -> Path:
    for number in (1, 2, 3):
        make_run(runs, number, shift=number)
    return runs


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


def test_a_signal_that_compiled_code_tells_as_its_own_error_ends_with_130(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """The gate's engine turns the interruption into an error of its own; the command still ends as interrupted."""
    import loaders
    from scoring.cli.signals import _interrupt

    def read(*_: object) -> None:
        try:
            _interrupt(15, None)
        except KeyboardInterrupt as error:
            raise RuntimeError("Query interrupted") from error

    monkeypatch.setattr(loaders, "read", read, raising=False)
    assert execute(["check", str(data)]) == 130
    assert capsys.readouterr().err == "renmai: interrupted; the last run stands\n"


def test_a_run_whose_current_run_is_gone_can_be_forced(data: Path, runs: Path, capsys: pytest.CaptureFixture) -> None:
    """Without --force it ends with 6, since nothing can be compared; with it the run is made."""
    make_run(runs, 1)
    shutil.rmtree(runs / run_id(1))
    assert score(data, runs) == 6
    assert "which is not there" in capsys.readouterr().err
    assert score(data, runs, "--force") == 0
    assert execute(["history", "nina", "--runs", str(runs)]) == 0


def test_verify_can_be_json(three: Path, capsys: pytest.CaptureFixture) -> None:
    """What was checked and what is wrong, for a program; the exit code is the same."""
    assert execute(["verify", "--format", "json", "--runs", str(three)]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []
    (three / run_id(1) / "ties.parquet").unlink()
    assert execute(["verify", "--format", "json", "--runs", str(three)]) == 6
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 1


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


def test_help_tells_every_command_and_exit_code(capsys: pytest.CaptureFixture) -> None:
    """``renmai --help`` lists the commands and what each exit code means; so does no argument at all."""
    assert execute(["--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert EXIT_CODES in told
    assert [
        name for name in ("check", "run", "status", "runs", "verify", "rollback", "prune") if name not in told
    ] == []


def test_a_reader_that_goes_away_is_no_failure(three: Path) -> None:
    """``renmai runs | head -0``: quiet, no traceback."""
    command = " ".join(f"'{part}'" for part in [*RENMAI, "runs", "--runs", str(three)])
    done = subprocess.run(["/bin/sh", "-c", f"{command} | true"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_disk_that_fails_anywhere_ends_with_6(
    data: Path, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A full /tmp is no fault of ours: 6, with path and cause."""
    from scoring.batch import stages

    def fill(*_: object) -> None:
        raise OSError(28, "No space left on device", "/mnt/full")

    monkeypatch.setattr(stages, "tie", fill)
    assert score(data, runs) == 6
    assert "/mnt/full: No space left on device; the last run stands" in capsys.readouterr().err
