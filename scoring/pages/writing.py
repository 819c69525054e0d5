"""How does a page come to a file? Whole or not at all: written beside it, then renamed over it."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from loaders.errors import UnavailableError

MODE = 0o644  # a page is for whoever may read its folder; temporary files are for their owner alone


def write_page(path: Path, html: str) -> Path:
    """Write a page so that a reader finds the old one or the new one, never half of one.

    Parameters
    ----------
    path
        The file, replaced if it stands; its folder is made.
    html
        The page.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    UnavailableError
        When it cannot be written; what stood there stays.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_page(Path(folder) / "pages" / "one.html", "<p>one</p>")
    ...     page.read_text(encoding="utf-8"), [file.name for file in page.parent.iterdir()]
    ('<p>one</p>', ['one.html'])
    """
    path = Path(path)
    beside = None
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
        beside = Path(name)
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            file.write(html)
            file.flush()
            os.fsync(number)
        beside.chmod(MODE)
        beside.replace(path)
    except OSError as error:
        if beside is not None:
            with suppress(OSError):
                beside.unlink()
        raise UnavailableError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
