"""Which ties are mutual, one-sided or asleep, and who stands between two circles? From a run's ties, as a graph."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import pandas as pd

from tests.servers.investigations.credit import Rows
from tests.servers.investigations.runs import Portfolio, ties


def mutual_boosting(portfolio: Portfolio, strong: float) -> Rows:
    """Cliques of two and three in the graph of those who are strongly tied both ways."""
    directed = nx.from_pandas_edgelist(
        ties(portfolio.now).query("g >= @strong"), "from_id", "to_id", ["g", "contribution"], nx.DiGraph
    )
    mutual = directed.to_undirected(reciprocal=True)
    rows = []
    for clique in nx.enumerate_all_cliques(mutual):
        if len(clique) in (2, 3):
            members = sorted(clique)
            both = [directed[a][b] for pair in combinations(members, 2) for a, b in (pair, pair[::-1])]
            names = (*members, None) if len(members) == 2 else members
            total = sum(tie["contribution"] for tie in both)
            rows.append((len(members), *names, min(tie["g"] for tie in both), total))
    return sorted(rows, key=lambda row: (-row[0], -row[4], row[1:3], row[3] or ""))


def one_sided_ties(portfolio: Portfolio, strong: float, back: float) -> Rows:
    """Put each tie beside the one the other way."""
    all_ties = portfolio.now.ties
    other = all_ties.rename(columns={"from_id": "to_id", "to_id": "from_id", "g": "g_back"})
    both = all_ties.merge(other[["from_id", "to_id", "g_back"]], on=["from_id", "to_id"], how="left")
    both["g_back"] = both.g_back.fillna(0.0)
    both = both[(both.v >= strong) & (both.g_back <= back * both.g)]
    both = both.sort_values(["v", "from_id", "to_id"], ascending=[False, True, True])
    return rows_of(both, "from_id", "to_id", "v", "g_back", "money", "count", "last_at")


def dormant_ties(portfolio: Portfolio, days: int, payments: int) -> Rows:
    """Ties of many payments, all of them long ago."""
    found = portfolio.now.ties
    silence = portfolio.as_of - found.last_at
    found = found[(found["count"] >= payments) & (silence >= pd.Timedelta(days=days))]
    found = found.sort_values(["count", "from_id", "to_id"], ascending=[False, True, True])
    return rows_of(found, "from_id", "to_id", "money", "count", "first_at", "last_at", "v")


def bridges(portfolio: Portfolio, left: str, right: str, strong: float) -> Rows:
    """Neighbours of both circles, by how many of each they touch."""
    centres = [portfolio.holder(left), portfolio.holder(right)]
    if None in centres:
        return []
    graph = nx.Graph()
    for tie in portfolio.now.ties.query("g >= @strong").itertuples():
        known = graph.get_edge_data(tie.from_id, tie.to_id, {"g": 0.0})["g"]
        graph.add_edge(tie.from_id, tie.to_id, g=known + tie.g)
    graph.add_nodes_from(centres)
    circles = [{centre, *graph[centre]} for centre in centres]
    rows = []
    for holder in set(graph) - set(centres):
        touched = [circle & set(graph[holder]) for circle in circles]
        if all(touched):
            strength = [sum(graph[holder][member]["g"] for member in members) for members in touched]
            inside = [holder in circle for circle in circles]
            rows.append((holder, *map(len, touched), *strength, *inside))
    return sorted(rows, key=lambda row: (-min(row[1:3]), -row[1] - row[2], row[0]))


def rows_of(frame: pd.DataFrame, *columns: str) -> Rows:
    return list(frame[list(columns)].itertuples(index=False, name=None))
