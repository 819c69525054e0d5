"""Which files does reading a data folder open, and what does it refuse to?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from gate_data import accounts, data, kept, relation, relations

from loaders import read
from loaders.errors import ContractError, RenmaiError, UsageError


def aborted(folder: Path) -> ContractError:
    with pytest.raises(ContractError) as caught:
        read(folder)
    return caught.value


@pytest.mark.parametrize("name", ["accounts", "relations"])
def test_required_tables(tmp_path: Path, name: str) -> None:
    """A folder without accounts or relations is refused with what was expected."""
    folder = data(tmp_path, [relation()])
    (folder / f"{name}.csv").unlink()
    fault = aborted(folder)
    assert (fault.reason, f"expected {name}.csv" in fault.detail) == ("missing_table", True)


def test_a_table_is_there_once(tmp_path: Path) -> None:
    """A table that is there in two forms is refused; nothing tells which one is meant."""
    folder = data(tmp_path, [relation()])
    (folder / "relations").mkdir()
    assert aborted(folder).reason == "ambiguous_input"


def test_parts_of_one_format(tmp_path: Path) -> None:
    """CSV and Parquet parts in one folder are refused."""
    folder = data(tmp_path, [relation()])
    (folder / "relations.csv").unlink()
    (folder / "relations").mkdir()
    (folder / "relations" / "a.csv").write_text(relations([]))
    (folder / "relations" / "b.parquet").write_bytes(b"")
    assert aborted(folder).reason == "schema"


def test_folder_without_parts(tmp_path: Path) -> None:
    """A folder that holds no part is never read as an empty table."""
    folder = data(tmp_path, [relation()])
    (folder / "profiles").mkdir()
    (folder / "profiles" / ".hidden.csv").write_text("account_id\n")
    assert aborted(folder).reason == "missing_table"


def test_other_files_are_not_opened(tmp_path: Path) -> None:
    """Only the contract's names are opened."""
    folder = data(tmp_path, [relation()])
    os.mkfifo(folder / "notes.csv")
    (folder / "Relations.CSV").write_bytes(b"\x00")
    assert kept(read(folder)) == ["r1"]


@pytest.mark.parametrize("kind", ["link out", "link to a device", "fifo", "folder", "dangling link", "loop"])
def test_hostile_files(tmp_path: Path, kind: str) -> None:
    """Links that leave the folder, pipes, devices and loops are refused at once."""
    folder = data(tmp_path / "data", [relation()])
    place = folder / "relations.csv"
    place.rename(tmp_path / "outside.csv")
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        aim = {"link out": "../outside.csv", "link to a device": "/dev/zero", "loop": "relations.csv"}
        place.symlink_to(aim.get(kind, "nowhere.csv"))
    assert aborted(folder).reason == "path"


def test_link_within_the_folder(tmp_path: Path) -> None:
    """A link that stays in the folder is followed."""
    folder = data(tmp_path, [relation()])
    (folder / "relations.csv").rename(folder / "export-2025.csv")
    (folder / "relations.csv").symlink_to("export-2025.csv")
    assert kept(read(folder)) == ["r1"]


def test_hostile_parts(tmp_path: Path) -> None:
    """A part that is a link out of the folder is refused as a whole table would be."""
    folder = data(tmp_path / "data", [relation()])
    (folder / "relations.csv").rename(tmp_path / "outside.csv")
    (folder / "relations").mkdir()
    (folder / "relations" / "a.csv").symlink_to("../../outside.csv")
    assert aborted(folder).reason == "path"


@pytest.mark.parametrize("name", ["", "nowhere", "a\0b", "http://127.0.0.1/x", "s3://bucket/x", "~/x", "\\\\host\\x"])
def test_hostile_folders(tmp_path: Path, name: str) -> None:
    """What is not a folder on this machine is refused; nothing is fetched or expanded."""
    with pytest.raises(UsageError, match="is not a folder"):
        read(name or tmp_path / "nothing")


@pytest.mark.parametrize("text", ["{", "[]", '{"rows": "1", "sha256": "x"}', '{"rows": 1}'])
def test_broken_sidecars(tmp_path: Path, text: str) -> None:
    """A sidecar that does not say rows and sha256 is refused, not ignored."""
    folder = data(tmp_path, [relation()])
    (folder / "relations.csv.meta.json").write_text(text)
    assert aborted(folder).reason == "sidecar"


def test_errors_name_no_rows(tmp_path: Path) -> None:
    """A refused file is told without its content."""
    folder = data(tmp_path, b"\xff" + accounts(["CANARY1"]).encode())
    with pytest.raises(RenmaiError) as caught:
        read(folder)
    assert "CANARY1" not in str(caught.value)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A name in a folder of parts that is not text is ignored and told as text."""
    folder = data(tmp_path, [relation()])
    (folder / "relations").mkdir()
    (folder / "relations.csv").rename(folder / "relations" / "a.csv")
    Path(os.fsdecode(os.fsencode(folder) + b"/relations/\xff.csv")).touch()
    assert read(folder).ignored == ("relations/\ufffd.csv",)
