"""Is the simulated portfolio exact in number, the same to the byte and accepted whole?"""

from __future__ import annotations

from pathlib import Path

import pytest

import loaders
from loaders.simulate import simulate
from tests.loaders.simulated import SMALL, Town, digests


def test_the_same_arguments_give_the_same_bytes(town: Town, tmp_path: Path) -> None:
    """Simulating twice writes the same files to the byte, truth included."""
    simulate(tmp_path, **SMALL)
    assert digests(tmp_path) == digests(town.folder)


def test_parquet_has_the_same_bytes_again(parquet: Path, tmp_path: Path) -> None:
    """Parquet files are equal to the byte as well."""
    simulate(tmp_path, **SMALL, format="parquet")
    assert digests(tmp_path) == digests(parquet)


def test_another_seed_gives_another_log(town: Town, tmp_path: Path) -> None:
    """The seed decides: with another one the log differs."""
    simulate(tmp_path, **SMALL, seed=8)
    assert digests(tmp_path)["relations.csv"] != digests(town.folder)["relations.csv"]


def test_there_are_exactly_as_many_rows_as_asked_for(town: Town) -> None:
    """Accounts and relations are exactly those asked for, each with an id of its own."""
    expected = (SMALL["accounts"], SMALL["relations"])
    assert (len(town.owner), len({row["relation_id"] for row in town.relations})) == expected
    assert len(town.relations) == SMALL["relations"]


@pytest.mark.parametrize(
    ("accounts", "relations", "months"), [(100, 3_000, 6), (300, 7_777, 120), (1_000, 4_001, 24), (450, 30_000, 12)]
)
def test_the_number_of_relations_is_exact_for_every_shape(
    accounts: int, relations: int, months: int, tmp_path: Path
) -> None:
    """Few or many relations per account, short or long logs: the number is exact and nothing is refused."""
    simulate(tmp_path, accounts=accounts, relations=relations, months=months)
    tables = loaders.read(tmp_path)
    assert tables.counts["relations"].accepted == relations
    assert tables.rejects.num_rows == 0


def test_the_gate_accepts_every_record(town: Town) -> None:
    """All six tables pass the contract without one reject."""
    tables = loaders.read(town.folder)
    assert tables.reasons().to_pylist() == []
    assert all(counts.accepted == counts.records > 0 for counts in tables.counts.values())


def test_csv_and_parquet_hold_the_same_content(town: Town, parquet: Path) -> None:
    """Decimal text and integer minor units are the same portfolio once read."""
    assert loaders.fingerprint(loaders.read(parquet)) == loaders.fingerprint(loaders.read(town.folder))


def test_a_large_log_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log too large for one file becomes a folder of parts whose rows are those of the one file."""
    simulate(tmp_path / "one", **SMALL, format="parquet")
    monkeypatch.setattr("loaders.simulate.portfolio.ONE_FILE_RELATIONS", 10_000)
    simulate(tmp_path / "parts", **SMALL, format="parquet")
    assert len(list((tmp_path / "parts" / "relations").iterdir())) == 24
    one, parts = (loaders.fingerprint(loaders.read(tmp_path / name)) for name in ("one", "parts"))
    assert parts == one


def test_months_in_several_parts_keep_the_number_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month made in parts, as for 100 million relations, has the same number of relations and no reject."""
    monkeypatch.setattr("loaders.simulate.plan.ROWS_PER_PART", 400)
    truth = simulate(tmp_path, **SMALL)
    assert sum(truth["totals"]["relations"].values()) == SMALL["relations"]
    assert loaders.read(tmp_path).rejects.num_rows == 0


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    """Progress is told month by month and ends at the relations asked for."""
    told: list[tuple[int, int]] = []
    simulate(tmp_path, accounts=300, relations=5_000, progress=lambda done, total: told.append((done, total)))
    assert len(told) == 24
    assert told[-1] == (5_000, 5_000)
