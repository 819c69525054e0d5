"""Is a page on disk whole or not there? Replacing, folders, full and closed disks."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from loaders.errors import UnavailableError
from scoring.pages import write_page


def test_a_page_replaces_the_old_one(tmp_path: Path) -> None:
    """The file has the new text, other people may read it, and nothing else is left in its folder."""
    page = tmp_path / "new folder" / "page.html"
    write_page(page, "<p>one</p>")
    assert write_page(page, "<p>två</p>") == page
    assert page.read_bytes() == "<p>två</p>".encode()
    assert stat.S_IMODE(page.stat().st_mode) == 0o644
    assert [file.name for file in page.parent.iterdir()] == ["page.html"]


def test_a_failed_write_leaves_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old page stays whole, no half one lies beside it, and the sentence names the file."""
    page = write_page(tmp_path / "page.html", "old")

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scoring.writing.os.fsync", full)
    with pytest.raises(UnavailableError, match=r"page\.html cannot be written: No space left on device"):
        write_page(page, "new")
    assert page.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    """A folder in place of the file, or a file in place of the folder, is a sentence."""
    (tmp_path / "page.html").mkdir()
    with pytest.raises(UnavailableError, match=r"page\.html cannot be written"):
        write_page(tmp_path / "page.html", "new")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot be written"):
        write_page(tmp_path / "file" / "page.html", "new")
