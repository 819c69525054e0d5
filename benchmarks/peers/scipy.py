"""PageRank by plain products with a SciPy sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version as version_of
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.graphs import Edges
from benchmarks.peers import DAMPING

NAME = "SciPy"
SETTINGS = "csr_array of shares with 32-bit indices, power steps until the L1 change is within the tolerance"
VARIANTS = ("float64", "float32")


def version() -> str | None:
    """Version of SciPy."""
    return version_of("scipy")


def build(edges: Edges, threads: int) -> Any:  # noqa: ARG001 (SciPy's product has one thread)
    """Matrices of both precisions."""
    size = (edges.nodes, edges.nodes)
    matrix = sparse.csr_array((edges.shares(), edges.payer, edges.indptr.astype(np.int32)), shape=size)
    return {"float64": matrix, "float32": matrix.astype(np.float32)}


def stops(tolerance: float, variant: str) -> Sequence[float]:  # noqa: ARG001 (one seam for all)
    """The L1 change at which to stop."""
    return (tolerance,)


def solve(built: Any, stop: float, variant: str) -> Any:
    """Take steps until the L1 change is below ``stop``; who pays nobody spreads over all."""
    matrix = built[variant]
    nodes = matrix.shape[0]
    rank = np.full(nodes, 1 / nodes, dtype=matrix.dtype)
    while True:
        after = matrix @ rank
        after *= matrix.dtype.type(DAMPING)
        after += matrix.dtype.type((1 - float(after.sum(dtype=np.float64))) / nodes)
        np.subtract(after, rank, out=rank)
        np.abs(rank, out=rank)
        change = float(rank.sum(dtype=np.float64))
        rank = after
        if change < stop:
            return rank


def ranks(built: Any, solved: Any) -> NDArray[np.float64]:  # noqa: ARG001 (one seam for all)
    """As float64, summing to 1."""
    rank = np.asarray(solved, dtype=np.float64)
    return rank / rank.sum()
