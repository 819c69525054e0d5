"""Where does money go on to, and how soon? By joining the table of payments with itself."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import networkx as nx
import pandas as pd

from tests.servers.investigations.accounts import Rows, Time, plain
from tests.servers.investigations.data import Data

COLUMNS = ["relation_id", "from_id", "to_id", "amount_minor", "currency", "at"]


def money_trail(data: Data, account: str, hops: int, days: int, since: Time = None, until: Time = None) -> Rows:
    """Every chain of the graph whose nodes are payments and whose edges lead to the payments that may follow."""
    rows = []
    for chain in _chains(data.payments(since=since, until=until), account, hops, timedelta(days=days)):
        accounts = [account, *(payment.to_id for payment in chain)]
        ids, amounts = [p.relation_id for p in chain], [p.amount_minor for p in chain]
        codes = [p.currency for p in chain]
        rows.append(plain((len(chain), accounts[-1], accounts, ids, amounts, codes, chain[0].at, chain[-1].at)))
    return sorted(rows, key=lambda row: (row[6], row[3]))


def decaying_trace(data: Data, account: str, share: float, most: float, days: int, **window: Time) -> Rows:
    """Keep the trails on which every payment stands in the right proportion to the one before."""
    rows = []
    for hops, end, accounts, ids, amounts, codes, first, last in money_trail(data, account, 4, days, **window):
        right = all(share * a <= b <= most * a for a, b in pairwise(amounts))
        if hops > 1 and len(set(codes)) == 1 and right:
            kept = amounts[-1] / amounts[0] if amounts[0] else None
            rows.append((hops, end, accounts, ids, codes[0], amounts, kept, first, last))
    return rows


def _chains(payments: pd.DataFrame, account: str, hops: int, gap: timedelta) -> list[tuple[Any, ...]]:
    places = payments.groupby("from_id").indices
    successors = nx.DiGraph()

    def paid_by(name: str) -> list[Any]:
        return list(payments[COLUMNS].iloc[places.get(name, [])].itertuples())

    frontier = {payment.relation_id: payment for payment in paid_by(account)}
    starts = list(frontier.values())
    for _ in range(hops - 1):
        further = {}
        for payment in frontier.values():
            for later in paid_by(payment.to_id):
                if payment.at < later.at <= payment.at + gap:
                    successors.add_edge(payment, later)
                    further[later.relation_id] = later
        frontier = further
    chains = [(payment,) for payment in starts]
    for start in (payment for payment in starts if payment in successors):
        reach = nx.single_source_shortest_path_length(successors, start, hops - 1)
        for path in nx.all_simple_paths(successors.subgraph(reach), start, set(reach) - {start}, hops - 1):
            visited = [account, *(payment.to_id for payment in path)]
            if len(set(visited)) == len(visited):
                chains.append(tuple(path))
    return chains


def rings(data: Data, account: str, longest: int, days: int, since: Time = None, until: Time = None) -> Rows:
    """Walk backwards, from the payments into the account, by joins; the first payment sets the time."""
    payments = data.payments(since=since, until=until)[COLUMNS]
    ends = payments[payments.to_id == account]
    columns = ["from_id", "at", "relation_id", "to_id", "amount_minor", "currency"]
    open_rings = [(end.from_id, end.at, end.at, (end,)) for end in ends[columns].itertuples()]
    rows = []
    while open_rings and len(open_rings[0][3]) < longest:
        heads = pd.DataFrame(open_rings, columns=["payee", "next_at", "end_at", "later"])
        joined = heads.merge(payments, left_on="payee", right_on="to_id")
        recent = joined["at"] >= joined.end_at - timedelta(days=days)
        open_rings = []
        for row in joined[recent & (joined["at"] < joined.next_at)].itertuples():
            chain = (row, *row.later)
            if row.from_id == account and len(chain) > 2:
                rows.append(_ring(chain))
            elif row.from_id not in {account, *(payment.from_id for payment in row.later)}:
                open_rings.append((row.from_id, row.at, row.end_at, chain))
    return sorted(rows, key=lambda row: (row[5], row[2]))


def _ring(chain: tuple[Any, ...]) -> tuple[Any, ...]:
    accounts, ids = [p.from_id for p in chain], [p.relation_id for p in chain]
    amounts, codes = [p.amount_minor for p in chain], [p.currency for p in chain]
    return plain((len(chain), accounts, ids, amounts, codes, chain[0].at, chain[-1].at))


def pooling(
    data: Data, account: str, days: int, payers: int, share: float, since: Time = None, until: Time = None
) -> Rows:
    """Look at the payments in before each payment out, one by one."""
    payments = data.payments(since=since, until=until)
    into, rows = payments[payments.to_id == account], []
    for out in payments[payments.from_id == account].itertuples():
        window = into["at"].between(out.at - timedelta(days=days), out.at, inclusive="left")
        pool = into[window & (into.currency == out.currency)]
        total = pool.amount_minor.sum()
        if pool.from_id.nunique() >= payers and out.amount_minor >= share * total:
            facts = (out.relation_id, out.to_id, out.at, out.currency, out.amount_minor, pool.from_id.nunique())
            rows.append(plain((*facts, len(pool), total, pool["at"].min(), out.amount_minor / total)))
    return sorted(rows, key=lambda row: (-row[4], row[2], row[0]))


def fast_in_fast_out(
    data: Data, account: str, hours: int, share: float, since: Time = None, until: Time = None
) -> Rows:
    """Look at the payments out after each payment in, one by one."""
    payments = data.payments(since=since, until=until)
    away, rows = payments[payments.from_id == account], []
    for paid in payments[payments.to_id == account].itertuples():
        window = away["at"].between(paid.at, paid.at + timedelta(hours=hours), inclusive="right")
        gone = away[window & (away.currency == paid.currency)]
        total = gone.amount_minor.sum()
        if len(gone) and total >= share * paid.amount_minor:
            facts = (paid.relation_id, paid.from_id, paid.at, paid.currency, paid.amount_minor, len(gone))
            rows.append(plain((*facts, gone.to_id.nunique(), total, gone["at"].max(), total / paid.amount_minor)))
    return sorted(rows, key=lambda row: (-row[4], row[2], row[0]))


def fan_in_fan_out(
    data: Data, account: str, payers: int, payees: int, share: float, since: Time = None, until: Time = None
) -> Rows:
    """Describe every account of the portfolio, then keep the mules near this one."""
    payments = data.payments(since=since, until=until)
    graph = nx.from_pandas_edgelist(payments, "from_id", "to_id")
    near = {account, *graph[account]} if account in graph else {account}
    both = _fan(payments, "to_id", "from_id").join(_fan(payments, "from_id", "to_id").add_prefix("out_"), how="inner")
    mules = both[(both.n >= payers) & (both.out_n >= payees)]
    mules = mules[(mules.out_minor >= share * mules.minor) & (mules.minor >= share * mules.out_minor)]
    rows = []
    for row in mules[mules.index.isin(near, level="id")].reset_index().itertuples():
        facts = (row.id, row.currency, row.n, row.out_n, row.minor, row.out_minor, row.out_minor / row.minor)
        rows.append(plain((*facts, min(row.first, row.out_first), max(row.last, row.out_last))))
    return sorted(rows, key=lambda row: (-row[2] - row[3], row[0], row[1]))


def _fan(payments: pd.DataFrame, mine: str, other: str) -> pd.DataFrame:
    named = {"n": (other, "nunique"), "minor": ("amount_minor", "sum"), "first": ("at", "min"), "last": ("at", "max")}
    return payments.groupby([mine, "currency"], observed=True).agg(**named).rename_axis(["id", "currency"])
