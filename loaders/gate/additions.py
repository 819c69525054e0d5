"""What of new records stands beside accounts and rates that stood before? The gate for an update."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from loaders.errors import UsageError
from loaders.gate.engine import engine
from loaders.gate.passage import Gate, Opener, counted
from loaders.gate.pieces import REFERRING
from loaders.gate.rejects import rejects_table
from loaders.readers.csv_file import read_csv_file
from loaders.readers.frames import read_accepted, read_frame
from loaders.readers.parquet_file import read_parquet_file
from loaders.readers.parquet_safety import check_parquet_files
from loaders.readers.source import source_of
from loaders.settings import LoadSettings
from loaders.tables import Counts, InputFile

if TYPE_CHECKING:
    import pandas as pd

    Addition: TypeAlias = str | os.PathLike[str] | pd.DataFrame

_DEFAULTS = LoadSettings()
_NONE: Mapping[str, pa.Table] = {}


@dataclass(frozen=True, slots=True)
class Added:
    """The new records that stand, those that were refused, and the files they came from.

    Attributes
    ----------
    relations, profiles, consents, outcomes
        As in :class:`loaders.Tables`, relations coded by the given accounts; None where nothing was given.
    rejects, files, counts
        As in :class:`loaders.Tables`; ``counts`` of the given tables alone.
    """

    relations: pa.Table | None
    profiles: pa.Table | None
    consents: pa.Table | None
    outcomes: pa.Table | None
    rejects: pa.Table
    files: tuple[InputFile, ...]
    counts: Mapping[str, Counts]


def pass_additions(
    inputs: Mapping[str, Sequence[Addition]],
    accounts: pa.Table,
    rates: pa.Table,
    settings: LoadSettings = _DEFAULTS,
    *,
    earlier: Mapping[str, pa.Table] = _NONE,
    name: str = "earlier",
) -> Added:
    """Let new records through the gate, beside accounts and rates that are not judged again.

    Parameters
    ----------
    inputs
        New files (.csv, .csv.gz with its sidecar, .parquet) or DataFrames of ``relations``, ``profiles``, ``consents``
        and ``outcomes``.
    accounts, rates
        As in :class:`loaders.Tables`.
    settings
        How the new records are read.
    earlier
        Records that stood before and are judged together with the new ones, first of each table; the result has them
        too.
    name
        What these are called among the files.

    Returns
    -------
    Added

    Raises
    ------
    ContractError
        When a file as a whole breaks the contract.
    UsageError
        When there is no such file, or the table takes no additions.
    UnavailableError
        When a file can't be opened, or memory or disk run out.

    Examples
    --------
    >>> from loaders import load
    >>> from loaders.gate.additions import pass_additions
    >>> from loaders.town import town
    >>> tables, frames = load(**town()), town()
    >>> added = pass_additions({"relations": [frames["relations"][:3]]}, tables.accounts, tables.rates)
    >>> added.relations.num_rows, added.profiles is None, added.counts["relations"].rejected
    (3, True, 0)
    """
    for table in [*inputs, *earlier]:
        if table not in REFERRING:
            raise UsageError(f"{table!r} takes no additions; only {', '.join(REFERRING)} do")
    openers = _openers(inputs, settings, earlier, name)
    with engine(settings) as connection:
        gate = Gate(connection, settings)
        gate.know("accounts", accounts)
        gate.know("rates", rates)
        found = {table: gate.let_in(table, openers[table]) if openers.get(table) else None for table in REFERRING}
        listed = gate.told()
        counts = {
            table: counts for table, counts in counted(listed, gate.refusals).items() if found.get(table) is not None
        }
        return Added(**found, rejects=rejects_table(gate.refusals, gate.files), files=listed, counts=counts)


def _openers(
    inputs: Mapping[str, Sequence[Addition]], settings: LoadSettings, earlier: Mapping[str, pa.Table], name: str
) -> dict[str, list[Opener]]:
    """Number all files in order of tables; what stood before comes first of its table."""
    listed = [(table, addition) for table in REFERRING for addition in _listed(table, inputs, earlier)]
    files = [source_of(table, Path(one)) for table, one in listed if isinstance(one, str | os.PathLike)]
    checked = iter(check_parquet_files(files, settings))
    found: dict[str, list[Opener]] = {table: [] for table in REFERRING}
    for number, (table, addition) in enumerate(listed):
        if isinstance(addition, str | os.PathLike):
            source = next(checked)
            read = read_parquet_file if source.format == "parquet" else read_csv_file
            found[table].append(partial(read, source, number, settings))
        elif isinstance(addition, pa.Table):
            found[table].append(partial(read_accepted, table, addition, number, f"{name} {table}"))
        else:
            found[table].append(partial(read_frame, table, addition, number, settings))
    return found


def _listed(
    table: str, inputs: Mapping[str, Sequence[Addition]], earlier: Mapping[str, pa.Table]
) -> list[Addition | pa.Table]:
    return [*([earlier[table]] if table in earlier else []), *inputs.get(table, ())]
