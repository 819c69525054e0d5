"""Which files does somebody mean by new rows, and which of them stand beside rows that were accepted before?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import UsageError
from loaders.gate import additions
from loaders.gate.passage import passed
from loaders.reader import openers
from loaders.readers.frames import read_frame
from loaders.readers.source import Source, is_part, source_of
from loaders.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa

    from loaders.settings import LoadSettings
    from scoring.runs.state import State


def pass_additions(
    inputs: Mapping[str, Sequence[Any]],
    state: State,
    settings: LoadSettings,
    *,
    earlier: Mapping[str, pa.Table] | None = None,
    name: str = "",
) -> Tables:
    """Let new files through the gate, behind earlier rows of the same tables.

    Parameters
    ----------
    inputs
        Per table, files or folders of parts, or DataFrames.
    state
        Whose accounts and rates count, as they were accepted.
    settings
        How files are read.
    earlier
        Per table, rows that were accepted before; they come first.
    name
        What the earlier rows are called.

    Returns
    -------
    Tables
        Of the earlier rows and the new ones; ``files`` lists both. Of ``counts`` nothing is told.
    """
    accounts, rates = _held(state, "accounts"), _held(state, "rates")
    given = {table: [part for one in files for part in _parts(table, one)] for table, files in inputs.items()}
    found = additions.pass_additions(given, accounts, rates, settings, earlier=earlier or {}, name=name)
    brought = {table: getattr(found, table) for table in ("relations", "profiles", "outcomes")}
    return Tables(
        accounts=accounts,
        **{table: _held(state, table).slice(0, 0) if rows is None else rows for table, rows in brought.items()},
        consents=found.consents,
        rates=rates,
        rejects=found.rejects,
        files=found.files,
        ignored=(),
        counts={},
    )


def pass_everything(files: Sequence[tuple[str, Any]], settings: LoadSettings, ignored: tuple[str, ...]) -> Tables:
    """Let sources and DataFrames through the gate as one input; each comes with its table, sources first."""
    sources = [one for _, one in files if isinstance(one, Source)]
    inputs = openers(sources, settings)
    frames = [(table, one) for table, one in files if not isinstance(one, Source)]
    for number, (table, frame) in enumerate(frames, start=len(sources)):
        inputs.setdefault(table, []).append(partial(read_frame, table, frame, number, settings))
    return passed(inputs, settings, ignored=ignored)


def sources_of(table: str, given: Any) -> list[Any]:
    """Name the files behind a path; a DataFrame stays what it is."""
    return [source_of(table, part) if isinstance(part, Path) else part for part in _parts(table, given)]


def _parts(table: str, given: Any) -> list[Any]:
    """Name the files behind a path, those of a folder in the order of their names.

    Raises
    ------
    UsageError
        When nothing is there, or a folder holds no part.
    """
    if not isinstance(given, str | Path):
        return [given]
    path = Path(given)
    if not str(given) or not path.exists():
        raise UsageError(f"{given} is not there; name a CSV or Parquet file, or a folder of parts, with new {table}")
    if not path.is_dir():
        return [path]
    found = [path / name for name in sorted(one.name for one in path.iterdir()) if is_part(name)]
    if not found:
        raise UsageError(f"{given} holds no part: no *.csv or *.parquet in it")
    return found


def _held(state: State, table: str) -> pa.Table:
    found = state.table(table)
    if found is None:
        raise UsageError(f"{state.path} keeps no {table}")
    return found
