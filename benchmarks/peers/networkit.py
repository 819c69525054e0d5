"""PageRank by NetworKit: C++ with OpenMP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.graphs import Edges
from benchmarks.machine import installed
from benchmarks.peers import DAMPING

NAME = "NetworKit"
SETTINGS = "weighted directed graph, all threads, L1 norm of the change, without and with spreading of sinks"
VARIANTS = ("sinks left out", "sinks spread")


def version() -> str | None:
    """Version of NetworKit."""
    return installed("networkit")


def build(edges: Edges, threads: int) -> Any:
    """The graph with its compacted adjacency."""
    import networkit

    networkit.setNumberOfThreads(threads)
    ends = (edges.payer.astype(np.uint64), edges.payee.astype(np.uint64))
    graph = networkit.GraphFromCoo((edges.weight, ends), n=edges.nodes, weighted=True, directed=True)
    graph.sortEdges()
    return graph


def stops(tolerance: float, variant: str) -> Sequence[float]:  # noqa: ARG001 (one seam for all)
    """The L1 change at which to stop."""
    return (tolerance,)


def solve(built: Any, stop: float, variant: str) -> Any:
    """Run it; the scores stay in C++."""
    from networkit.centrality import Norm, PageRank, SinkHandling

    sinks = SinkHandling.DistributeSinks if variant == "sinks spread" else SinkHandling.NoSinkHandling
    work = PageRank(built, damp=DAMPING, tol=stop, distributeSinks=sinks)
    work.norm = Norm.L1_NORM
    return work.run()


def ranks(built: Any, solved: Any) -> NDArray[np.float64]:  # noqa: ARG001 (one seam for all)
    """As an array, summing to 1."""
    rank = np.asarray(solved.scores())
    return rank / rank.sum()
