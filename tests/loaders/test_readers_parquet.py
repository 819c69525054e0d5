"""Is what the headers of a Parquet file's pages say about its size true, and is it read in parts as in one?"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from gate_data import RELATIONS_HEADER, data, relation
from pyarrow import parquet

from loaders import LoadSettings, read
from loaders.errors import ContractError
from loaders.readers import parquet_safety
from loaders.readers.page_headers import UnclearError
from loaders.readers.parquet_bounds import bound, longest_of
from loaders.readers.parquet_file import ParquetFile, read_parquet_file
from loaders.readers.source import Source

ROWS = 3_000


def mixed() -> pa.Table:
    """Columns of all kinds that a table of ours may have."""
    chance = random.Random(7)
    ids = [f"a{chance.randrange(10**6)}" for _ in range(ROWS)]
    return pa.table(
        {
            "ids": ids,
            "many": [chance.choice(["", "x", "y" * 100, None]) for _ in range(ROWS)],
            "large": pa.array(ids, pa.large_string()),
            "words": pa.array([chance.choice(["transfer", "loan"]) for _ in range(ROWS)]).dictionary_encode(),
            "whole": pa.array([chance.choice([None, 1, 2**40]) for _ in range(ROWS)]),
            "money": pa.array([Decimal(n) / 100 for n in range(ROWS)], pa.decimal128(20, 2)),
            "flag": [chance.choice([True, False, None]) for _ in range(ROWS)],
            "real": [chance.random() for _ in range(ROWS)],
            "at": pa.array([datetime(2025, 1, 5, tzinfo=UTC)] * ROWS, pa.timestamp("us", tz="UTC")),
        }
    )


def bounded(path: Path) -> int | None:
    with path.open("rb") as file:
        return bound(file, parquet_safety.OPTIONS)


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_no_file_unpacks_to_more_than_its_bound(
    tmp_path: Path, compression: str, version: str, dictionary: bool
) -> None:
    """The bound is never less than what is unpacked, and for an honest file not much more."""
    path = tmp_path / "mixed.parquet"
    options: dict[str, Any] = {"compression": compression, "data_page_version": version, "use_dictionary": dictionary}
    parquet.write_table(mixed(), path, row_group_size=700, data_page_size=4096, **options)
    unpacked = sum(column.nbytes for column in parquet.read_table(path).columns)
    found = bounded(path)
    assert found is not None
    assert unpacked <= found <= 8 * unpacked


def test_texts_of_a_dictionary() -> None:
    """The longest text is found whatever the others are; the empty one is no trouble, a text with zeros is not read."""

    def page(*texts: bytes) -> Any:
        return pa.py_buffer(b"".join(len(one).to_bytes(4, "little") + one for one in texts))

    def longest(*texts: bytes) -> int:
        import numpy as np

        return longest_of(np.frombuffer(page(*texts), np.uint8))

    for texts in ([b"a"], [b""], [b"", b"ab"], [b"ab", b""], [b"ab", b"", b"abc"], ["é".encode() * 127, b"x"]):
        assert longest(*texts) == max(map(len, texts))
    for texts in ([b"x" * 256], [b"a\0\0\0b"], [b"a", b"\0\0\0"], [b"\x01\0\0\0a\x01\0\0\0"]):
        with pytest.raises(UnclearError):
            longest(*texts)


DOUBTFUL: dict[str, Callable[[Path], object]] = {
    "prefixes shared": lambda path: parquet.write_table(
        pa.table({"a": ["x"]}), path, use_dictionary=False, column_encoding={"a": "DELTA_BYTE_ARRAY"}
    ),
    "nested": lambda path: parquet.write_table(pa.table({"a": [[1]]}), path),
    "long words": lambda path: parquet.write_table(pa.table({"a": ["x" * 300, "y"] * 5}), path),
    "cut": lambda path: path.write_bytes(b"PAR1"),
    "huge footer": lambda path: path.write_bytes(b"PAR1" + b"\0" * 100 + b"\xff\xff\xff\x7f" + b"PAR1"),
}


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_what_is_not_understood_has_no_bound(tmp_path: Path, kind: str) -> None:
    """A file that may hold more than its headers tell has no bound, so that it is unpacked by the child first."""
    path = tmp_path / "doubtful.parquet"
    DOUBTFUL[kind](path)
    assert bounded(path) is None


def test_lying_pages_have_no_bound_or_fail(tmp_path: Path) -> None:
    """Whatever byte of a file is changed, what can still be read of it is within its bound."""
    path = tmp_path / "changed.parquet"
    parquet.write_table(mixed().slice(0, 50), path, compression="snappy")
    whole = path.read_bytes()
    chance = random.Random(3)
    read_again = 0
    for _ in range(300):
        place = chance.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([chance.randrange(256)]) + whole[place + 1 :])
        found = bounded(path)
        if found is None:
            continue
        try:
            unpacked = sum(column.nbytes for column in parquet.read_table(path).columns)
        except (pa.ArrowException, OSError, ValueError):
            continue
        read_again += 1
        assert unpacked <= found
    assert read_again > 20


def test_an_honest_file_starts_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A usual file is judged by its headers alone."""
    monkeypatch.setattr("loaders.readers.parquet_safety._probe", lambda _: pytest.fail("a child was asked"))
    folder = folder_of(tmp_path, 10)
    assert read(folder).counts["relations"].accepted == 10


def folder_of(tmp_path: Path, rows: int, **columns: Any) -> Path:
    folder = data(tmp_path, [], ("A1", "B1"))
    (folder / "relations.csv").unlink()
    texts = zip(*(relation(f"r{n}").split(",") for n in range(1, rows + 1)), strict=True)
    found = dict(zip(RELATIONS_HEADER.split(","), map(list, texts), strict=True))
    parquet.write_table(pa.table({**found, **columns}), folder / "relations.parquet", row_group_size=3)
    return folder


def opened(folder: Path) -> ParquetFile:
    path = folder / "relations.parquet"
    return read_parquet_file(Source("relations", path.name, path, "parquet", None), 0, LoadSettings())


def test_parts_are_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of a file, read in any order, are its rows with their numbers; then it is known as a whole."""
    monkeypatch.setattr("loaders.readers.parquet_file.PART_ROWS", 5)
    file = opened(folder_of(tmp_path, 20))
    found = {part: list(file.batches(part)) for part in reversed(range(file.parts))}
    rows = [
        (line, one)
        for part in sorted(found)
        for batch in found[part]
        for line, one in zip(batch.line, batch.columns["relation_id"].to_pylist(), strict=True)
    ]
    assert (file.parts, rows) == (4, [(n, f"r{n}") for n in range(1, 21)])
    facts = file.facts()
    assert (facts.records, facts.bytes) == (20, (tmp_path / "relations.parquet").stat().st_size)


def test_rows_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused rows are told as JSON of their texts, found by their numbers."""
    monkeypatch.setattr("loaders.readers.parquet_file.PART_ROWS", 5)
    told = [json.loads(one) for one in opened(folder_of(tmp_path, 20)).originals([(2, None), (19, None)])]
    assert [one["relation_id"] for one in told] == ["r2", "r19"]
    assert told[0] == dict(zip(RELATIONS_HEADER.split(","), relation("r2").split(","), strict=True))


def test_a_long_value_is_refused(tmp_path: Path) -> None:
    """A value longer than a record may be is refused whole where it is read, if its page does not show it."""
    folder = folder_of(tmp_path, 9, reverses=["x" * 70_000, *"abcdefgh"])
    with pytest.raises(ContractError, match="too_large"):
        read(folder)
    table = parquet.read_table(folder / "relations.parquet")
    parquet.write_table(table, folder / "relations.parquet", use_dictionary=False)
    with pytest.raises(ContractError, match="column 'reverses' has a value of 70000 bytes; allowed are 65536"):
        read(folder)


def test_a_doubtful_file_is_read_in_small_batches(tmp_path: Path) -> None:
    """A file that only the child could judge is read in batches as small as the child's, with the same rows."""
    folder = folder_of(tmp_path, 5_000)
    path = folder / "relations.parquet"
    encodings = dict.fromkeys(RELATIONS_HEADER.split(","), "DELTA_BYTE_ARRAY")
    table = parquet.read_table(path)
    sizes = []
    for options in ({}, {"use_dictionary": False, "column_encoding": encodings}):
        parquet.write_table(table, path, **options)
        source = Source("relations", path.name, path, "parquet", None)
        (checked,) = parquet_safety.check_parquet_files([source], LoadSettings())
        batches = list(read_parquet_file(checked, 0, LoadSettings()).batches())
        sizes.append([len(batch) for batch in batches])
        assert [one for batch in batches for one in batch.columns["relation_id"].to_pylist()] == [
            f"r{n}" for n in range(1, 5_001)
        ]
    assert sizes == [[5_000], [4_096, 904]]
