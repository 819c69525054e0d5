"""Do threads, pieces and layout leave the outcome as it is?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from gate_data import data
from hypothesis import given, settings
from hypothesis import strategies as st
from test_gate_lanes import both, same
from test_gate_laws import IDS, RATES, log_of

from loaders import LoadSettings, fingerprint, load
from loaders.gate import ordering
from loaders.gate.candidates import repeated
from loaders.gate.crew import StreamError, worked
from loaders.town import town


@pytest.mark.parametrize("seed", range(6))
def test_both_lanes_judge_reversals_alike(tmp_path: Path, seed: int) -> None:
    """Reversals that plainly fit are spared the judge, and those that meet others are not: both lanes agree."""
    folder = data(tmp_path / "log", log_of(seed, 60), IDS, rates=RATES)
    same(*both(folder, LoadSettings()))


@given(keys=st.lists(st.integers(0, 40), max_size=60), cut=st.integers(0, 60))
def test_repeated_keys(keys: list[int], cut: int) -> None:
    """Keys that come twice are those that counting finds, wherever they lie."""
    parts = [np.array(keys[:cut], np.uint64), np.array(keys[cut:], np.uint64)]
    assert repeated(parts, 2).tolist() == sorted({key for key in keys if keys.count(key) > 1})


@settings(max_examples=40, derandomize=True)
@given(times=st.lists(st.integers(0, 9), min_size=1, max_size=60), seed=st.integers(0, 999), threads=st.integers(1, 2))
def test_relations_in_order_of_time(times: list[int], seed: int, threads: int) -> None:
    """Pieces in order, cut and shuffled anyhow, become one log by (at, relation_id)."""
    draw = random.Random(seed)
    rows = [(at, f"r{number}") for number, at in enumerate(times)]
    pieces: list[list[tuple[int, str]]] = [[] for _ in range(draw.randint(1, 4))]
    for row in rows:
        draw.choice(pieces).append(row)
    batches = [
        pa.RecordBatch.from_arrays(
            [
                pa.array([at for at, _ in piece], pa.timestamp("us", "UTC")),
                pa.array([one for _, one in piece], pa.string()),
            ],
            ["at", "relation_id"],
        )
        for piece in map(sorted, pieces)
    ]
    found = pa.Table.from_batches(ordering.in_time(batches, threads))
    actual = list(zip(found["at"].cast(pa.int64()).to_pylist(), found["relation_id"].to_pylist(), strict=True))
    assert actual == sorted(rows)


def test_slices_of_time_are_merged_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that needs many slices is as one that needs none."""
    monkeypatch.setattr(ordering, "SLICE_ROWS", 50)
    monkeypatch.setattr(ordering, "_SAMPLE", 3)
    test_relations_in_order_of_time()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_lie_at_their_places(threads: int) -> None:
    """Any number of threads gives the results of one, stream by stream."""
    streams = [lambda number=number: iter(range(number % 4)) for number in range(30)]
    found = worked(streams, lambda number, item: (number, item), threads)
    assert found == [[(number, item) for item in range(number % 4)] for number in range(30)]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_first_stream_that_breaks_is_told(threads: int) -> None:
    """Of several broken streams the first one is told, though a later one breaks sooner."""

    def stream(number: int) -> Iterator[int]:
        yield from range(20 if number == 1 else 2)
        if number in (1, 2, 3):
            raise ValueError(str(number))

    streams = [lambda number=number: stream(number) for number in range(6)]
    with pytest.raises(StreamError) as caught:
        worked(streams, lambda _, item: item, threads)
    assert (caught.value.number, str(caught.value.__cause__)) == (1, "1")


def test_fingerprint_does_not_see_the_layout() -> None:
    """Other chunks, and text in place of codes, are the same content."""
    tables = load(**town())
    rows = tables.relations
    cut = pa.concat_tables([rows.slice(0, 7), rows.slice(7, 0), rows.slice(7)])
    text = pa.table(
        [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in rows.columns],
        names=rows.column_names,
    )
    assert {fingerprint(replace(tables, relations=one)) for one in (cut, text)} == {fingerprint(tables)}


@settings(max_examples=40, derandomize=True)
@given(seed=st.integers(0, 9999), wide=st.booleans())
def test_other_tables_in_order_of_their_columns(seed: int, wide: bool) -> None:
    """Sorting by one word, or by columns where they do not fit one, is what sorting row by row gives."""
    draw = random.Random(seed)
    unit = 1 if wide else 1_000_000
    far = 2**62 if wide else 40
    rows = [
        (draw.randrange(2**31 - 1 if wide else 5), draw.choice([None, draw.randrange(far // unit + 3) * unit]))
        for _ in range(draw.randint(0, 40))
    ]
    columns = [
        pa.array([code for code, _ in rows], pa.int32()),
        pa.array([at for _, at in rows], pa.timestamp("us", "UTC")),
    ]
    table = pa.table(columns, names=["account_code", "known_at"])
    order = ordering.order_of("profiles", table, 2)
    actual = rows if order is None else [rows[row] for row in order]
    assert actual == sorted(rows, key=lambda row: (row[0], row[1] is not None, row[1] or 0))
