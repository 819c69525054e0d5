"""Does anything of the machine get into a result? Hash seed, threads, time zone and language of the process."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.runs import open_run
from scoring.runs.columns import RESULTS
from tests.portfolios import random_portfolio

RENMAI = [sys.executable, "-c", "from scoring.cli import main; main()"]
ZONES = ("UTC", "Asia/Shanghai", "America/New_York")
MATRIX = [
    (str(number % 5), threads, zone, language)
    for number, (threads, zone, language) in enumerate(itertools.product("12", ZONES, ("C", "tr_TR.UTF-8")))
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import pandas as pd

    place = tmp_path_factory.mktemp("matrix")
    for name, rows in random_portfolio(11, holders=40, relations=1500).items():
        pd.DataFrame(rows, dtype=str).to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
    return place


def run_once(data: Path, runs: Path, seed: str, threads: str, zone: str, language: str) -> dict[str, str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LANG": language, "LC_ALL": language}
    arguments = ["run", str(data), "--as-of", "2026-01-01T00:00:00+00:00", "--runs", str(runs), "--threads", threads]
    subprocess.run([*RENMAI, *arguments], env=environment, check=True, capture_output=True)
    run = open_run(runs)
    hashes = {name: hashlib.sha256((run.path / f"{name}.parquet").read_bytes()).hexdigest() for name in RESULTS}
    return {"run_id": run.id, **hashes}


def test_twelve_machines_give_one_run(data: Path, tmp_path: Path) -> None:
    """Five hash seeds, one and two threads, three time zones, two languages: one run id and one hash per table."""
    assert len(MATRIX) == 12
    found = [run_once(data, tmp_path / str(number), *machine) for number, machine in enumerate(MATRIX)]
    assert [machine for machine, result in zip(MATRIX, found, strict=True) if result != found[0]] == []
    assert set(found[0]) == {"run_id", *RESULTS}
