"""What does the file of rejects say, and where may it be written?"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pandas as pd
import pytest
from gate_data import data, relation

from loaders import read, write_rejects
from loaders.errors import UsageError


def test_reject_file_keeps_the_lines(tmp_path: Path) -> None:
    """The reject file gives each original line back exactly, quotes and all."""
    bad = 'r"1,=cmd,"x",' + "é"
    found = read(data(tmp_path / "data", [bad]))
    write_rejects(found, tmp_path / "rejects.csv")
    rows = pd.read_csv(tmp_path / "rejects.csv", dtype=str, keep_default_na=False)
    assert rows[["file", "line", "reason", "original"]].to_numpy().tolist() == [
        ["relations.csv", "2", "not_rfc4180", bad]
    ]


def test_earlier_rejects_are_replaced(tmp_path: Path) -> None:
    """Writing again replaces what an earlier check wrote."""
    place = tmp_path / "rejects.csv"
    write_rejects(read(data(tmp_path / "bad", [relation(amount="x")])), place)
    write_rejects(read(data(tmp_path / "good", [relation()])), place)
    assert len(place.read_text().splitlines()) == 1


def test_another_file_is_never_replaced(tmp_path: Path) -> None:
    """A slip that names a table of the input does not cost it."""
    folder = data(tmp_path, [relation(amount="x")])
    before = (folder / "relations.csv").read_bytes()
    with pytest.raises(UsageError, match="holds something else than rejects"):
        write_rejects(read(folder), folder / "relations.csv")
    assert (folder / "relations.csv").read_bytes() == before


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """A pipe (as /dev/stdout may be) gets the rejects and stays a pipe."""
    found = read(data(tmp_path, [relation(amount="x")]))
    os.mkfifo(tmp_path / "pipe")
    read_back: list[str] = []
    reader = threading.Thread(target=lambda: read_back.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_rejects(found, tmp_path / "pipe")
    reader.join()
    write_rejects(found, tmp_path / "rejects.csv")
    assert (read_back, (tmp_path / "pipe").is_fifo()) == ([(tmp_path / "rejects.csv").read_text()], True)
