"""PageRank by SuiteSparse:GraphBLAS: power steps with its matrix-vector product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.graphs import Edges
from benchmarks.machine import installed
from benchmarks.peers import DAMPING

NAME = "GraphBLAS"
SETTINGS = "SuiteSparse by python-graphblas: shares by row of the payee, full vectors, all threads, L1 change"
VARIANTS = ("FP64", "FP32")


def version() -> str | None:
    """Versions of python-graphblas and SuiteSparse."""
    front, back = installed("python-graphblas"), installed("suitesparse-graphblas")
    return f"{front} (SuiteSparse {back})" if front and back else None


def build(edges: Edges, threads: int) -> Any:
    """Matrices of both precisions."""
    import graphblas

    graphblas.ss.config["nthreads"] = threads
    shares, size = edges.shares(), edges.nodes
    built = {}
    for variant, kind in (("FP64", np.float64), ("FP32", np.float32)):
        matrix = graphblas.Matrix.ss.import_csr(
            nrows=size,
            ncols=size,
            indptr=edges.indptr.astype(np.uint64),
            col_indices=edges.payer.astype(np.uint64),
            values=shares.astype(kind),
            sorted_cols=True,
        )
        built[variant] = matrix
    return built


def stops(tolerance: float, variant: str) -> Sequence[float]:  # noqa: ARG001 (one seam for all)
    """The L1 change at which to stop."""
    return (tolerance,)


def solve(built: Any, stop: float, variant: str) -> Any:
    """Take steps until the L1 change is below ``stop``; who pays nobody spreads over all."""
    import graphblas
    from graphblas import binary, monoid, semiring, unary

    matrix = built[variant]
    nodes = matrix.nrows
    rank = graphblas.Vector(matrix.dtype, nodes)
    rank[:] = 1 / nodes
    change = graphblas.Vector(matrix.dtype, nodes)
    while True:
        after = graphblas.Vector(matrix.dtype, nodes)
        after[:] = 0
        after(binary.plus) << semiring.plus_times(matrix @ rank)
        after << after.apply(binary.times, right=DAMPING)
        after << after.apply(binary.plus, right=(1 - float(after.reduce(monoid.plus).get(0))) / nodes)
        change << after.ewise_mult(rank, binary.minus)
        change << change.apply(unary.abs)
        rank = after
        if float(change.reduce(monoid.plus).get(0)) < stop:
            return rank


def ranks(built: Any, solved: Any) -> NDArray[np.float64]:  # noqa: ARG001 (one seam for all)
    """As an array, summing to 1."""
    rank = solved.to_dense(fill_value=0).astype(np.float64)
    return rank / rank.sum()
