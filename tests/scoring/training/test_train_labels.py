"""Which outcomes are labels, how far does a horizon reach, and what happens to rows of a file that do not fit?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from loaders.errors import ContractError, GateError, UsageError
from loaders.settings import LoadSettings
from scoring.training.labels import Horizon, bad_within, read_outcomes

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNTS = pa.table({"account_id": ["a1", "a2", "b1"], "holder_id": ["a", "a", "b"]})


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("12m", "2026-01-01", "2027-01-01"),
        ("1m", "2026-01-31", "2026-02-28"),
        ("1m", "2024-01-31", "2024-02-29"),
        ("90d", "2026-01-01", "2026-04-01"),
        ("25m", "2025-12-15", "2028-01-15"),
    ],
)
def test_months_are_calendar_months_and_days_are_days(text: str, start: str, end: str) -> None:
    """A month ends on the same day of the next one, or on its last day where it is shorter."""
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert Horizon.parse(text).after(moment).date().isoformat() == end


@pytest.mark.parametrize("text", ["", "12", "m", "0m", "-3m", "1.5m", "12y", "99999d", "12m 3d"])
def test_anything_else_is_no_horizon(text: str) -> None:
    """The sentence says what a horizon looks like."""
    with pytest.raises(UsageError, match="such as 12m or 90d"):
        Horizon.parse(text)


def test_a_horizon_that_leaves_the_calendar_is_told() -> None:
    """No error of the library comes through."""
    with pytest.raises(UsageError, match="leaves the calendar"):
        Horizon.parse("9999m").shifted(AS_OF, 99)


@pytest.mark.parametrize(
    ("kind", "after", "bad"),
    [
        ("default", timedelta(microseconds=1), True),
        ("court", timedelta(days=365), True),
        ("default", timedelta(0), False),
        ("default", timedelta(days=365, microseconds=1), False),
        ("overdue", timedelta(days=3), False),
        ("blocked", timedelta(days=3), False),
        ("default", timedelta(days=-3), False),
    ],
)
def test_bad_is_a_default_or_a_court_order_after_as_of_up_to_the_end(kind: str, after: timedelta, bad: bool) -> None:
    """The interval is open at as_of and closed at its end."""
    table = pa.table({"holder_id": ["a"], "kind": [kind], "at": pa.array([AS_OF + after], pa.timestamp("us", "UTC"))})
    assert bad_within(table, pa.array(["a", "b"]), AS_OF, Horizon.parse("12m")).tolist() == [bad, False]
    frame = table.to_pandas()
    assert bad_within(frame, pa.array(["a", "b"]), AS_OF, Horizon.parse("12m")).tolist() == [bad, False]


def rows(**columns: list[str]) -> pd.DataFrame:
    base = {"account_id": ["a2", "b1", "zz"], "kind": "default", "severity": "1", "at": "2026-02-01T00:00:00Z"}
    return pd.DataFrame({**base, **columns})


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_gives_what_its_rows_give_as_a_frame(ending: str, tmp_path: Path) -> None:
    """CSV and Parquet pass the same gate; accounts become holders, strangers are counted."""
    path = tmp_path / f"late.{ending}"
    rows().to_csv(path, index=False) if ending == "csv" else rows().to_parquet(path)
    found, expected = read_outcomes(path, ACCOUNTS), read_outcomes(rows(), ACCOUNTS)
    assert found.table.equals(expected.table)
    assert (found.table["holder_id"].to_pylist(), found.not_scored, found.rejected) == (["a", "b"], 1, 0)


def test_columns_of_ones_own_are_read_by_the_mapping() -> None:
    """The configuration's names count here too."""
    frame = rows().rename(columns={"account_id": "konto"})
    settings = LoadSettings(columns={"outcomes": {"konto": "account_id"}})
    assert read_outcomes(frame, ACCOUNTS, settings).table.num_rows == 2


def test_rows_that_break_the_contract_stop_the_reading() -> None:
    """A severity that is no number is no stranger's row: over the limit nothing is used."""
    with pytest.raises(GateError, match="outcomes"):
        read_outcomes(rows(severity=["1", "often", "1"]), ACCOUNTS)


@pytest.mark.parametrize(("name", "content"), [("late.txt", "x"), ("none.csv", None)])
def test_a_file_that_is_none_of_outcomes_is_told(name: str, content: str | None, tmp_path: Path) -> None:
    """Missing files and other endings end in a sentence."""
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UsageError, match="outcomes"):
        read_outcomes(tmp_path / name, ACCOUNTS)


def test_a_file_with_other_columns_breaks_the_contract(tmp_path: Path) -> None:
    """The header is checked like that of any table."""
    (tmp_path / "late.csv").write_text("account_id,when\na1,2026-02-01\n")
    with pytest.raises(ContractError):
        read_outcomes(tmp_path / "late.csv", ACCOUNTS)
