"""What does a new user begin with? A commented policy file and the tables of a small town."""

from __future__ import annotations

from pathlib import Path

from loaders.errors import UnavailableError, UsageError
from loaders.town import town
from scoring.config import commented_toml


def write_starter(folder: Path) -> list[Path]:
    """Write ``renmai.toml`` and the sample tables as CSV files into a folder.

    Parameters
    ----------
    folder
        Made if need be.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        When one of the files is there already: nothing is written then.
    UnavailableError
        When the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_starter(Path(folder))]
    ['renmai.toml', 'accounts.csv', 'relations.csv', 'profiles.csv', 'outcomes.csv']
    """
    contents = {"renmai.toml": commented_toml()}
    contents |= {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in town().items()}
    if standing := [name for name in contents if (folder / name).exists()]:
        raise UsageError(f"{folder} already holds {', '.join(standing)}; init replaces nothing: name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in contents.items():
            with (folder / name).open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except OSError as error:
        raise UnavailableError(f"{folder} cannot be written: {error.strerror or error}") from error
    return [folder / name for name in contents]
