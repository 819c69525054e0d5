"""Who is around an account, who resembles it, and who stands in a circle with it? By sets and graphs of NetworkX."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import networkx as nx
import pandas as pd

from tests.servers.investigations.accounts import Rows, Time, plain
from tests.servers.investigations.data import Data


def sums(payments: pd.DataFrame) -> pd.DataFrame:
    """All payments of a payer to a payee in one currency as one row."""
    grouped = payments.groupby(["from_id", "to_id", "currency"], observed=True)
    named = {
        "payments": ("at", "size"),
        "minor": ("amount_minor", "sum"),
        "first": ("at", "min"),
        "last": ("at", "max"),
    }
    return grouped.agg(**named).reset_index()


def neighbours(payments: pd.DataFrame) -> nx.Graph:
    return nx.from_pandas_edgelist(payments, "from_id", "to_id")


def ego_network(data: Data, account: str, hops: int, since: Time = None, until: Time = None) -> Rows:
    """Cut the ego graph of NetworkX out, and tell the steps by who is on a payment."""
    payments = data.payments(since=since, until=until)
    graph = neighbours(payments)
    if account not in graph:
        return []
    near = set(graph[account])
    rows = []
    for row in sums(payments).itertuples(index=False):
        ends = {row.from_id, row.to_id}
        hop = 1 if account in ends else 2 if ends & near else 3
        if hop <= hops:
            rows.append(
                plain((hop, row.from_id, row.to_id, row.currency, row.payments, row.minor, row.first, row.last))
            )
    return sorted(rows, key=lambda row: (row[0], -row[4], row[1:4]))


def shared_counterparties(data: Data, one: str, other: str, since: Time = None, until: Time = None) -> Rows:
    """Common neighbours and Jaccard coefficient, as NetworkX defines them."""
    if not (data.known(one) and data.known(other)):
        return []
    payments = data.payments(since=since, until=until)
    graph = neighbours(payments)
    graph.add_nodes_from([one, other])
    if graph.has_edge(one, other):
        graph.remove_edge(one, other)
    ((_, _, jaccard),) = nx.jaccard_coefficient(graph, [(one, other)])
    either = len(set(graph[one]) | set(graph[other]))
    common = sorted(nx.common_neighbors(graph, one, other)) if one != other else sorted(graph[one])

    def count(a: str, b: str) -> int:
        return int((payments.from_id.isin([a, b]) & payments.to_id.isin([a, b])).sum())

    rows = [(name, count(name, one), count(name, other), len(common), either, float(jaccard)) for name in common]
    return sorted(rows, key=lambda row: (-row[1] - row[2], row[0])) or [(None, None, None, 0, either, float(jaccard))]


def similar_accounts(data: Data, account: str, since: Time = None, until: Time = None) -> Rows:
    """Compare with every account of the portfolio."""
    graph = neighbours(data.payments(since=since, until=until))
    if account not in graph:
        return []
    rows = []
    for other in graph:
        shared = set(graph[account]) & set(graph[other])
        if other != account and shared:
            either = (set(graph[account]) | set(graph[other])) - {account, other}
            rows.append((other, len(shared), len(either), len(shared) / len(either)))
    return sorted(rows, key=lambda row: (-row[3], -row[1], row[0]))


def three_account_cycle(data: Data, account: str, since: Time = None, until: Time = None) -> Rows:
    """Find the triangles of each currency's graph among the simple cycles, and read their sums off its edges."""
    rows = []
    for currency, part in sums(data.payments(since=since, until=until)).groupby("currency", observed=True):
        graph = nx.from_pandas_edgelist(part, "from_id", "to_id", True, nx.DiGraph)
        if account not in graph:
            continue
        around = graph.subgraph({account, *graph.successors(account), *graph.predecessors(account)})
        for cycle in nx.simple_cycles(around, length_bound=3):
            if len(cycle) == 3 and account in cycle:
                rows += [_triangle(graph, cycle, account, str(currency))]
    return sorted(rows, key=lambda row: (-row[6], row[:3]))


def _triangle(graph: nx.DiGraph, cycle: list[str], account: str, currency: str) -> tuple[Any, ...]:
    start = cycle.index(account)
    first, second, third = cycle[start:] + cycle[:start]
    edges = [graph.edges[pair] for pair in ((first, second), (second, third), (third, first))]
    minor = [edge["minor"] for edge in edges]
    times = (min(edge["first"] for edge in edges), max(edge["last"] for edge in edges))
    return plain((second, third, currency, *minor, min(minor), sum(edge["payments"] for edge in edges), *times))


def shortest_money_path(data: Data, one: str, other: str, since: datetime | None = None, until: Time = None) -> Rows:
    """Take the first, by ids, of all shortest paths of NetworkX."""
    payments = data.payments(since=since, until=until)
    graph = nx.from_pandas_edgelist(payments, "from_id", "to_id", None, nx.DiGraph)
    if one == other or one not in graph or other not in graph or not nx.has_path(graph, one, other):
        return []
    way = min(nx.all_shortest_paths(graph, one, other), key=" ".join)
    if len(way) > 7:
        return []
    table = sums(payments)
    rows = []
    for step, (payer, payee) in enumerate(pairwise(way), start=1):
        for row in table[(table.from_id == payer) & (table.to_id == payee)].itertuples(index=False):
            head = (len(way) - 1, step, payer, payee, row.currency)
            rows.append(plain((*head, row.payments, row.minor, row.first, row.last)))
    return rows
