"""What happens to each badly formed CSV file? One test per row (33 to 52) of the list of bad inputs."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from gate_data import ACCOUNTS_HEADER, AT, RELATIONS_HEADER, accounts, data, kept, reasons, relation, relations

from loaders import LoadSettings, check_rates, read
from loaders.errors import ContractError, GateError


def aborted(folder: Path, settings: LoadSettings | None = None) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read(folder, settings or LoadSettings())
    return caught.value


def test_row_33_empty_file(tmp_path: Path) -> None:
    """A file of 0 bytes is refused whole."""
    assert aborted(data(tmp_path, "")).reason == "empty_file"


def test_row_34_header_only(tmp_path: Path) -> None:
    """A header alone is a table of 0 records."""
    found = read(data(tmp_path, []))
    assert (found.relations.num_rows, found.counts["relations"].records) == (0, 0)


HEADERS = {
    "35 none": relation(),
    "35 HTML": "<html><body>503 Service Unavailable</body></html>",
    "35 other table": ACCOUNTS_HEADER,
    "36 other case": RELATIONS_HEADER.replace("amount", "Amount"),
    "36 duplicate": RELATIONS_HEADER + ",amount",
    "36 missing": RELATIONS_HEADER.replace(",to_id", ""),
    "36 unknown": RELATIONS_HEADER + ",colour",
    "36 both amounts": RELATIONS_HEADER + ",amount_minor",
    "36 padded": RELATIONS_HEADER.replace(",", ", "),
    "41 trailing comma": RELATIONS_HEADER + ",",
    "50 20,000 columns": ",".join(f"c{n}" for n in range(20_000)),
    "blank": "",
}


@pytest.mark.parametrize("row", HEADERS)
def test_bad_headers(tmp_path: Path, row: str) -> None:
    """A header that is not exactly the contract's names aborts, and the columns are never guessed by position."""
    assert aborted(data(tmp_path, f"{HEADERS[row]}\n{relation()}\n")).reason == "header"


def test_header_typo_is_explained(tmp_path: Path) -> None:
    """A misspelt column is told with the name that was meant."""
    text = relations([], RELATIONS_HEADER.replace("amount", "amont"))
    assert "column 'amont' is not known (did you mean 'amount'?)" in str(aborted(data(tmp_path, text)))


def test_row_36_other_order(tmp_path: Path) -> None:
    """Columns in another order are read by name."""
    header = RELATIONS_HEADER.split(",")
    line = relation().split(",")
    text = relations([",".join(line[::-1])], ",".join(header[::-1]))
    assert read(data(tmp_path, text)).relations["from_id"].to_pylist() == ["A1"]


def test_row_37_byte_order_mark(tmp_path: Path) -> None:
    """A UTF-8 byte order mark is accepted and belongs to no column."""
    assert kept(read(data(tmp_path, b"\xef\xbb\xbf" + relations([relation()]).encode()))) == ["r1"]


@pytest.mark.parametrize(
    ("encoding", "place"), [("utf-16", 0), ("utf-16-le", 1), ("utf-16-be", 0), ("latin-1", 64), ("gbk", 64)]
)
def test_row_38_encodings(tmp_path: Path, encoding: str, place: int) -> None:
    """Text that is not UTF-8 aborts at the first wrong byte."""
    word = "\u5f20" if encoding == "gbk" else "\u00e9"
    text = relations([relation("r1 " + word)]).encode(encoding)
    fault = aborted(data(tmp_path, text))
    expected = text.index(word.encode(encoding)) if encoding in ("latin-1", "gbk") else place
    assert (fault.reason, f"encoding at byte {expected}" in fault.detail) == ("encoding", True)


STRUCTURE = {
    "39 short": ("r2,transfer,A1,B1,1.00", "field_count"),
    "40 long": ("r2,transfer,A1,B1,1,000.00,CNY," + AT + ",", "field_count"),
    "42 unclosed quote": ('"r2,transfer,A1,B1,1.00,CNY,' + AT + ",", "not_rfc4180"),
    "43 bare quote": ('r"2,transfer,A1,B1,1.00,CNY,' + AT + ",", "not_rfc4180"),
    "43 text after a quote": ('"r2"x,transfer,A1,B1,1.00,CNY,' + AT + ",", "not_rfc4180"),
    "46 CRLF": (relation("r2") + "\r", "not_rfc4180"),
    "49 comment": ("# a comment", "field_count"),
    "49 commas": (",,,,,,,", "tx_id_empty"),
    "50 long field": (relation("r" * 5_000_000), "record_too_long"),
    "52 header again": (RELATIONS_HEADER, "repeated_header"),
    "52 quoted header": (",".join(f'"{name}"' for name in RELATIONS_HEADER.split(",")), "repeated_header"),
}


@pytest.mark.parametrize("row", STRUCTURE)
def test_bad_records(tmp_path: Path, row: str) -> None:
    """A record that is not well formed falls alone, and the next physical line is read again."""
    line, expected = STRUCTURE[row]
    found = read(data(tmp_path, [relation("r1"), line, relation("r3")]))
    assert (kept(found), reasons(found)) == (["r1", "r3"], [expected])


def test_row_41_trailing_comma_on_every_row(tmp_path: Path) -> None:
    """A trailing comma on every record refuses each, and the breaker stops the run."""
    found = read(data(tmp_path, [relation(f"r{n}") + "," for n in range(5)]))
    assert reasons(found) == ["field_count"] * 5
    with pytest.raises(GateError, match=r"relations: 5 of 5 records were rejected .* mostly field_count"):
        check_rates(found, LoadSettings())


def test_row_43_newline_in_a_quoted_id(tmp_path: Path) -> None:
    """A quoted field may not cross lines: both lines fall and the next is read."""
    found = read(data(tmp_path, ['"r\n2",transfer,A1,B1,1.00,CNY,' + AT + ",", relation("r3")]))
    assert (kept(found), reasons(found)) == (["r3"], ["not_rfc4180", "not_rfc4180"])


@pytest.mark.parametrize("cut", [len("transfer") + 3, -len(AT) - 3, -1])
def test_rows_44_and_45_cut_files(tmp_path: Path, cut: int) -> None:
    """A file whose last line has no end is refused whole, wherever it was cut."""
    text = relations([relation("r1")])
    last = relation("r2", amount="1234.00")
    assert aborted(data(tmp_path, text + last[:cut])).reason == "truncated"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html><h1>503 Service Unavailable</h1></html>", "header"),
        ("c0;v0;a;b", "header"),
        (RELATIONS_HEADER, "truncated"),
        (RELATIONS_HEADER[:-3], "truncated"),
        ("\ufeff", "empty_file"),
    ],
)
def test_one_line_without_end(tmp_path: Path, text: str, reason: str) -> None:
    """A single line without end is a cut table if it names a column, and no table at all if it does not."""
    assert aborted(data(tmp_path, text)).reason == reason


@pytest.mark.parametrize("change", ["rows", "sha256"])
def test_row_44_sidecar(tmp_path: Path, change: str) -> None:
    """A file that is not what its sidecar says is refused whole; one that is passes."""
    folder = data(tmp_path, [relation("r1"), relation("r2")])
    digest = hashlib.sha256((folder / "relations.csv").read_bytes()).hexdigest()
    said = {"rows": 2, "sha256": digest}
    (folder / "relations.csv.meta.json").write_text(json.dumps(said))
    assert kept(read(folder)) == ["r1", "r2"]
    said[change] = 3 if change == "rows" else "0" * 64
    (folder / "relations.csv.meta.json").write_text(json.dumps(said))
    assert aborted(folder).reason == "truncated"


def test_row_46_mixed_line_ends(tmp_path: Path) -> None:
    """The first line's end is the file's: a record ended otherwise is odd, and a lone CR ends an odd record."""
    text = "\r\n".join(
        [RELATIONS_HEADER, relation("r1"), relation("r2") + "\n" + relation("r3") + "\r" + relation("r4")]
    )
    found = read(data(tmp_path, text + "\r\n"))
    assert (kept(found), reasons(found)) == (["r1", "r4"], ["not_rfc4180", "not_rfc4180"])


def test_row_47_delimiter_flip(tmp_path: Path) -> None:
    """A file whose delimiter changes below a header of another kind is refused whole."""
    assert aborted(data(tmp_path, "c0\nv0\na;b\n")).reason == "header"


def test_row_48_columns_grow(tmp_path: Path) -> None:
    """From the line on where a column is added, each record falls; those before stand."""
    lines = [relation(f"r{n}") + (",x" if n >= 500 else "") for n in range(1, 1000)]
    found = read(data(tmp_path, lines))
    assert (found.relations.num_rows, reasons(found)) == (499, ["field_count"] * 500)


def test_row_49_blank_line(tmp_path: Path) -> None:
    """Blank lines are counted and refuse nothing."""
    found = read(data(tmp_path, [relation("r1"), "", relation("r2"), ""]))
    assert (kept(found), found.counts["relations"].blank, reasons(found)) == (["r1", "r2"], 2, [])


BINARY = {
    "gzip": gzip.compress(relations([relation()]).encode()),
    "zip": b"PK\x03\x04 and more",
    "Parquet": b"PAR1 and more",
    "PNG": b"\x89PNG\r\n\x1a\n and more",
    "ELF": b"\x7fELF and more",
    "control": b"relation_id,\x01\x02\n",
}


@pytest.mark.parametrize("kind", BINARY)
def test_row_51_not_plain(tmp_path: Path, kind: str) -> None:
    """What is compressed or binary under a .csv name is refused whole."""
    assert aborted(data(tmp_path, BINARY[kind])).reason == "not_plain_csv"


def test_row_51_declared_gzip(tmp_path: Path) -> None:
    """A compressed file is read when its sidecar declares it, and refused when none does; offsets are of its text."""
    folder = data(tmp_path, [])
    (folder / "relations.csv").unlink()
    packed = gzip.compress(relations([relation("r1"), relation("r2", src="")]).encode())
    (folder / "relations.csv.gz").write_bytes(packed)
    assert aborted(folder).reason == "not_plain_csv"
    said = {"rows": 2, "sha256": hashlib.sha256(packed).hexdigest()}
    (folder / "relations.csv.gz.meta.json").write_text(json.dumps(said))
    found = read(folder)
    assert (kept(found), reasons(found)) == (["r1"], ["src_empty"])
    assert found.rejects["original"].to_pylist() == [relation("r2", src="")]


def test_count_identity(tmp_path: Path) -> None:
    """Records are accepted, rejected or blank, in each file, whatever is in it."""
    lines = [line for line, _ in STRUCTURE.values() if len(line) < 1000] + ["", relation("ok"), relation("ok")]
    found = read(data(tmp_path, lines))
    counts = found.counts["relations"]
    assert counts.records == len(lines) == counts.accepted + counts.rejected + counts.blank
    assert (counts.accepted, counts.blank, counts.duplicates) == (1, 1, 1)


def test_place_of_a_reject(tmp_path: Path) -> None:
    """A refused record is told with file, line, byte offset, column, found value and its line as it was."""
    bad = relation("r2", amount="1e5")
    text = relations([relation("r1"), bad])
    (row,) = read(data(tmp_path, text)).rejects.to_pylist()
    assert row == {
        "table": "relations",
        "file": "relations.csv",
        "line": 3,
        "byte_offset": text.encode().index(bad.encode()),
        "column": "amount",
        "reason": "amount_format",
        "found": "1e5",
        "original": bad,
        "note": "",
    }


def test_accounts_alone_can_hold_a_bom_and_crlf(tmp_path: Path) -> None:
    """Files of one folder may end their lines differently."""
    folder = data(tmp_path, [relation()])
    text = "\ufeff" + accounts(["A1", "B1"]).replace("\n", "\r\n")
    (folder / "accounts.csv").write_bytes(text.encode())
    assert kept(read(folder)) == ["r1"]


@pytest.mark.parametrize("size", [66_000, 70_001, 150_000])
def test_blocks_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """However a file is cut into blocks for reading, the same records stand and fall at the same places."""
    long = relation("r" * 200_000 + "é" * 10)
    lines = [relation(f"r{n}", src="é" if n % 7 == 0 else "A1") + "\r" for n in range(40)]
    lines[5:5] = [long + "\r", "\r", relation("odd"), '"' + relation("open") + "\r", relation("cr") + "\r" + lines[1]]
    folder = data(tmp_path, RELATIONS_HEADER + "\r\n" + "\n".join(lines) + "\n")
    expected = read(folder)
    monkeypatch.setattr("loaders.readers.plain_text.BLOCK_BYTES", size)
    found = read(folder)
    assert found.relations.equals(expected.relations)
    assert found.rejects.equals(expected.rejects)
    assert (expected.relations.num_rows, expected.rejects.num_rows) == (34, 11)


def test_cut_inside_a_character(tmp_path: Path) -> None:
    """A file cut inside a character is cut, not wrongly encoded; a wrong byte before the cut is."""
    text = relations([relation("r1")]).encode() + "é".encode()[:1]
    assert aborted(data(tmp_path, text)).reason == "truncated"
    assert aborted(data(tmp_path, text + b"x")).reason == "encoding"


def test_quotes_around_everything(tmp_path: Path) -> None:
    """A file that quotes every field, its header too, reads as one that quotes none."""
    plain = relations([relation(f"r{n}") for n in range(5)])
    quoted = "".join(",".join(f'"{field}"' for field in line.split(",")) + "\n" for line in plain.splitlines())
    one, other = read(data(tmp_path / "plain", plain)), read(data(tmp_path / "quoted", quoted))
    assert one.relations.equals(other.relations)
    assert other.relations.num_rows == 5


def test_a_file_without_header_is_told_without_its_records(tmp_path: Path) -> None:
    """The first record of a file without header is not quoted in the error."""
    fault = aborted(data(tmp_path, relation("CANARY-1", src="CANARY-2") + "\n"))
    assert (fault.reason, "CANARY" in str(fault)) == ("header", False)
