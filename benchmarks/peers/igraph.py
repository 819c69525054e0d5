"""PageRank by igraph's PRPACK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.graphs import Edges
from benchmarks.machine import installed
from benchmarks.peers import DAMPING

NAME = "igraph"
SETTINGS = "implementation prpack, which has a fixed tolerance of 1e-10; it makes its own graph inside every call"
VARIANTS = ("weights", "no weights")


def version() -> str | None:
    """Version of igraph."""
    return installed("igraph")


def build(edges: Edges, threads: int) -> Any:  # noqa: ARG001 (PRPACK has one thread here)
    """The graph, and the weights as the list that the call wants."""
    import igraph

    graph = igraph.Graph(n=edges.nodes, edges=np.column_stack([edges.payer, edges.payee]), directed=True)
    return graph, edges.weight.tolist()


def stops(tolerance: float, variant: str) -> Sequence[float]:  # noqa: ARG001 (one seam for all)
    """PRPACK can't be told."""
    return (1e-10,)


def solve(built: Any, stop: float, variant: str) -> Any:  # noqa: ARG001 (one seam for all)
    """Call it."""
    graph, weights = built
    return graph.pagerank(damping=DAMPING, weights=weights if variant == "weights" else None, implementation="prpack")


def ranks(built: Any, solved: Any) -> NDArray[np.float64]:  # noqa: ARG001 (one seam for all)
    """As an array, summing to 1."""
    rank = np.asarray(solved)
    return rank / rank.sum()
