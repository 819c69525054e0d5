"""Is what a run will take told beforehand, and is it held to what it may take?"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path

import numba
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.errors import UnavailableError, UsageError
from scoring.batch import progress
from scoring.batch.calibration import slowness
from scoring.batch.compilation import compiling_told
from scoring.batch.forecast import forecast
from scoring.batch.machine import bytes_of, limited
from scoring.batch.progress import Lines
from scoring.cli import execute
from scoring.runs import run_ids

ROWS = 40_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder whose relations have lines of uneven length."""
    (tmp_path / "accounts.csv").write_text("account_id,kind\na,person\nb,person\n")
    lines = (f"r{row},transfer,a,b,{row % 997}.00,CNY,2025-01-01T00:00:00Z\n" for row in range(ROWS))
    (tmp_path / "relations.csv").write_text("relation_id,kind,from_id,to_id,amount,currency,at\n" + "".join(lines))
    return tmp_path


def test_records_of_a_csv_file_are_judged_by_its_first_lines(folder: Path) -> None:
    """Small files are counted, long ones are within 2 %; nothing else is read."""
    told = forecast(folder, threads=2)
    assert told.rows["accounts"] == 2
    assert told.rows["relations"] == pytest.approx(ROWS, rel=0.02)
    assert told.input_bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_records_of_a_packed_file_are_those_its_sidecar_states(folder: Path) -> None:
    """What a compressed file unpacks to is not guessed: it comes with a sidecar, or is refused."""
    packed = gzip.compress((folder / "relations.csv").read_bytes())
    (folder / "relations.csv").unlink()
    (folder / "relations.csv.gz").write_bytes(packed)
    said = {"rows": ROWS, "sha256": hashlib.sha256(packed).hexdigest()}
    (folder / "relations.csv.gz.meta.json").write_text(json.dumps(said))
    assert forecast(folder, threads=2).rows["relations"] == ROWS


def test_records_of_parquet_are_those_of_its_footer(folder: Path) -> None:
    """Exact, and cheaper to read than the same rows as CSV."""
    as_text = forecast(folder, threads=2)
    (folder / "relations.csv").unlink()
    pq.write_table(pa.table({"relation_id": [str(row) for row in range(ROWS)]}), folder / "relations.parquet")
    told = forecast(folder, threads=2)
    assert told.rows["relations"] == ROWS
    assert told.seconds / told.slowness < as_text.seconds / as_text.slowness


def test_more_rows_need_more_of_everything(folder: Path) -> None:
    """Time, memory and disk grow with the rows; one thread takes longer than two."""
    less = forecast(folder, threads=2)
    text = (folder / "relations.csv").read_text()
    (folder / "relations.csv").write_text(text + text.split("\n", 1)[1] * 9)
    more = forecast(folder, threads=2)
    assert (more.memory_bytes, more.disk_bytes) > (less.memory_bytes, less.disk_bytes)
    assert more.seconds / more.slowness > less.seconds / less.slowness
    alone = forecast(folder, threads=1)
    assert alone.seconds / alone.slowness > more.seconds / more.slowness


def test_an_estimate_reads_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture) -> None:
    """--estimate tells rows, memory, disk and time even of a table that breaks the contract, and leaves no folder."""
    (folder / "relations.csv").write_text("nonsense\n1\n")
    asked = ["run", str(folder), "--as-of", "2026-01-01T00:00:00Z", "--runs", str(folder / "runs"), "--estimate"]
    assert execute([*asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"rows", "memory_bytes", "disk_bytes", "seconds", "threads", "slowness"} <= {*told}
    assert execute(asked) == 0
    assert "of memory" in capsys.readouterr().out
    assert not (folder / "runs").exists()


def test_a_run_that_needs_more_memory_than_it_may_have_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Exit 6, a sentence with the limit and what to do, the last run stands, and the limit is gone afterwards."""
    data, runs = tmp_path / "data", tmp_path / "runs"
    assert execute(["simulate", str(data), "--accounts", "200"]) == 0
    asked = ["run", str(data), "--as-of", "2026-01-01T00:00:00Z", "--runs", str(runs)]
    assert execute(asked) == 0
    before = run_ids(runs)
    (data / "relations.csv").write_text((data / "relations.csv").read_text().rsplit("\n", 2)[0] + "\n")
    capsys.readouterr()
    assert execute([*asked, "--memory", "1MB"]) == 6
    told = capsys.readouterr().err
    assert "the 1MB it may have (--memory); Python and its libraries alone hold" in told
    assert "the last run stands" in told
    assert run_ids(runs) == before
    assert execute(asked) == 0


def test_a_limit_of_memory_is_a_number_with_a_unit() -> None:
    """Decimal and binary units, and a sentence for anything else."""
    assert [bytes_of(text) for text in ("2GB", "1.5 GiB", "10 mb", "7B")] == [2_000_000_000, 1_610_612_736, 10**7, 7]
    with pytest.raises(UsageError, match="such as 2GB; got 'much'"):
        bytes_of("much")


def test_other_failures_pass_a_limit_unchanged() -> None:
    """Only lack of memory becomes the sentence about it; the sentence names the limit."""
    with pytest.raises(RuntimeError, match="something else"), limited("64GB"):
        raise RuntimeError("something else")
    with pytest.raises(UnavailableError, match="64GB"), limited("64GB"):
        raise MemoryError


def test_slowness_is_the_time_of_a_fixed_piece_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that runs twice as fast makes the machine seem twice as slow."""
    ticks = iter(range(1000))
    monkeypatch.setattr("scoring.batch.calibration.time.monotonic", lambda: float(next(ticks)))
    once = slowness(rounds=3)
    monkeypatch.setattr("scoring.batch.calibration.time.monotonic", lambda: 2.0 * next(ticks))
    assert slowness(rounds=3) == pytest.approx(2 * once)


def test_lines_tell_how_much_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the pace so far; now and then within a stage, and never before there is something to go by."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "SHARES", {"read": 0.5, "tie": 0.5})
    stream = io.StringIO()
    lines = Lines(stream)
    lines.stage("read", 0, 2)
    now[0] = 1.0
    lines.within(0.1)
    now[0] = 50.0
    lines.within(0.5)
    now[0] = 100.0
    lines.stage("tie", 1, 2)
    assert stream.getvalue().splitlines() == [
        "[1/2] read",
        "      read: 50%, about 2 min 30 s left",
        "[2/2] tie, about 1 min 40 s left",
    ]


def test_compiling_is_told_once_it_happened() -> None:
    """A kernel that is compiled is counted with its seconds; one that is compiled already is not told."""
    kernel = numba.njit(lambda value: value + 1)
    told: list[str] = []
    with compiling_told(told.append):
        kernel(1)
    assert len(told) == 1
    assert told[0].startswith("1 kernels were compiled in ")
    with compiling_told(told.append):
        kernel(2)
    assert len(told) == 1
