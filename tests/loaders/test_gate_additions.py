"""What becomes of records that come later?"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from gate_data import RELATIONS_HEADER, data, relation, relations
from pyarrow import csv, parquet

from loaders import read
from loaders.errors import UsageError
from loaders.gate.additions import pass_additions
from loaders.tables import plain

OLD = [relation("r1"), relation("r2", src="B1", dst="A1")]
NEW = [
    relation("r3", at="2025-01-06T00:00:00Z"),
    relation("r4", at="2025-01-07T00:00:00Z", src="B1", dst="A1", reverses="r1"),
    relation("r5", dst="Z9"),
]


def new_file(folder: Path, form: str) -> Path:
    path = folder / f"new.{form}"
    (folder / "new.csv").write_text(relations(NEW))
    if form == "parquet":
        kinds = csv.ConvertOptions(column_types=dict.fromkeys(RELATIONS_HEADER.split(","), pa.string()))
        parquet.write_table(csv.read_csv(folder / "new.csv", convert_options=kinds), path)
    return path


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_additions_behind_earlier_rows_are_one_load(tmp_path: Path, form: str) -> None:
    """Earlier rows and a file of new ones give the table that one load of all of them gives."""
    base, whole = read(data(tmp_path / "base", OLD)), read(data(tmp_path / "whole", [*OLD, *NEW]))
    added = pass_additions(
        {"relations": [new_file(tmp_path, form)]}, base.accounts, base.rates, earlier={"relations": base.relations}
    )
    assert added.relations is not None
    assert plain(added.relations).equals(plain(whole.relations))
    assert [(file.name, file.accepted, file.rejected) for file in added.files] == [
        ("earlier relations", 2, 0),
        (f"new.{form}", 2, 1),
    ]


def test_additions_share_the_accounts(tmp_path: Path) -> None:
    """The codes of new relations are rows of the accounts that were given."""
    base = read(data(tmp_path / "base", OLD))
    added = pass_additions({"relations": [new_file(tmp_path, "csv")]}, base.accounts, base.rates)
    assert added.relations is not None
    assert added.relations["from_id"].chunk(0).dictionary.equals(base.accounts["account_id"].combine_chunks())


def test_counts_of_additions_that_all_fall(tmp_path: Path) -> None:
    """A file of which nothing stands is counted, and gives an empty table."""
    base = read(data(tmp_path / "base", OLD))
    (tmp_path / "new.csv").write_text(relations([relation("r9", dst="Z9")]))
    added = pass_additions({"relations": [tmp_path / "new.csv"]}, base.accounts, base.rates)
    assert added.relations is not None
    assert (added.relations.num_rows, list(added.counts), added.counts["relations"].rejected) == (0, ["relations"], 1)
    assert added.rejects["reason"].to_pylist() == ["account_unknown"]


def test_accounts_take_no_additions(tmp_path: Path) -> None:
    """New accounts are a new load: the sentence says what may be added."""
    base = read(data(tmp_path / "base", OLD))
    with pytest.raises(UsageError, match="'accounts' takes no additions"):
        pass_additions({"accounts": [tmp_path / "accounts.csv"]}, base.accounts, base.rates)
