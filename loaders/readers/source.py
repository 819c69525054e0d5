"""Which files of a data folder are read, and may they be opened at all?

Only the contract's names are opened: ``NAME.csv``, ``NAME.csv.gz`` (declared by its sidecar), ``NAME.parquet`` or a
folder ``NAME/`` of parts. Links that leave the folder, pipes and devices are refused.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

from loaders.contract import TABLES
from loaders.errors import ContractError, UnavailableError, UsageError

Format = Literal["csv", "csv.gz", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "csv.gz", "parquet")
SIDECAR_ENDING = ".meta.json"
SIDECAR_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What the sender of a file says about it: its records and the SHA-256 of its bytes (or of its unpacked text)."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read.

    ``name`` is relative to the data folder; ``sidecar`` is None when there is none; ``even`` tells of a Parquet file
    that none of its batches is much larger than the others, see `loaders.readers.parquet_bounds`.
    """

    table: str
    name: str
    path: Path
    format: Format
    sidecar: Sidecar | None
    even: bool = False

    def open(self) -> BufferedReader:
        """Open the file for reading, refusing anything that is not a regular file."""
        return open_regular(self.path, self.name)


def open_regular(path: Path, name: str) -> BufferedReader:
    """Open a regular file, following no link and blocking on no pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise UnavailableError(f"{name} can't be opened: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ContractError("path", f"{name} is not a regular file; pipes, devices and folders are not read", file=name)
    return os.fdopen(handle, "rb")


def sources(
    folder: str | os.PathLike[str], only: Collection[str] = tuple(TABLES)
) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Which files of a data folder are its tables, and which names in part folders are ignored?

    Parameters
    ----------
    folder
        The data folder.
    only
        The tables that are looked for.

    Returns
    -------
    tuple
        The files by table (contract order) and name, and the ignored names.

    Raises
    ------
    ContractError
        ``missing_table``, ``ambiguous_input``, ``path``, ``schema`` (parts of several formats), ``not_plain_csv`` (a
        compressed file that no sidecar declares) or ``sidecar``.
    UsageError
        If the folder is not a folder.
    """
    text = os.fspath(folder)
    if "\0" in text or not Path(text).is_dir():
        raise UsageError(f"{text!r} is not a folder")
    root = Path(text).resolve()
    found: list[Source] = []
    ignored: list[str] = []
    for table, contract in TABLES.items():
        if table not in only:
            continue
        names = _names_of(root, table)
        if len(names) > 1:
            raise ContractError("ambiguous_input", f"{table} is there as {' and as '.join(names)}; leave one of them")
        if names and names[0].endswith("/"):
            parts, others = _parts(root, table)
            found += parts
            ignored += others
        elif names:
            found.append(_source(root, table, names[0]))
        elif contract.required:
            allowed = f"{table}.csv, {table}.csv.gz with its sidecar, {table}.parquet or a folder {table}/"
            raise ContractError("missing_table", f"{table} is not in the data folder; expected {allowed}")
    return tuple(found), tuple(ignored)


def _names_of(root: Path, table: str) -> list[str]:
    names = [f"{table}.{ending}" for ending in FORMATS if os.path.lexists(root / f"{table}.{ending}")]
    if os.path.lexists(root / table):
        names.append(f"{table}/")
    return names


def _parts(root: Path, table: str) -> tuple[list[Source], list[str]]:
    place = _inside(root, root / table, f"{table}/")
    if not place.is_dir():
        raise ContractError("path", f"{table}/ must be a folder of parts", file=table)
    parts: list[Source] = []
    ignored: list[str] = []
    for entry in sorted((path.name for path in place.iterdir()), key=os.fsencode):
        name = f"{table}/{entry}"
        if is_part(entry):
            parts.append(_source(root, table, name))
        elif not entry.endswith(SIDECAR_ENDING):
            # a name need not be text; the report of it must be
            ignored.append(os.fsencode(name).decode("utf-8", "replace"))
    if not parts:
        raise ContractError("missing_table", f"{table}/ holds no part: no *.csv or *.parquet in it", file=table)
    formats = sorted({part.format.removesuffix(".gz") for part in parts})
    if len(formats) > 1:
        raise ContractError("schema", f"{table}/ mixes {' and '.join(formats)} parts; use one format", file=table)
    return parts, ignored


def is_part(entry: str) -> bool:
    """Is it the name of a part, and not what a writer left behind: a temp name, a hidden file, a backup?

    Examples
    --------
    >>> is_part("part-00000.parquet"), is_part(".part-00000.parquet.tmp")
    (True, False)
    """
    looks_temporary = ".tmp" in entry or ".inprogress" in entry or "~" in entry
    starts_well = entry[:1].isascii() and entry[:1].isalnum()
    return starts_well and not looks_temporary and entry.endswith((".csv", ".csv.gz", ".parquet"))


def _source(root: Path, table: str, name: str) -> Source:
    path = _inside(root, root / name, name)
    kind: Format = "parquet" if name.endswith(".parquet") else "csv.gz" if name.endswith(".gz") else "csv"
    sidecar = _sidecar(root, name)
    if kind == "csv.gz" and sidecar is None:
        sidecar = _sidecar(root, name.removesuffix(".gz"))
    if kind == "csv.gz" and sidecar is None:
        detail = f"{name} is compressed, and no sidecar {name}{SIDECAR_ENDING} declares its rows and sha256"
        raise ContractError("not_plain_csv", detail, file=name)
    return Source(table, name, path, kind, sidecar)


def _inside(root: Path, path: Path, name: str) -> Path:
    try:
        resolved = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ContractError("path", f"{name} leads nowhere: {error}", file=name) from error
    if not resolved.is_relative_to(root):
        raise ContractError("path", f"{name} leads out of the data folder", file=name)
    return resolved


def _sidecar(root: Path, name: str) -> Sidecar | None:
    place = f"{name}{SIDECAR_ENDING}"
    if not os.path.lexists(root / place):
        return None
    with open_regular(_inside(root, root / place, place), place) as file:
        text = file.read(SIDECAR_BYTES + 1)
    try:
        said = json.loads(text) if len(text) <= SIDECAR_BYTES else None
    except ValueError:
        said = None
    rows = said.get("rows") if isinstance(said, dict) else None
    digest = said.get("sha256") if isinstance(said, dict) else None
    if not isinstance(rows, int) or isinstance(rows, bool) or not isinstance(digest, str):
        raise ContractError("sidecar", f'{place} must be {{"rows": N, "sha256": "…"}}', file=place)
    return Sidecar(rows, digest.lower())


def source_of(table: str, path: Path) -> Source:
    """Take a single file wherever it is, by the rules of a data folder.

    Raises
    ------
    ContractError
        ``path``, ``not_plain_csv`` or ``sidecar``.
    UsageError
        When there is no such file, or its name tells no format.
    """
    if "\0" in os.fspath(path) or not path.is_file():
        raise UsageError(f"{os.fspath(path)!r} is no file of {table}")
    if not path.name.endswith((".csv", ".csv.gz", ".parquet")):
        raise UsageError(f"{path} must be a .csv, .csv.gz or .parquet file with {table}")
    return _source(path.resolve().parent, table, path.resolve().name)
