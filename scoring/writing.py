"""How does a file come out whole or not at all? Written beside its place, then renamed over it."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from loaders.errors import UnavailableError

OWN, READABLE = 0o600, 0o644
"""For its owner alone, and for whoever may read its folder."""


def write_whole(path: Path, content: bytes, mode: int = OWN) -> Path:
    """Write a file so that a reader finds the old one or the new one, never half of one.

    Parameters
    ----------
    path
        The file, replaced if it stands; its folder is made.
    content
        Its bytes.
    mode
        Who may read it in the end.

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
    ...     file = write_whole(Path(folder, "letters", "one.txt"), b"one")
    ...     file.read_bytes(), oct(file.stat().st_mode & 0o777), len(list(file.parent.iterdir()))
    (b'one', '0o600', 1)
    """
    path = Path(path)
    beside = None
    try:
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
        beside = Path(name)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
        beside.chmod(mode)
        beside.replace(path)
    except OSError as error:
        if beside is not None:
            with suppress(OSError):
                beside.unlink()
        raise UnavailableError(f"{path} cannot be written: {error.strerror or error}") from error
    return path
