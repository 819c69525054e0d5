"""PageRank by every solver of scikit-network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import bicgstab

from benchmarks.graphs import Edges
from benchmarks.machine import installed
from benchmarks.peers import DAMPING

NAME = "scikit-network"
SETTINGS = (
    "every solver; normalised and transposed matrices, which it makes anew in each call, are made before the clock "
    "starts; bicgstab without SciPy's relative tolerance, which would stop it too early; its walk treats who pays "
    "nobody in its own way, so its solvers are held to the fixed point of that walk; push takes no weights"
)
VARIANTS = ("piteration", "diteration", "lanczos", "bicgstab", "RH", "push")
MANY = 100
LARGEST_PUSH = 2**12
WALKS = ("piteration", "lanczos", "bicgstab")
"""Solvers that use its own operator of the walk."""


@dataclass(frozen=True, eq=False)
class Built:
    """The graph, and the matrices that ``get_pagerank`` would make of it."""

    graph: sparse.csr_matrix
    pattern: sparse.csr_matrix
    normal: sparse.csr_matrix
    operator: Any
    seeds: NDArray[np.float64]


def version() -> str | None:
    """Version of scikit-network."""
    return installed("scikit-network")


def build(edges: Edges, threads: int) -> Built:  # noqa: ARG001 (its loops take all threads of OpenMP)
    """The adjacency by payer, its normalised form and the walk's operator."""
    from sknetwork.linalg.normalizer import normalize
    from sknetwork.linalg.ppr_solver import RandomSurferOperator

    size = (edges.nodes, edges.nodes)
    by_payee = sparse.csr_matrix((edges.weight, edges.payer, edges.indptr.astype(np.int32)), shape=size)
    graph = by_payee.T.tocsr()
    seeds = np.full(edges.nodes, 1 / edges.nodes)
    pattern = sparse.csr_matrix((np.ones(edges.ties), graph.indices, graph.indptr), shape=size)
    return Built(graph, pattern, normalize(graph, p=1), RandomSurferOperator(graph, seeds, DAMPING), seeds)


def stops(tolerance: float, variant: str) -> Sequence[float]:
    """Tolerances or, for RH, numbers of terms; loosest first."""
    if variant == "RH":
        return range(4, 100)
    if variant in ("piteration", "push"):
        return (tolerance,)
    return tuple(tolerance * factor for factor in (100, 10, 1, 0.1, 0.01, 1e-3, 1e-4, 1e-5))


def refuses(edges: Edges, variant: str) -> str | None:
    """Say why a solver is not asked."""
    if variant == "push" and edges.nodes > LARGEST_PUSH:
        return f"not asked beyond {LARGEST_PUSH:,} nodes, where it takes seconds; it grows faster than the graph"
    return None


def solve(built: Built, stop: float, variant: str) -> Any:
    """Call its own solver with the matrices that are made already."""
    from sknetwork.linalg import ppr_solver
    from sknetwork.linalg.polynome import Polynome

    ready = {
        "normalize": lambda *_, **__: built.normal,
        "RandomSurferOperator": lambda *_: built.operator,
        "bicgstab": partial(bicgstab, rtol=0.0),  # else SciPy's default of 1e-5 stops it too early
        "Polynome": lambda _, coefficients: Polynome(built.operator.a, coefficients),
    }
    told = {"n_iter": int(stop)} if variant == "RH" else {"n_iter": MANY, "tol": stop}
    graph = built.pattern if variant == "push" else built.graph
    with patch.multiple(ppr_solver, **ready):
        return ppr_solver.get_pagerank(graph, built.seeds, DAMPING, solver=variant, **told)


def truth(built: Built, variant: str) -> NDArray[np.float64] | None:
    """The limit of its own walk, for solvers that use it (bicgstab a linear form of it); None: the true PageRank."""
    if variant not in WALKS:
        return None
    rank = built.operator.b
    for _ in range(2 * MANY):
        if variant == "bicgstab":
            rank = built.operator.a @ rank + built.operator.b
        else:
            rank = built.operator.dot(rank)
            rank = rank / rank.sum()
    found: NDArray[np.float64] = rank / rank.sum()
    return found


def ranks(built: Built, solved: Any) -> NDArray[np.float64]:  # noqa: ARG001 (one seam for all)
    """As float64, summing to 1."""
    rank = np.asarray(solved, dtype=np.float64)
    return rank / rank.sum()
