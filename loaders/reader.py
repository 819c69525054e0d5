"""How do files or DataFrames become tables that stand?"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from loaders.contract import TABLES
from loaders.gate.passage import Opener, passed
from loaders.raw import RawFile
from loaders.readers.csv_file import read_csv_file
from loaders.readers.frames import read_accepted, read_frame
from loaders.readers.parquet_file import read_parquet_file
from loaders.readers.parquet_safety import check_parquet_files
from loaders.readers.source import Source, sources
from loaders.settings import LoadSettings
from loaders.tables import Tables

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Progress = Callable[[str, int, int], None]
_DEFAULTS = LoadSettings()


def read(
    folder: str | os.PathLike[str], settings: LoadSettings = _DEFAULTS, progress: Progress | None = None
) -> Tables:
    """Read a data folder: which of its records stand, which fell and why?

    Parameters
    ----------
    folder
        Holds ``accounts`` and ``relations`` and may hold ``profiles``, ``consents``, ``outcomes`` and ``rates``, each
        as ``NAME.csv``, ``NAME.parquet`` or a folder ``NAME/`` of parts.
    settings
        How it is read.
    progress
        Called before each file with its name, the bytes read so far and the bytes of all files.

    Returns
    -------
    Tables

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract.
    UsageError
        When the folder is none, or a setting cannot be used.
    UnavailableError
        When a file can't be opened, or memory or disk run out.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from loaders import read
    >>> from loaders.town import town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, table in town().items():
    ...         table.to_csv(Path(folder, f"{name}.csv"), index=False)
    ...     print(read(folder).counts["relations"].accepted)
    291
    """
    found, ignored = sources(folder)
    inputs = openers(found, settings)
    if progress is None:
        return passed(inputs, settings, ignored=ignored)
    sizes = [source.path.stat().st_size for source in found]

    def begun(file: RawFile) -> None:
        progress(file.name, sum(sizes[: file.number]), sum(sizes))

    return passed(inputs, settings, ignored=ignored, begun=begun)


def openers(found: Sequence[Source], settings: LoadSettings) -> dict[str, list[Opener]]:
    """By table, how each file is opened; their numbers are their places in the sequence."""
    inputs: dict[str, list[Opener]] = {}
    for number, source in enumerate(check_parquet_files(found, settings)):
        read_file = read_parquet_file if source.format == "parquet" else read_csv_file
        inputs.setdefault(source.table, []).append(partial(read_file, source, number, settings))
    return inputs


def rejoin(
    accepted: Mapping[str, pa.Table],
    folder: str | os.PathLike[str] | None = None,
    settings: LoadSettings = _DEFAULTS,
    *,
    name: str = "database",
) -> Tables:
    """Join tables that passed the gate before, such as a database holds, with the others from files.

    All of them pass the gate again, together: what was loaded piece by piece is judged like one input, and with the
    rates and the settings of now.

    Parameters
    ----------
    accepted
        Tables as in :class:`loaders.Tables`, by name; ``accounts`` and ``relations`` among them.
    folder
        Where the files of all other tables are; those of the given ones are not opened. None: there are no others.
    settings
        How it is read. The mapping of kinds is not used: accepted tables have ours.
    name
        What the accepted tables are called in the manifest.

    Raises
    ------
    ContractError, UsageError, UnavailableError
        As :func:`read`.

    Examples
    --------
    >>> from loaders import fingerprint, load
    >>> from loaders.town import town
    >>> tables = load(**town())
    >>> again = rejoin({table: getattr(tables, table) for table in ("accounts", "relations", "outcomes")})
    >>> again.relations.equals(tables.relations), again.files[0].name
    (True, 'database accounts')
    """
    rest = [table for table in TABLES if table not in accepted]
    found, ignored = sources(folder, rest) if folder is not None else ((), ())
    inputs = openers(found, settings)
    for number, (table, rows) in enumerate(accepted.items(), start=len(found)):
        inputs[table] = [partial(read_accepted, table, rows, number, f"{name} {table}")]
    return passed(inputs, replace(settings, kinds={}), ignored=ignored)


def load(
    *,
    accounts: pd.DataFrame,
    relations: pd.DataFrame,
    profiles: pd.DataFrame | None = None,
    consents: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    rates: pd.DataFrame | None = None,
    settings: LoadSettings = _DEFAULTS,
) -> Tables:
    """Take DataFrames in: which of their rows stand, which fell and why?

    The same gate as for files. Text is taken as it is; None, NaN and pd.NA are blank. Times may also be datetime64 with
    a zone, days dates, amounts Decimal (or ``amount_minor`` int); amounts as floats are refused.

    Parameters
    ----------
    accounts, relations, profiles, consents, outcomes, rates
        The tables, with the columns of the contract; the last four may be left out.
    settings
        How they are read.

    Returns
    -------
    Tables

    Raises
    ------
    ContractError
        When a table as a whole breaks the contract.
    UsageError
        When a table is no DataFrame, or a setting cannot be used.

    Examples
    --------
    >>> from loaders import load
    >>> from loaders.town import town
    >>> load(**town()).relations.num_rows
    291
    """
    frames = {
        "accounts": accounts,
        "relations": relations,
        "profiles": profiles,
        "consents": consents,
        "outcomes": outcomes,
        "rates": rates,
    }
    given = [(table, frame) for table, frame in frames.items() if frame is not None]
    inputs = {
        table: [partial(read_frame, table, frame, number, settings)] for number, (table, frame) in enumerate(given)
    }
    return passed(inputs, settings)
