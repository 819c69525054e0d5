"""How does a page come to a file? Whole or not at all: written beside it, then renamed over it."""

from __future__ import annotations

from pathlib import Path

from scoring.writing import READABLE, write_whole


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
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_page(Path(folder) / "pages" / "one.html", "<p>one</p>")
    ...     page.read_text(encoding="utf-8"), [file.name for file in page.parent.iterdir()]
    ('<p>one</p>', ['one.html'])
    """
    return write_whole(path, html.encode(), READABLE)
