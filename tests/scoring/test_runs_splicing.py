"""Does a table that is put together from column chunks have the bytes of one that is written whole?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.runs import columns, disk, early, patching
from scoring.runs.columns import write_table
from scoring.runs.early import Early
from scoring.runs.footer import read_struct, write_struct
from scoring.runs.patching import Patch, Revised, changes
from scoring.runs.run import Run

ROWS = 40


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row groups of seven rows, so that a small table has many; the first of them decides on encodings."""
    monkeypatch.setattr(columns, "_LOOKED_AT", 7)
    for module in (columns, patching, early):
        monkeypatch.setattr(module, "ROW_GROUP", 7)


def table(seed: int, rows: int = ROWS, kinds: int = 3) -> pa.Table:
    """Text, repeating text, numbers that repeat and that do not, integers, flags and nothing."""
    dice = np.random.default_rng(seed)
    bands = dice.integers(0, kinds, rows)
    return pa.table(
        {
            "who": [f"h{number:04d}" for number in range(rows)],
            "band": [f"band {number}" for number in bands],
            "share": dice.random(rows),
            "few": dice.integers(0, 2, rows) / 4,
            "points": pa.array(dice.integers(0, 300, rows), pa.int32()),
            "thin": dice.random(rows) < 0.5,
            "blamed": pa.array([None if number else "somebody" for number in bands], pa.string()),
        }
    )


def kept(folder: Path, content: pa.Table) -> Run:
    """A run whose table ``some`` has this content."""
    folder.mkdir()
    digest, size = write_table(folder / "some.parquet", content)
    listed = {"name": "some.parquet", "sha256": digest, "bytes": size, "rows": content.num_rows}
    return Run(folder, {"run_id": "x", "outputs": [listed]})


@settings(max_examples=30)
@given(seed=st.integers(0, 999), names=st.sets(st.sampled_from(table(0).column_names), min_size=1), rows=st.data())
def test_a_patched_table_has_the_bytes_of_one_written_whole(
    tmp_path_factory: pytest.TempPathFactory, seed: int, names: set[str], rows: st.DataObject
) -> None:
    """Whichever rows of whichever columns are others, also where a column is encoded in another way because of them."""
    place, old, other = tmp_path_factory.mktemp("x"), table(seed), table(seed + 1, kinds=30)
    run = kept(place / "run", old)
    patches = []
    for name in sorted(names):
        chosen = np.array(sorted(rows.draw(st.sets(st.integers(0, ROWS - 1), min_size=1))))
        patches.append(Patch(chosen, {name: other[name].take(pa.array(chosen)).combine_chunks()}))
    wanted = old
    for patch in patches:
        wanted = patch.applied(wanted)
    made = Revised(run, "some", tuple(patches)).write(place / "some.parquet")
    assert made == write_table(place / "whole.parquet", wanted)
    assert (place / "some.parquet").read_bytes() == (place / "whole.parquet").read_bytes()
    assert pq.read_table(place / "some.parquet").equals(wanted)


def test_a_column_that_repeats_itself_no_more_is_encoded_anew(tmp_path: Path) -> None:
    """What the first rows decide for a whole column is decided again when they change."""
    old, rows = table(5), np.arange(ROWS)
    run = kept(tmp_path / "run", old)
    patch = Patch(rows, {"band": pa.array([f"band {number}" for number in rows])})
    made = Revised(run, "some", (patch,)).write(tmp_path / "some.parquet")
    assert made == write_table(tmp_path / "whole.parquet", patch.applied(old))


def test_a_table_in_which_nothing_changed_gets_a_second_name(tmp_path: Path) -> None:
    """Its bytes are compared on the way, and not written again."""
    run = kept(tmp_path / "run", table(6))
    made = Revised(run, "some").write(tmp_path / "some.parquet")
    assert made == (run.manifest["outputs"][0]["sha256"], run.manifest["outputs"][0]["bytes"])
    assert (tmp_path / "some.parquet").samefile(run.path / "some.parquet")


@pytest.mark.parametrize("rows", [0, 1, 7, 40])
def test_a_table_encoded_early_has_the_bytes_of_one_written_whole(tmp_path: Path, rows: int) -> None:
    """Text and numbers are encoded apart and put together."""
    content = table(7, rows)
    with ThreadPoolExecutor(2) as pool:
        made = Early(content, pool).write(tmp_path / "early.parquet")
    assert made == write_table(tmp_path / "whole.parquet", content)


def test_a_footer_is_written_as_it_was_read(tmp_path: Path) -> None:
    """Byte for byte, whatever is in it."""
    write_table(tmp_path / "some.parquet", table(8, 300))
    content = (tmp_path / "some.parquet").read_bytes()
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    assert write_struct(read_struct(footer)) == footer


def test_changes_name_only_rows_that_are_others() -> None:
    """A column in which nothing changed has no patch."""
    old = {"a": np.array([1.0, 2.0]), "b": np.array([1, 1])}
    found = changes(np.array([4, 9]), old, {"a": np.array([1.0, 3.0]), "b": np.array([1, 1])})
    assert [(patch.rows.tolist(), list(patch.columns)) for patch in found] == [([9], ["a"])]


def test_a_disk_without_second_names_gets_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be linked is copied."""
    run = kept(tmp_path / "run", table(9))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(1, "not permitted")

    monkeypatch.setattr(disk.os, "link", refuse)
    Revised(run, "some").write(tmp_path / "some.parquet")
    assert (tmp_path / "some.parquet").read_bytes() == (run.path / "some.parquet").read_bytes()
