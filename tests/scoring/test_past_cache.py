"""Do bytes that go past the page cache come to lie as they were given?"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.runs import past_cache, resume
from scoring.runs.disk import NewFile
from scoring.runs.past_cache import PastCache

ROOM = 1 << 13


def written(path: Path, pieces: list[bytes]) -> bytes:
    """What lies on the disk after these pieces."""
    path.unlink(missing_ok=True)
    with NewFile(path, large=True) as file:
        for piece in pieces:
            file.write(piece)
    return path.read_bytes()


@given(sizes=st.lists(st.integers(0, 3 * ROOM), max_size=8))
def test_pieces_of_any_size_come_to_lie_one_after_the_other(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    """Whatever the pieces, the file holds them in order, tail included."""
    pieces = [os.urandom(size) for size in sizes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(past_cache, "_ROOM", ROOM)
        patch.setattr("scoring.runs.disk._PIECE", ROOM // 2)
        assert written(tmp_path_factory.getbasetemp() / "past", pieces) == b"".join(pieces)


@pytest.mark.parametrize("most", [1, 1000, 4096, 5000])
def test_a_disk_that_takes_only_a_part_gets_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """A short write, whole pages or not, is followed by what is left."""
    plain = os.write
    monkeypatch.setattr(past_cache, "_ROOM", ROOM)
    monkeypatch.setattr(past_cache.os, "write", lambda fd, data: plain(fd, data[:most]))
    content = os.urandom(2 * ROOM + 77)
    file = os.open(tmp_path / "past", os.O_WRONLY | os.O_CREAT)
    past = PastCache(file)
    past.write(content)
    past.finish()
    os.close(file)
    assert (tmp_path / "past").read_bytes() == content


def test_what_is_forgotten_is_not_written(tmp_path: Path) -> None:
    """A file that nobody waits for any more ends empty."""
    with NewFile(tmp_path / "past", large=True) as file:
        file.write(os.urandom(3 << 20))
        file.forget()
    assert (tmp_path / "past").read_bytes() == b""


def test_a_stage_is_the_same_bytes_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that counts as large is laid down as any other."""
    table = pa.table({"number": range(300_000), "name": [f"a{number}" for number in range(300_000)]})
    usual = resume._write(tmp_path / "usual.arrow", table, lambda: False)
    monkeypatch.setattr(resume, "LARGE", 0)
    large = resume._write(tmp_path / "large.arrow", table, lambda: False)
    assert usual == large
    assert (tmp_path / "usual.arrow").read_bytes() == (tmp_path / "large.arrow").read_bytes()
