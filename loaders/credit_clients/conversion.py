"""How do credit card clients become tables of our contract, with nothing said that the data does not say?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from loaders.credit_clients.clients import GROUPS, PAYMENTS, SOURCE, STATUS, TARGET, frame, is_test
from loaders.table_folder import table_folder

MARKER = "import.json"
POLICY = "renmai.toml"
AS_OF = "2005-10-01T00:00:00+08:00"
KNOWN_AT = "2005-09-30T23:59:59+08:00"
DEFAULTED_AT = "2005-10-31T00:00:00+08:00"
DAYS_A_MONTH = 30
NOT_USED = -2
POLICY_TEXT = f"""\
# {SOURCE}.
# Amounts of profiles are in New Taiwan dollars; a scorecard or model made for them is needed to score.
[data]
base_currency = "TWD"
[gate]
# the set has no relations
allow_empty = true
"""
RELATION_COLUMNS = ("relation_id", "kind", "from_id", "to_id", "amount", "currency", "at")


def convert(out: str | os.PathLike[str]) -> dict[str, Any]:
    """Write the credit card clients as CSV tables of the contract, and count them.

    One person and account per client. The profile says what the six months from April to September 2005 say, known at
    the end of September, and nothing else:

    * ``on_time_rate``: of the months in which the card was used (status not −2), the share that was not late (status −1
      or 0); blank where it never was used;
    * ``repayments_12m``: months with a payment. The data reaches back six months, so it is at most 6;
    * ``worst_days_overdue``: the most months late of any status, at 30 days each; 0 where none was late;
    * ``credit_limit``: the limit, in minor units of TWD.

    Bills are debts, not balances, and so no ``mean_balance``; how long a client has been one is not told, and so no
    ``opened_on`` and no ``history_months``; education is a group to monitor, and so no ``degree``. There are no
    relations: their table has a header alone. A default in October 2005 is an outcome of severity 1 on its last day.
    ``groups.csv`` is no table of the contract and is read by no run: per account ``sex``, ``education``, ``marriage``,
    ``age_band``, and ``part`` (train or test, by the SHA-256 of the client's number).

    Parameters
    ----------
    out : path-like
        Folder of the tables, ``groups.csv``, ``import.json`` and ``renmai.toml`` (TWD, and runs without relations are
        allowed; one that is there stays). Tables of an earlier import in it are replaced, others are not.

    Returns
    -------
    dict
        What ``import.json`` holds: ``source``, ``as_of``, ``accounts``, ``never_used``, ``outcomes``, ``test``.

    Raises
    ------
    UsageError
        When the folder holds tables of someone else.
    UnavailableError
        When the folder can't be written.

    Examples
    --------
    >>> import tempfile
    >>> counts = convert(Path(tempfile.mkdtemp()))
    >>> counts["accounts"], counts["outcomes"]
    (30000, 6636)
    """
    out, clients = Path(out), frame()
    profiles, defaulted, groups = profile_rows(clients), clients.index[clients[TARGET]], group_rows(clients)
    counts: dict[str, Any] = {
        "source": SOURCE,
        "as_of": AS_OF,
        "accounts": len(clients),
        "never_used": int(profiles["on_time_rate"].isna().sum()),
        "outcomes": len(defaulted),
        "test": int((groups["part"] == "test").sum()),
    }
    accounts = pd.DataFrame({"account_id": clients.index, "holder_id": clients.index, "kind": "person"})
    accounts["opened_on"] = None
    with table_folder(out, MARKER) as folder:
        folder.write("accounts", [_table(accounts)])
        folder.write("relations", [_table(pd.DataFrame(columns=list(RELATION_COLUMNS)))])
        folder.write("profiles", [_table(profiles)])
        outcomes = {"account_id": defaulted, "kind": "default", "severity": 1, "at": DEFAULTED_AT}
        folder.write("outcomes", [_table(pd.DataFrame(outcomes))])
        folder.write("groups", [_table(groups)])
        if not (out / POLICY).exists():
            folder.write_text(POLICY, POLICY_TEXT)
        folder.write_text(MARKER, json.dumps(counts, indent=1) + "\n")
    return counts


def profile_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """Say of each client what the features of the contract can say, as `convert` tells the rules.

    Examples
    --------
    >>> from loaders.credit_clients.clients import frame
    >>> rows = profile_rows(frame().head(2)).drop(columns="known_at")
    >>> rows.to_dict("records")[0]["on_time_rate"], rows.worst_days_overdue.tolist(), rows.credit_limit.tolist()
    ('0.5', [60, 60], [2000000, 12000000])
    """
    status = clients[list(STATUS)].to_numpy()
    used, in_time = (status != NOT_USED).sum(axis=1), ((status != NOT_USED) & (status <= 0)).sum(axis=1)
    share = np.where(used > 0, in_time / np.maximum(used, 1), np.nan)
    return pd.DataFrame(
        {
            "account_id": clients.index,
            "known_at": KNOWN_AT,
            "on_time_rate": [None if np.isnan(part) else f"{part:.6g}" for part in share],
            "repayments_12m": (clients[list(PAYMENTS)] > 0).sum(axis=1).to_numpy(),
            "worst_days_overdue": DAYS_A_MONTH * np.maximum(status.max(axis=1), 0),
            "credit_limit": (100 * clients["limit_bal"]).astype("int64").to_numpy(),
        }
    )


def group_rows(clients: pd.DataFrame) -> pd.DataFrame:
    """Give the groups of each client, which no score may see, and its part of the split."""
    groups = clients[[name for name in GROUPS if name != "age"]].astype(str)
    decade = clients["age"] // 10 * 10
    groups["age_band"] = decade.astype(str) + "-" + (decade + 9).astype(str)
    groups["part"] = np.where(is_test(clients.index), "test", "train")
    return groups.rename_axis("account_id").reset_index()


def _table(rows: pd.DataFrame) -> pa.Table:
    """Write cells as text, blanks as nulls."""
    return pa.table(
        {
            name: pa.array([None if pd.isna(cell) else str(cell) for cell in rows[name].tolist()], pa.string())
            for name in rows.columns
        }
    )
