"""What does the real command leave behind when it is killed, stopped or starved?"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from scoring.runs import open_run, verify
from scoring.runs.columns import RESULTS
from scoring.runs.run import run_ids
from tests.portfolios import random_portfolio

RENMAI = [sys.executable, "-c", "from scoring.cli import main; main()"]
OLD, NEW = "2025-12-31T00:00:00+00:00", "2026-01-01T00:00:00+00:00"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("faults")
    for name, rows in random_portfolio(5, holders=60, relations=3000).items():
        pd.DataFrame(rows, dtype=str).to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
    return place


def start(data: Path, runs: Path, as_of: str, *more: str) -> subprocess.Popen[str]:
    arguments = ["run", str(data), "--as-of", as_of, "--runs", str(runs), "--log-format", "json", *more]
    return subprocess.Popen([*RENMAI, *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def finish(data: Path, runs: Path, as_of: str, *more: str) -> str:
    process = start(data, runs, as_of, *more)
    _, told = process.communicate()
    assert process.returncode == 0, told
    return told


def result(runs: Path) -> tuple[str, list[bytes]]:
    run = open_run(runs)
    run.check()
    return run.id, [(run.path / f"{name}.parquet").read_bytes() for name in RESULTS]


@dataclass(frozen=True)
class Expected:
    """A folder in which the old run is current, both results, and how long the new one took."""

    before: Path
    old: tuple[str, list[bytes]]
    new: tuple[str, list[bytes]]
    seconds: float


@pytest.fixture(scope="module")
def expected(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Expected:
    before = tmp_path_factory.mktemp("before") / "runs"
    finish(data, before, OLD)
    runs = tmp_path_factory.mktemp("after") / "runs"
    shutil.copytree(before, runs)
    began = time.monotonic()
    finish(data, runs, NEW)
    return Expected(before, result(before), result(runs), time.monotonic() - began)


@pytest.fixture
def runs(expected: Expected, tmp_path: Path) -> Path:
    """Give a folder of its own in which the old run is current."""
    shutil.copytree(expected.before, tmp_path / "runs")
    return tmp_path / "runs"


def test_killed_at_any_time_the_command_leaves_a_whole_run(data: Path, runs: Path, expected: Expected) -> None:
    """SIGKILL at five seeded times of one history: the old run or the new one; in the end the same bytes."""
    dice = random.Random(25)
    for number in range(5):
        process = start(data, runs, NEW, *(["--resume"] if number % 2 else []))
        time.sleep(dice.uniform(0.5, 1.05) * expected.seconds)
        process.kill()
        process.communicate()
        assert result(runs) in (expected.old, expected.new)
        assert verify(runs).problems == ()
    finish(data, runs, NEW, "--resume")
    assert result(runs) == expected.new
    found = verify(runs)
    assert (found.problems, found.notes) == ((), ())
    assert {path.name for path in runs.iterdir()} == {".lock", "LOG", "CURRENT", *run_ids(runs)}


def stages_of(process: subprocess.Popen[str]) -> Iterator[str]:
    """Name each stage as the command tells that it begins."""
    assert process.stderr is not None
    for line in process.stderr:
        event = json.loads(line) if line.startswith("{") else {}
        if event.get("event") == "stage_started":
            yield event["stage"]


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("read", signal.SIGTERM),
        ("tie", signal.SIGINT),
        ("propagate", signal.SIGTERM),
        ("score", signal.SIGINT),
        ("gate", signal.SIGTERM),
        ("write", signal.SIGTERM),
        ("write", signal.SIGINT),
        ("make current", signal.SIGTERM),
    ],
)
def test_a_signal_ends_the_command_cleanly(
    data: Path, runs: Path, expected: Expected, stage: str, number: signal.Signals
) -> None:
    """SIGTERM or Ctrl-C as a stage begins: 130 within five seconds, the lock free, no temporary folder, a whole run."""
    process = start(data, runs, NEW)
    for told in stages_of(process):
        if told == stage:
            process.send_signal(number)
            break
    began = time.monotonic()
    process.communicate()
    assert time.monotonic() - began < 5
    assert process.returncode in ((130,) if stage not in ("write", "make current") else (0, 130))
    left = {path.name[:7] for path in runs.iterdir() if path.name.startswith((".tmp", ".trash"))}
    assert left == set()
    assert result(runs) in (expected.old, expected.new)
    assert verify(runs).problems == ()


STUCK = """
import time
from scoring.cli import signals
signals.GRACE = 0.5
signals.listen()
for number in range(99):
    try:
        print(number, flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        pass  # like compiled code, which hears nothing
"""


def test_a_command_stuck_in_compiled_code_is_left_within_the_grace_time() -> None:
    """Where the interrupt is not heard, the process ends by itself with 130."""
    process = subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    began = time.monotonic()
    _, told = process.communicate()
    assert (process.returncode, "interrupted" in told) == (130, True)
    assert 0.4 < time.monotonic() - began < 5


def test_a_signal_after_the_end_does_not_change_the_exit_code() -> None:
    """What is done stays done: a late SIGTERM or Ctrl-C finds nobody to interrupt."""
    for number in (signal.SIGTERM, signal.SIGINT):
        code = (
            "import atexit, os; from scoring.cli import main;"
            f" atexit.register(lambda: os.kill(os.getpid(), {int(number)})); main()"
        )
        done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_two_commands_at_once_publish_one_run(data: Path, tmp_path: Path) -> None:
    """Of two starts at the same moment one ends with 0 and one with 5, and there is one run."""
    runs = tmp_path / "runs"
    processes = [start(data, runs, as_of) for as_of in (OLD, NEW)]
    told = [process.communicate()[1] for process in processes]
    codes = sorted(process.returncode for process in processes)
    if codes == [0, 0]:  # the machine was so slow that one had ended before the other asked for the lock
        pytest.fail(f"the starts did not meet: {told}")
    assert codes == [0, 5]
    assert "is locked by another run (process" in "".join(told)
    assert len(run_ids(runs)) == 1


def test_a_command_without_memory_leaves_the_old_run(data: Path, runs: Path, expected: Expected) -> None:
    """The gate needs more than it may have: 6 with a sentence, the old run whole."""
    process = start(data, runs, NEW, "--memory", "1MB")
    _, told = process.communicate()
    assert (process.returncode, "memory" in told) == (6, True)
    assert result(runs) == expected.old


@pytest.mark.parametrize("limit", [700_000_000, 1_300_000_000])
def test_a_tight_limit_of_address_space_is_told(data: Path, runs: Path, expected: Expected, limit: int) -> None:
    """Under ``ulimit -v`` libraries may crash; the command ends with 6 and a sentence before they can."""
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n"
        "from scoring.cli import main; main()"
    )
    arguments = ["run", str(data), "--as-of", NEW, "--runs", str(runs)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert f"not enough memory: the address space is limited to {limit:,} bytes" in done.stderr
    assert result(runs) == expected.old


FULL = """
import errno, os, sys
real = os.write
room = int(sys.argv[1])
def write(fd, data):
    global room
    if fd > 2:
        room -= len(data)
        if room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return real(fd, data)
os.write = write
from scoring.cli import execute
sys.exit(execute(sys.argv[2:]))
"""


@pytest.mark.parametrize("room", [1_000, 60_000])
def test_a_full_disk_ends_with_6_and_keeps_the_old_run(data: Path, runs: Path, expected: Expected, room: int) -> None:
    """No room for the stages or for the tables: 6, path and cause told, the old run whole."""
    arguments = ["run", str(data), "--as-of", NEW, "--runs", str(runs)]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(room), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 6
    assert f"{runs}" in done.stderr
    assert "No space left on device" in done.stderr
    assert result(runs) == expected.old
