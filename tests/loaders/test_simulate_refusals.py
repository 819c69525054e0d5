"""What does the simulation refuse, and what does it leave as it was?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loaders.errors import UnavailableError, UsageError
from loaders.simulate import simulate
from tests.loaders.simulated import SMALL, digests


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"accounts": 99}, "accounts must be in 100..50000000; got 99"),
        ({"relations": 2_999}, "relations must be in 3000..2000000000; got 2999"),
        ({"months": 5}, "months must be in 6..120; got 5"),
        ({"seed": -1}, "seed must be in"),
        ({"format": "xlsx"}, "format must be one of csv, parquet; got 'xlsx'"),
        ({"as_of": datetime(2026, 1, 1)}, "as_of must have an offset"),  # noqa: DTZ001 (the fault under test)
        ({"as_of": datetime(1999, 1, 1, tzinfo=UTC)}, "the year of as_of must be in 2005..2098; got 1999"),
    ],
)
def test_wrong_arguments_are_told(wrong: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    """An argument out of range is refused with its name, its range and what was given."""
    with pytest.raises(UsageError, match=sentence):
        simulate(tmp_path, **wrong)


def test_tables_of_someone_else_are_not_overwritten(tmp_path: Path) -> None:
    """A folder with tables that no simulation wrote is refused and stays as it is."""
    (tmp_path / "rates.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"holds rates.csv and no truth.json"):
        simulate(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["rates.csv"]


def test_a_new_simulation_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """Tables of another format are gone afterwards, other files stay."""
    simulate(tmp_path, accounts=300, relations=4_000)
    (tmp_path / "renmai.toml").write_text("")
    simulate(tmp_path, accounts=300, relations=4_000, format="parquet")
    names = {path.name for path in tmp_path.iterdir()}
    assert {path for path in names if path.endswith(".csv")} == set()
    assert {"renmai.toml", "truth.json", "accounts.parquet", "relations.parquet"} <= names


def test_an_interrupted_simulation_leaves_the_old_one(tmp_path: Path) -> None:
    """Stopped while it writes, a simulation changes no file and leaves none behind."""
    simulate(tmp_path, accounts=300, relations=4_000)
    expected = digests(tmp_path)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, accounts=400, relations=4_000, progress=stop)
    assert digests(tmp_path) == expected


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A place where no folder can be made is an error that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="can't be written"):
        simulate(tmp_path / "file" / "town", **SMALL)
