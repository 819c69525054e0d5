"""Who is near to a bad account, and for whom does somebody stand in? From relations between accounts, as a graph."""

from __future__ import annotations

import networkx as nx
import pandas as pd

from tests.servers.investigations.bonds import rows_of
from tests.servers.investigations.credit import Rows
from tests.servers.investigations.runs import Portfolio

START = ("start",)
"""A node before all accounts of a holder; no id is a tuple."""


def bad_exposure(portfolio: Portfolio, name: str) -> Rows:
    """Measure the distance to every bad account and keep the nearest, at most 3 steps away."""
    own, since = portfolio.accounts_of(name), portfolio.bad("default", "blocked")
    known = portfolio.known("transfer", "pay_on_behalf", "guarantee")
    steps = depths(nx.from_pandas_edgelist(known, "from_id", "to_id"), own)
    near = {account: steps[account] for account in since if 1 <= steps.get(account, 9) <= 3}
    least = min(near.values(), default=0)
    rows: Rows = []
    for account in (account for account, depth in near.items() if depth == least):
        head = (least, account, portfolio.holder_of[account], since[account])
        sent = known[known.from_id.isin(own) & (known.to_id == account)]
        received = known[known.to_id.isin(own) & (known.from_id == account)]
        for currency in sorted({*sent.currency, *received.currency}) or [None]:
            sums = [int(rows[rows.currency == currency].amount_minor.sum()) for rows in (sent, received)]
            rows.append((*head, currency, *(sums if least == 1 else (None, None))))
    return sorted(rows, key=lambda row: (row[3], row[1], row[4] or ""))


def common_blocked_source(portfolio: Portfolio, name: str) -> Rows:
    """Join payments of blocked accounts to this holder with their payments to anyone else."""
    own, since = portfolio.accounts_of(name), portfolio.bad("blocked")
    paid = portfolio.known("transfer", "pay_on_behalf")
    paid = paid[paid.from_id.isin(list(since))]
    sources = set(paid.from_id[paid.to_id.isin(own)])
    others = paid[paid.from_id.isin(sources) & ~paid.to_id.isin(own)]
    keys = ["from_id", "to_id", "currency"]
    found = others.groupby(keys, as_index=False).agg(total=("amount_minor", "sum"), count=("amount_minor", "size"))
    found["since"] = pd.Series(found.from_id.map(since), dtype="datetime64[us, UTC]")
    found["holder"] = found.to_id.map(portfolio.holder_of)
    found = found.sort_values(["count", *keys], ascending=[False, True, True, True])
    return rows_of(found, "from_id", "since", "to_id", "holder", "currency", "total", "count")


def guarantee_chain(portfolio: Portfolio, name: str) -> Rows:
    """Walk down from all accounts of the holder, and add up what leaves each depth."""
    known = portfolio.known("guarantee", "pay_on_behalf")
    steps = depths(
        nx.from_pandas_edgelist(known, "from_id", "to_id", create_using=nx.DiGraph), portfolio.accounts_of(name)
    )
    links = known.assign(step=known.from_id.map(steps) + 1)
    links = links[links.step <= 4].astype({"step": int})
    keys = ["step", "from_id", "to_id", "currency"]
    found = links.groupby(keys, as_index=False).agg(total=("amount_minor", "sum"), count=("amount_minor", "size"))
    level = found.groupby(["currency", "step"]).total.sum().groupby(level=0).cumsum()
    found["exposure"] = [level[key] for key in zip(found.currency, found.step, strict=True)]
    found["bad"] = found.to_id.isin(list(portfolio.bad("default", "blocked")))
    found = found.sort_values(["step", "total", *keys[1:]], ascending=[True, False, True, True, True])
    return rows_of(found, *keys, "total", "count", "exposure", "bad")


def depths(graph: nx.Graph, own: list[str]) -> dict[str, int]:
    """How many steps each account is from the nearest of a holder's own."""
    graph.add_edges_from((START, account) for account in own)
    if START not in graph:
        return {}
    return {account: depth - 1 for account, depth in nx.single_source_shortest_path_length(graph, START).items()}
