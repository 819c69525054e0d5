"""Are a run's files the same bytes whoever writes them, and does every reader of Parquet take them?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.runs.columns import ROW_GROUP, SCHEMAS, write_table
from scoring.runs.draft import Draft
from scoring.runs.lock import Lock
from tests.scoring.small_runs import body, run_id


def rows(name: str, n: int = 3 * ROW_GROUP + 17) -> pa.Table:
    """Make a table of a run: ids that rise, some columns that repeat themselves and some that do not."""
    dice = np.random.default_rng(len(name))
    columns = {}
    for entry in SCHEMAS[name]:
        if pa.types.is_string(entry.type) and entry.name != "band":
            columns[entry.name] = pa.array([f"人{number:09}" for number in range(n)])
        elif entry.name == "band":
            columns[entry.name] = pa.array(["good", "poor", "excellent"]).take(pa.array(dice.integers(0, 3, n)))
        elif pa.types.is_floating(entry.type):
            few = entry.name in ("ability", "distress", "history_months")
            columns[entry.name] = pa.array(dice.integers(0, 50, n) / 50 if few else dice.random(n))
        elif pa.types.is_boolean(entry.type):
            columns[entry.name] = pa.array(dice.random(n) < 0.1)
        else:
            columns[entry.name] = pa.array(dice.integers(0, 10**6, n)).cast(entry.type)
    return pa.table(columns, SCHEMAS[name])


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return {name: rows(name) for name in ("scores", "standing", "ties", "contributions")}


def test_files_are_the_same_bytes_by_one_thread_or_two_and_in_any_pieces(
    tables: dict[str, pa.Table], tmp_path: Path
) -> None:
    """Threads, order of writing and chunks leave no trace."""
    found = set()
    for number, (threads, size) in enumerate([(1, 10**9), (2, 10**9), (2, 9_999)]):
        cut = {name: pa.Table.from_batches(table.to_batches(size)) for name, table in tables.items()}
        with Lock(tmp_path / str(number)) as lock, Draft(lock, run_id(number)) as draft:
            draft.add_all(dict(reversed(cut.items())) if number else cut, threads=threads)
            draft.seal(body())
            made = draft.publish()
            found.add(tuple((output["name"], output["sha256"]) for output in made.manifest["outputs"]))
            assert {name: made.table(name) for name in tables} == tables
    assert len(found) == 1


def test_other_readers_find_the_same_rows(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    """DuckDB and pandas read every encoding that is used."""
    for name, table in tables.items():
        path = tmp_path / f"{name}.parquet"
        write_table(path, table)
        with duckdb.connect() as database:
            database.execute("SET TimeZone = 'UTC'")
            found = database.sql("FROM read_parquet(?)", params=[str(path)]).to_arrow_table()
        assert found.cast(table.schema) == table
        pd.testing.assert_frame_equal(pd.read_parquet(path), table.to_pandas())


def test_rows_are_found_by_the_range_of_ids_of_each_group(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    """Each row group says its least and greatest id, so that one person's rows need not all be read."""
    path = tmp_path / "scores.parquet"
    write_table(path, tables["scores"])
    meta = pq.read_metadata(path)
    ids = tables["scores"]["account_id"]
    assert meta.num_row_groups == 4
    for group in range(4):
        seen = meta.row_group(group).column(0).statistics
        last = min(len(ids), (group + 1) * ROW_GROUP) - 1
        assert (seen.min, seen.max) == (ids[group * ROW_GROUP].as_py(), ids[last].as_py())


def test_only_columns_that_repeat_themselves_get_a_dictionary(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    """Bands and few-valued shares do, ids and measured numbers do not."""
    path = tmp_path / "scores.parquet"
    write_table(path, tables["scores"])
    group = pq.read_metadata(path).row_group(0)
    with_one = {
        column.path_in_schema for column in map(group.column, range(group.num_columns)) if column.has_dictionary_page
    }
    assert with_one == {"band", "ability", "history_months"}


@pytest.mark.parametrize("n", [0, 1, 40])
def test_small_tables_are_written_as_well(tmp_path: Path, n: int) -> None:
    """No row, one row and a few give files that are read back."""
    table = rows("scores", n)
    write_table(tmp_path / "scores.parquet", table)
    assert pq.read_table(tmp_path / "scores.parquet") == table
