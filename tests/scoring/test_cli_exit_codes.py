"""Does each failure of a command end with its own exit code and one clear sentence?"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from scoring.cli import execute
from scoring.runs.lock import Lock
from scoring.runs.run import current_id, run_ids
from tests.scoring.batch_commands import AS_OF, score, spoil


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
