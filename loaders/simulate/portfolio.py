"""What does a believable portfolio with planted truths look like, of any size and always the same for the same seed?"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders.errors import UsageError
from loaders.simulate.columns import relations_table
from loaders.simulate.log import log_parts
from loaders.simulate.plan import Plan, make_plan
from loaders.simulate.planted import cast_roles
from loaders.simulate.population import Population, populate
from loaders.simulate.records import (
    account_ids,
    accounts_table,
    consent_tables,
    outcomes_table,
    profile_tables,
    rates_table,
)
from loaders.simulate.support import Support, make_support
from loaders.simulate.truth import Totals, describe
from loaders.table_folder import FORMATS, Format, TableFolder, table_folder

Progress = Callable[[int, int], None]

MARKER = "truth.json"
ONE_FILE_RELATIONS = 5_000_000
DEFAULT_AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


def simulate(
    out: str | os.PathLike[str],
    *,
    accounts: int = 5000,
    relations: int | None = None,
    months: int = 24,
    seed: int = 7,
    format: Format = "csv",  # noqa: A002 (the word of the command line)
    as_of: datetime = DEFAULT_AS_OF,
    profile_history: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a portfolio: the contract's tables and ``truth.json``.

    The same arguments give the same bytes. Memory grows with the accounts, not with the relations.

    Parameters
    ----------
    out : path-like
        Folder of the tables; tables of an earlier simulation in it are replaced, others are not.
    accounts : int
        Accounts of persons, merchants and institutions together, at least 100. Below about 1,000 the planted ones show
        in the shares: more files are thin than a third.
    relations : int, optional
        Relations of the log, exactly; at least 3,000; 30 per account and at least 6,000 if not given.
    months : int
        Calendar months of the log, 6 to 120.
    seed : int
        Seed of all dice.
    format : {"csv", "parquet"}
        Text with decimal amounts, or Parquet with integer minor units (above 5,000,000 relations in parts).
    as_of : datetime
        End of the log, with offset; outcomes go on for a year after it.
    profile_history : int
        Quarterly rows of each profile before the latest, 0 to 40, none before the first account was opened: known 3, 6,
        … months earlier, of a shorter history, drifting around the same quality. The other tables and rows stay.
    progress : callable, optional
        Called with relations done and relations in all.

    Returns
    -------
    dict
        What ``truth.json`` holds: ``arguments``, ``totals``, ``planted``.

    Raises
    ------
    UsageError
        When an argument is out of its range or the folder holds tables of someone else.
    UnavailableError
        When the folder can't be written.

    Examples
    --------
    >>> import tempfile
    >>> truth = simulate(Path(tempfile.mkdtemp()), accounts=400, relations=8000)
    >>> sum(truth["totals"]["relations"].values()), len(truth["planted"]["wash_ring_fresh"]["holders"])
    (8000, 6)
    """
    if format not in FORMATS:
        raise UsageError(f"format must be one of {', '.join(FORMATS)}; got {format!r}")
    out = Path(out)
    plan = make_plan(accounts, relations, months, seed, as_of, profile_history)
    population = populate(plan, cast_roles())
    support = make_support(plan, population)
    totals = Totals(plan)
    with table_folder(out, MARKER) as folder:
        log = _relations(plan, population, support, totals, progress, text=format == "csv")
        folder.write("relations", log, format, parts=format == "parquet" and plan.relations > ONE_FILE_RELATIONS)
        _write_records(folder, plan, population, totals, format)
        truth = describe(plan, population, support, totals)
        folder.write_text(MARKER, json.dumps(truth, indent=1, ensure_ascii=False) + "\n")
    return truth


def _relations(
    plan: Plan, population: Population, support: Support, totals: Totals, progress: Progress | None, *, text: bool
) -> Iterator[pa.Table]:
    accounts = account_ids(plan, population)
    width = max(9, len(str(plan.relations)))
    for rows in log_parts(plan, population, support):
        yield relations_table(rows, totals.relations, width, accounts, text=text)
        totals.add(rows)
        if progress is not None:
            progress(totals.relations, plan.relations)


def _write_records(
    folder: TableFolder, plan: Plan, population: Population, totals: Totals, file_format: Format
) -> None:
    accounts, text = account_ids(plan, population), file_format == "csv"
    folder.write("accounts", [accounts_table(plan, population)], file_format)
    folder.write("profiles", profile_tables(plan, population, accounts, text=text), file_format)
    folder.write("consents", consent_tables(plan, population, accounts, text=text), file_format)
    folder.write("outcomes", [outcomes_table(plan, population, accounts, text=text)], file_format)
    if totals.foreign_days.any():
        folder.write("rates", [rates_table(plan, totals.foreign_days)], file_format)
