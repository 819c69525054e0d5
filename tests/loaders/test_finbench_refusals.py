"""Which samples of FinBench are refused, and does the refusal name the file and the line?"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.errors import ContractError, UsageError
from loaders.finbench import convert
from tests.loaders.finbench_rows import SAMPLE

HEADER = b"fromId|toId|amount|createTime\n"


@pytest.mark.parametrize(
    ("content", "reason", "place"),
    [
        (b"", "header", "must start with"),
        (b"fromId|toId|createTime|amount\n", "header", "must start with fromId"),
        (HEADER + b"1|2|5.0|2021-01-01 00:00:00", "truncated", "ends within a line"),
        (HEADER + b"1|2|5.0\n", "field_count", "line 2 must have 4 fields; got 3"),
        (HEADER + b"1|2|-5.0|2021-01-01 00:00:00\n", "amount_format", "line 2: amount"),
        (HEADER + b"1|2|nan|2021-01-01 00:00:00\n", "amount_format", "line 2: amount"),
        (HEADER + b"1|2|1e5|2021-01-01 00:00:00\n", "amount_format", "line 2: amount"),
        (HEADER + b"1|x|5.0|2021-01-01 00:00:00\n", "id_charset", "line 2: toId"),
        (HEADER + b"1|2|5.0|01/02/2021\n", "ts_format", "line 2: createTime"),
        (HEADER + b"1|2|5.0|2021-02-30 00:00:00\n", "ts_invalid", "line 2: createTime"),
        (HEADER + b"1|2|5.0|\xff\n", "encoding", "not UTF-8 at byte 38"),
    ],
)
def test_what_finbench_does_not_write_is_refused(
    content: bytes, reason: str, place: str, small: Callable[..., Path], tmp_path: Path
) -> None:
    """A file that is cut, damaged or of another kind is refused with its line, and nothing is written."""
    with pytest.raises(ContractError, match=place) as refused:
        convert(small(AccountTransferAccount=content), tmp_path / "out")
    assert (refused.value.reason, refused.value.file) == (reason, "AccountTransferAccount.csv")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_named(small: Callable[..., Path], tmp_path: Path) -> None:
    """Without one of the 18 files nothing is converted, and the message names it."""
    source = small()
    (source / "Loan.csv").unlink()
    with pytest.raises(ContractError, match=r"Loan\.csv is not in"):
        convert(source, tmp_path / "out")


def test_a_damaged_gzip_file_is_named(tmp_path: Path) -> None:
    """A cut .csv.gz is refused as corrupt."""
    source = tmp_path / "source"
    shutil.copytree(SAMPLE, source)
    (source / "Account.csv.gz").write_bytes((SAMPLE / "Account.csv.gz").read_bytes()[:1000])
    with pytest.raises(ContractError, match=r"Account\.csv\.gz can't be unpacked"):
        convert(source, tmp_path / "out")


def test_other_files_of_the_folder_are_not_opened(small: Callable[..., Path], tmp_path: Path) -> None:
    """Only the 18 names are read: a file of another name changes nothing."""
    source = small()
    (source / "Account-copy.csv").write_bytes(b"\xff\xff")
    assert convert(source, tmp_path / "out")["files"]["Account"] == 2


def test_a_source_that_is_no_folder_is_told(tmp_path: Path) -> None:
    """A path that is no folder is a usage error."""
    with pytest.raises(UsageError, match="must be the folder of a FinBench sample"):
        convert(tmp_path / "nowhere", tmp_path / "out")


def test_tables_of_someone_else_are_not_replaced(small: Callable[..., Path], tmp_path: Path) -> None:
    """A folder with tables that no import wrote is refused."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "accounts.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"holds accounts.csv and no import.json"):
        convert(small(), out)
    assert (out / "accounts.csv").read_text() == "mine"
