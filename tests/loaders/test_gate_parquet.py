"""What happens to each bad input in Parquet? One test per row of the list of bad inputs, with its outcome and code."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from gate_data import RELATIONS_HEADER, data, kept, reasons, relation
from pyarrow import parquet

from loaders import LoadSettings, fingerprint, read
from loaders.errors import ContractError

NAMES = RELATIONS_HEADER.split(",")


def table(rows: int = 3, **columns: Any) -> pa.Table:
    """Good relations r1, r2, … as text, some columns replaced."""
    texts = zip(*(relation(f"r{n}").split(",") for n in range(1, rows + 1)), strict=True)
    found = {name: pa.array(values) for name, values in zip(NAMES, texts, strict=True)}
    return pa.table({**found, **columns})


def folder_of(tmp_path: Path, relations: pa.Table | bytes, ids: tuple[str, ...] = ("A1", "B1"), **options: Any) -> Path:
    folder = data(tmp_path, [], ids)
    (folder / "relations.csv").unlink()
    if isinstance(relations, bytes):
        (folder / "relations.parquet").write_bytes(relations)
    else:
        parquet.write_table(relations, folder / "relations.parquet", **options)
    return folder


def aborted(folder: Path, settings: LoadSettings | None = None) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read(folder, settings or LoadSettings())
    return caught.value


def test_same_content_as_csv(tmp_path: Path) -> None:
    """A Parquet file of text gives the same content as a CSV file."""
    lines = [relation(f"r{n}") for n in range(1, 4)]
    from_csv = read(data(tmp_path / "csv", lines, ("A1", "B1")))
    assert fingerprint(read(folder_of(tmp_path / "parquet", table()))) == fingerprint(from_csv)


def test_typed_columns(tmp_path: Path) -> None:
    """Decimals, zoned timestamps and dictionaries are read by their Arrow type; a decimal type's scale is no digit."""
    at = pa.array([datetime(2025, 1, 5, tzinfo=UTC)] * 3, pa.timestamp("ns", tz="Asia/Shanghai"))
    amount = pa.array([Decimal("1.00")] * 3, pa.decimal128(20, 4))
    kind = pa.array(["transfer"] * 3).dictionary_encode()
    found = read(folder_of(tmp_path, table(at=at, amount=amount, kind=kind)))
    expected = read(data(tmp_path / "csv", [relation(f"r{n}") for n in range(1, 4)], ("A1", "B1")))
    assert fingerprint(found) == fingerprint(expected)


def test_p1_float_ids(tmp_path: Path) -> None:
    """Ids as floats have been merged already: refused whole."""
    assert aborted(folder_of(tmp_path, table(from_id=pa.array([1.0, 2.0, 3.0])))).reason == "schema"


def test_p2_integer_ids(tmp_path: Path) -> None:
    """Integer ids need a setting; with it they are their decimal digits, and a null costs its record alone."""
    ids = pa.array([9007199254740993, None, 9007199254740993], pa.int64())
    folder = folder_of(tmp_path, table(from_id=ids), ("9007199254740993", "B1"))
    fault = aborted(folder)
    assert (fault.reason, "integer_ids = true" in fault.detail) == ("schema", True)
    found = read(folder, LoadSettings(integer_ids=True))
    assert (found.relations["from_id"].to_pylist(), reasons(found)) == (["9007199254740993"] * 2, ["null"])


@pytest.mark.parametrize("value", [1.0, float("nan"), float("inf")])
def test_p3_double_amounts(tmp_path: Path, value: float) -> None:
    """Money as a float is refused whole, whatever its values."""
    assert aborted(folder_of(tmp_path, table(amount=pa.array([value] * 3)))).reason == "schema"


@pytest.mark.parametrize("column", ["relation_id", "kind", "from_id", "amount", "currency", "at"])
def test_p4_null_in_required_column(tmp_path: Path, column: str) -> None:
    """A null where a value must be costs its record; the report tells the row as JSON."""
    values = table()[column].to_pylist()
    found = read(folder_of(tmp_path, table(**{column: pa.array([values[0], None, values[2]])})))
    assert (kept(found), reasons(found)) == (["r1", "r3"], ["null"])
    (row,) = found.rejects.to_pylist()
    assert (row["line"], row["byte_offset"], json.loads(row["original"])[column]) == (2, None, None)


def test_p4_null_time(tmp_path: Path) -> None:
    """A null among typed timestamps is a missing value like any other, not the year 1."""
    at = pa.array([datetime(2025, 1, 5, tzinfo=UTC), None, None], pa.timestamp("us", tz="UTC"))
    assert reasons(read(folder_of(tmp_path, table(at=at)))) == ["null", "null"]


def test_undated_profile(tmp_path: Path) -> None:
    """A typed known_at may be null: the row is undated."""
    folder = folder_of(tmp_path, table())
    known = pa.array([None, datetime(2025, 1, 5, tzinfo=UTC)], pa.timestamp("ms", tz="UTC"))
    parquet.write_table(pa.table({"account_id": ["A1", "B1"], "known_at": known}), folder / "profiles.parquet")
    assert read(folder).profiles["known_at"].to_pylist() == [None, datetime(2025, 1, 5, tzinfo=UTC)]


@pytest.mark.parametrize(
    "names",
    [NAMES[:-2], [*NAMES[:-1], "amount"], [*NAMES[:-1], "Amount"]],
    ids=["missing", "duplicate", "case twin"],
)
def test_p5_columns(tmp_path: Path, names: list[str]) -> None:
    """Missing, duplicate and case-twin columns are refused whole."""
    columns = table().columns[: len(names)]
    assert aborted(folder_of(tmp_path, pa.Table.from_arrays(columns, names))).reason == "schema"


def test_p6_naive_times(tmp_path: Path) -> None:
    """Timestamps without zone are refused whole."""
    at = pa.array([datetime(2025, 1, 5)] * 3, pa.timestamp("us"))  # noqa: DTZ001 (naive on purpose)
    assert aborted(folder_of(tmp_path, table(at=at))).reason == "ts_zone"


def test_p6_year_9999(tmp_path: Path) -> None:
    """A timestamp in the year 9999 costs its record."""
    at = pa.array(
        [datetime(2025, 1, 5, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", tz="UTC")
    )
    assert reasons(read(folder_of(tmp_path, table(at=at[:3])))) == ["ts_range"]


def test_p7_schema_drift(tmp_path: Path) -> None:
    """Parts of a table with other types are refused whole."""
    folder = folder_of(tmp_path, table())
    (folder / "relations.parquet").unlink()
    (folder / "relations").mkdir()
    parquet.write_table(table(relation_id=pa.array(["007", "8", "9"])), folder / "relations" / "a.parquet")
    parquet.write_table(table(relation_id=pa.array([7, 8, 9])), folder / "relations" / "b.parquet")
    assert aborted(folder).reason == "schema drift"


def test_p8_truncated_and_empty(tmp_path: Path) -> None:
    """A cut file and one of 0 bytes are refused as corrupt."""
    folder = folder_of(tmp_path, table())
    whole = (folder / "relations.parquet").read_bytes()
    for cut in (b"", whole[:4], whole[: len(whole) // 2], whole[:-1]):
        (folder / "relations.parquet").write_bytes(cut)
        assert aborted(folder).reason == "corrupt"


def test_p9_flipped_bit(tmp_path: Path) -> None:
    """A single flipped bit is found by the sidecar's hash."""
    folder = folder_of(tmp_path, table())
    path = folder / "relations.parquet"
    content = bytearray(path.read_bytes())
    said = {"rows": 3, "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "relations.parquet.meta.json").write_text(json.dumps(said))
    assert kept(read(folder)) == ["r1", "r2", "r3"]
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    assert aborted(folder).reason == "sha256"


def test_sidecar_of_other_rows(tmp_path: Path) -> None:
    """A Parquet file with another number of rows than its sidecar says is refused whole."""
    folder = folder_of(tmp_path, table())
    digest = hashlib.sha256((folder / "relations.parquet").read_bytes()).hexdigest()
    (folder / "relations.parquet.meta.json").write_text(json.dumps({"rows": 4, "sha256": digest}))
    assert aborted(folder).reason == "truncated"


def test_p9_flipped_bit_in_a_page(tmp_path: Path) -> None:
    """Without a sidecar the checksums of pages, where the writer put them, still find a flipped bit."""
    options = {"write_page_checksum": True, "compression": "none", "use_dictionary": False}
    folder = folder_of(tmp_path, table(), **options)
    path = folder / "relations.parquet"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\x08\x00\x00\x00transfer", b"\x08\x00\x00\x00transfes", 1))
    assert aborted(folder).reason == "corrupt"


def test_p10_leftover_files(tmp_path: Path) -> None:
    """Left-over temp files in a folder of parts are not opened, and listed as ignored."""
    folder = folder_of(tmp_path, table())
    (folder / "relations").mkdir()
    (folder / "relations.parquet").rename(folder / "relations" / "part-0.parquet")
    leftovers = [".part-1.parquet", "_SUCCESS", "part-1.parquet.tmp", "part-2.tmp.parquet", "part-3.parquet~"]
    for name in leftovers:
        (folder / "relations" / name).write_bytes(b"rubbish")
    found = read(folder)
    assert (kept(found), found.ignored) == (["r1", "r2", "r3"], tuple(sorted(f"relations/{n}" for n in leftovers)))


def _bombs() -> Iterator[tuple[str, pa.Table, dict[str, Any]]]:
    def same(rows: int, value: str) -> pa.Table:
        return table(1, relation_id=pa.array([value])).take(pa.array([0] * rows))

    yield "one value of 100 MB", same(1, "a" * 100_000_000), {"use_dictionary": False}
    yield "one value of 1 MB many times", same(300, "a" * 1_000_000), {}
    yield "many values of 60 KB", same(10_000, "a" * 60_000), {}
    ones = {
        name: pa.DictionaryArray.from_arrays(pa.array([0] * 4_000_000, pa.int8()), table(1)[name].combine_chunks())
        for name in NAMES
    }
    yield "four million equal rows", pa.table(ones), {}


@pytest.mark.parametrize(("table", "options"), [pytest.param(t, o, id=name) for name, t, o in _bombs()])
def test_p11_bombs(tmp_path: Path, table: pa.Table, options: dict[str, Any]) -> None:
    """A small file that unpacks to very much is refused in seconds by a child process with little memory."""
    folder = folder_of(tmp_path, table, compression="zstd", compression_level=19, **options)
    started = time.monotonic()
    assert aborted(folder).reason == "too_large"
    assert time.monotonic() - started < 10


def test_p12_gzip_bomb(tmp_path: Path) -> None:
    """A declared gzip file that unpacks to more than 100 times its size is refused."""
    folder = data(tmp_path, [])
    (folder / "relations.csv").unlink()
    packed = gzip.compress(RELATIONS_HEADER.encode() + b"\n" + b"\n" * 50_000_000)
    (folder / "relations.csv.gz").write_bytes(packed)
    said = {"rows": 0, "sha256": hashlib.sha256(packed).hexdigest()}
    (folder / "relations.csv.gz.meta.json").write_text(json.dumps(said))
    assert aborted(folder).reason == "too_large"


@pytest.mark.parametrize("extension", [b"arrow.py_extension_type", b"somebody.colour"])
def test_p13_extension_types(tmp_path: Path, extension: bytes) -> None:
    """A column of an unknown extension type is refused whole, and nothing in its metadata is run."""
    metadata = {b"ARROW:extension:name": extension, b"ARROW:extension:metadata": b"cos\nsystem\n(S'exit 1'\ntR."}
    found = table()
    schema = found.schema.set(1, pa.field("kind", pa.string(), metadata=metadata))
    assert aborted(folder_of(tmp_path, pa.Table.from_arrays(found.columns, schema=schema))).reason == "schema"


def test_schema_of_other_types(tmp_path: Path) -> None:
    """A type that cannot hold what a column says is refused with what is allowed."""
    fault = aborted(folder_of(tmp_path, table(kind=pa.array([[1], [2], [3]]))))
    assert (fault.reason, "column 'kind' of relations must be text" in fault.detail) == ("schema", True)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_any_unit(tmp_path: Path, unit: str) -> None:
    """A time is the same in seconds as in nanoseconds, and one too far to be written never wraps into a right one."""
    moment = 1_736_035_200 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    far = 2**52 if unit == "s" else 2**62 // 1000 * 1000
    at = pa.array([moment, far, -far], pa.int64()).cast(pa.timestamp(unit, tz="UTC"))
    found = read(folder_of(tmp_path, table(at=at)))
    assert (found.relations["at"].to_pylist(), reasons(found)) == ([datetime(2025, 1, 5, tzinfo=UTC)], ["ts_range"] * 2)


@pytest.mark.parametrize("day", [pa.date32(), pa.date64(), pa.timestamp("ns"), pa.timestamp("s")])
def test_days_of_any_type(tmp_path: Path, day: pa.DataType) -> None:
    """A day may be a date or a timestamp at midnight."""
    folder = folder_of(tmp_path, table())
    (folder / "accounts.csv").unlink()
    opened = pa.array([datetime(2019, 3, 1), None], pa.timestamp("ms")).cast(day)  # noqa: DTZ001 (days have no zone)
    texts = {"account_id": ["A1", "B1"], "holder_id": ["", None], "kind": ["person"] * 2}
    parquet.write_table(pa.table({**texts, "opened_on": opened}), folder / "accounts.parquet")
    assert [str(one) for one in read(folder).accounts["opened_on"].to_pylist()] == ["2019-03-01", "None"]
