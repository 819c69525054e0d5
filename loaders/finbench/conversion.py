"""How does an LDBC FinBench sample become tables of our contract, with every row either written or counted?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders.errors import UsageError
from loaders.finbench import dimensions, graph, relations
from loaders.finbench.graph_tables import FOLDER
from loaders.finbench.graph_tables import MARKER as GRAPH_MARKER
from loaders.finbench.ownership import account_rows, count_holders, find_owners
from loaders.finbench.sample import FILES, Sample, read_sample
from loaders.table_folder import table_folder

MARKER = "import.json"
# What these say goes into profiles, or is about devices, of which the contract knows nothing.
NOT_RELATIONS = ("Loan", "PersonApplyLoan", "CompanyApplyLoan", "Medium", "MediumSignInAccount")


def convert(source: Path, out: Path, *, with_graph: bool = False) -> dict[str, Any]:
    """Convert the 18 files of a FinBench sample to CSV tables of the contract, and count everything.

    Persons and companies become holders of their accounts; transfers, withdrawals, loans, repayments, guarantees and
    investments become relations of their kinds, in CNY, as FinBench names no currency. Times have no offset and are
    taken as UTC. Amounts are rounded half to even to two decimals. A blocked account is an outcome of severity 1 at the
    last time of the sample: FinBench does not say since when it is blocked, and the sample is known from its end on.
    Transfers of an account to itself are written, so that the gate refuses and reports them.

    Parameters
    ----------
    source : Path
        Folder of the 18 files, ``NAME.csv`` or ``NAME.csv.gz``.
    out : Path
        Folder of the tables ``accounts``, ``relations``, ``profiles``, ``outcomes`` and of ``import.json``; tables of
        an earlier import in it are replaced, others are not.
    with_graph : bool
        Also write the nodes and relationships of FinBench itself, into ``finbench/`` (see `loaders.finbench.graph`).
        Without it the ``finbench/`` of an earlier import goes, as it belongs to tables that are no more.

    Returns
    -------
    dict
        What ``import.json`` holds: ``files`` (rows read), ``holders``, ``accounts``, ``relations`` (written, to_itself,
        without_account, rounded, money), ``profiles``, ``outcomes``, ``not_relations``, ``last_time``;
        with the graph also ``graph`` (rows of each table).

    Raises
    ------
    UsageError
        When source is no folder, or out holds tables or a folder ``finbench`` of someone else.
    ContractError
        When a file is missing or not what FinBench writes.
    UnavailableError
        When source can't be read or out can't be written.

    Examples
    --------
    >>> convert(Path("nowhere"), Path("out"))
    Traceback (most recent call last):
    loaders.errors.UsageError: nowhere must be the folder of a FinBench sample; it is not a folder
    """
    sample = read_sample(source)
    owners = find_owners(sample)
    tally = relations.Tally()
    end = dimensions.utc(dimensions.last_time(sample))
    accounts = account_rows(sample, owners)
    rows = relations.relation_rows(sample, owners, tally)
    profiles = dimensions.profile_rows(sample, owners)
    blocked = [row["accountId"] for row in sample["Account"] if row["isBlocked"] == "true"]
    outcomes = [(account, "blocked", "1", end) for account in blocked]
    kinds = [kind for _, _, kind, _ in accounts]
    counts = {
        "files": {name: len(sample[name]) for name in FILES},
        "holders": count_holders(sample, owners),
        "accounts": {"person": kinds.count("person"), "institution": kinds.count("institution")},
        "relations": _describe(tally),
        "profiles": {"written": len(profiles), "without_loan": sum(not row[2] for row in profiles)},
        "outcomes": {"blocked": len(blocked), **_blocked_others(sample)},
        "not_relations": {name: len(sample[name]) for name in NOT_RELATIONS},
        "last_time": end,
    }
    old = out / FOLDER
    if old.exists() and not (old / GRAPH_MARKER).is_file():
        raise UsageError(f"{old} is there without {GRAPH_MARKER}, so it may be yours; give an empty or new folder")
    with table_folder(out, MARKER) as folder:
        folder.write("accounts", [_table(("account_id", "holder_id", "kind", "opened_on"), accounts)])
        folder.write("relations", [_table(relations.COLUMNS, rows)])
        folder.write("profiles", [_table(dimensions.COLUMNS, profiles)])
        folder.write("outcomes", [_table(("account_id", "kind", "severity", "at"), outcomes)])
        if with_graph:
            counts["graph"] = graph.write_graph(sample, folder)
        folder.write_text(MARKER, json.dumps(counts, indent=1) + "\n")
        shutil.rmtree(old, ignore_errors=True)
    return counts


def _describe(tally: relations.Tally) -> dict[str, Any]:
    return {
        "written": dict(tally.written),
        "to_itself": dict(+tally.to_itself),
        "without_account": dict(tally.without_account),
        "rounded": dict(tally.rounded),
        "money": {
            kind: {"stated": str(tally.stated_money[kind]), "written": str(tally.written_money[kind])}
            for kind in tally.stated_money
        },
    }


def _blocked_others(sample: Sample) -> dict[str, int]:
    """Blocked persons, companies and media: counted, as the contract has outcomes of accounts."""
    return {
        f"{name.lower()}_blocked_counted_only": sum(row["isBlocked"] == "true" for row in sample[name])
        for name in ("Person", "Company", "Medium")
    }


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table({name: pa.array(cell, pa.string()) for name, cell in zip(columns, cells, strict=True)})
