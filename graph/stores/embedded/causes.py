"""Why did the embedded server not come up? What Java, ArcadeDB and the system say, in a few words of ours."""

from __future__ import annotations

CAUSES = (
    ("No space left", "its disk is full"),
    ("Disk quota exceeded", "its disk is full"),
    ("locked by another process", "another process has its database open"),
    ("Permission denied", "it may not write in its folder"),
    ("AccessDeniedException", "it may not write in its folder"),
    ("Read-only file system", "its folder is read-only"),
    ("Could not reserve enough space", "there is not that much memory for its Java"),
    ("insufficient memory", "there is not that much memory for its Java"),
    ("OutOfMemoryError", "its memory is too small for its database"),
    ("Unable to listen", "no port was free"),
    ("Bundled JRE not found", "the Java of arcadedb-embedded is missing; install that package again"),
    ("No module named 'arcadedb_embedded'", "the package arcadedb-embedded is not installed"),
)


def cause(text: str) -> str:
    """Say in a few words why the server did not start, from what was said while it tried; empty when that is unclear.

    Examples
    --------
    >>> cause("ArcadeDBError: Database '/x' is locked by another process")
    'another process has its database open'
    """
    return next((told for part, told in CAUSES if part in text), "")
