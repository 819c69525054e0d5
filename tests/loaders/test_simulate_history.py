"""Do earlier rows of profiles tell of the same people, earlier?"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import loaders
from loaders.errors import UsageError
from loaders.simulate import simulate
from scoring.cli import app
from tests.loaders.simulated import AS_OF, SMALL, Row, Town, digests

QUARTERS = 6


class Past:
    """The same town with six quarters of profiles before the latest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        simulate(folder, **SMALL, profile_history=QUARTERS)
        self.by_holder: dict[str, list[Row]] = defaultdict(list)
        with (folder / "accounts.csv").open(encoding="utf-8", newline="") as file:
            accounts = list(csv.DictReader(file))
        self.opened = {row["account_id"]: date.fromisoformat(row["opened_on"]) for row in accounts}
        holder = {row["account_id"]: row["holder_id"] for row in accounts}
        with (folder / "profiles.csv").open(encoding="utf-8", newline="") as file:
            self.header, self.rows = file.readline(), []
            for row in csv.DictReader(file, fieldnames=self.header.strip().split(",")):
                self.rows.append(row)
                self.by_holder[holder[row["account_id"]]].append(row)
        for rows in self.by_holder.values():
            rows.sort(key=known, reverse=True)


def known(row: Row) -> datetime:
    return datetime.fromisoformat(row["known_at"])


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    return Past(tmp_path_factory.mktemp("past"))


def test_all_but_the_earlier_rows_is_as_without_them(past: Past, town: Town) -> None:
    """Every other table has the same bytes, and every latest profile is the row it was."""
    changed = {"profiles.csv", "truth.json"}
    before, after = digests(town.folder), digests(past.folder)
    assert {name for name in before if before[name] != after[name]} == changed
    latest = {tuple(rows[0].values()) for rows in past.by_holder.values()}
    assert latest == {tuple(row.values()) for row in town.rows("profiles")}


def test_earlier_rows_are_three_months_apart_and_follow_the_opening(past: Past) -> None:
    """Row k is known 3k calendar months before the latest, of 3k months less history, after the account was opened."""
    counts = set()
    for rows in past.by_holder.values():
        counts.add(len(rows))
        for quarter, row in enumerate(rows):
            month = AS_OF.month - 1 - 3 * quarter
            shifted = AS_OF.replace(year=AS_OF.year + month // 12, month=month % 12 + 1)
            assert known(rows[0]) - known(row) == AS_OF - shifted
            assert int(row["history_months"]) == int(rows[0]["history_months"]) - 3 * quarter >= 0
            assert known(row) >= datetime.combine(past.opened[row["account_id"]], datetime.min.time(), UTC)
    assert counts >= {1, 2, QUARTERS + 1}


def test_persons_with_a_long_history_have_every_row(past: Past) -> None:
    """Whoever has two years of history has all six earlier rows."""
    long = [rows for rows in past.by_holder.values() if int(rows[0]["history_months"]) >= 24]
    assert {len(rows) for rows in long} == {QUARTERS + 1}


def test_features_drift_and_are_less_alike_the_further_apart(past: Past) -> None:
    """A feature correlates much with its value a quarter later, less with that six quarters later, and still does."""
    long = [rows for rows in past.by_holder.values() if len(rows) == QUARTERS + 1]

    def alike(quarter: int) -> float:
        pairs = [(rows[0]["on_time_rate"], rows[quarter]["on_time_rate"]) for rows in long]
        filled = np.array([pair for pair in pairs if all(pair)], np.float64)
        logit = np.log(filled + 1e-3) - np.log(1.001 - filled)
        return float(np.corrcoef(logit.T)[0, 1])

    assert 0.35 < alike(QUARTERS) < alike(1) < 0.99


def test_an_earlier_moment_sees_its_own_row_through_the_gate(past: Past) -> None:
    """The gate takes every row, and a snapshot a year before sees the row then known, none of a later one."""
    tables = loaders.read(past.folder)
    assert len(tables.profiles) == len(past.rows)
    moment = AS_OF - timedelta(days=365)
    snapshot = loaders.at(tables, moment)
    months = dict(
        zip(snapshot.profiles["holder_id"].to_pylist(), snapshot.profiles["history_months"].to_pylist(), strict=True)
    )
    expected = {
        holder: int(next(row for row in rows if known(row) <= moment)["history_months"])
        for holder, rows in past.by_holder.items()
        if any(known(row) <= moment for row in rows)
    }
    assert {holder: int(months[holder]) for holder in expected} == expected


def test_the_command_takes_the_number_of_quarters(past: Past, tmp_path: Path) -> None:
    """`renmai simulate --profile-history 6` writes what the function writes; its help says what it is for."""
    sizes = ["--accounts", str(SMALL["accounts"]), "--relations", str(SMALL["relations"])]
    told = CliRunner().invoke(app, ["simulate", str(tmp_path), *sizes, "--profile-history", str(QUARTERS)])
    assert told.exit_code == 0
    assert digests(tmp_path) == digests(past.folder)
    assert "backtests" in CliRunner().invoke(app, ["simulate", "--help"], env={"COLUMNS": "200"}).output


@pytest.mark.parametrize("quarters", [-1, 41])
def test_a_number_out_of_range_is_told(quarters: int, tmp_path: Path) -> None:
    """Fewer than 0 or more than 40 quarters are refused."""
    with pytest.raises(UsageError, match=rf"profile_history must be in 0..40; got {quarters}"):
        simulate(tmp_path, **SMALL, profile_history=quarters)
