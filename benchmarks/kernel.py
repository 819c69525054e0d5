"""How fast is the `vouch` kernel, beside PageRank on the same graph?

The work compared: rule ``vouch`` to a certificate of 1e-6 (and to its floating-point fixed point), and PageRank with
damping .85 to an L1 change of 1e-6 by SciPy sparse matrix-vector products, on one R-MAT graph with the same ties. The
graph is built before the clock starts; compilation is measured apart.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks import rmat
from benchmarks.measure import median_seconds
from graph.vouch import vouch

Array = np.ndarray[Any, Any]


def portfolio(scale: int, ties: int) -> tuple[Array, Array, Array, Array, Array]:
    """Supporters per holder, weights as a budget shared out, evidence and months, on an R-MAT graph."""
    payer, payee = rmat.edges(scale, ties)
    nodes = 2**scale
    dice = np.random.default_rng(11)
    strength = dice.random(ties) * 3
    months = np.where(dice.random(nodes) < 0.35, dice.integers(0, 12, nodes), dice.integers(12, 180, nodes)) * 1.0
    budget = np.maximum(2.467, np.bincount(payer, weights=strength, minlength=nodes))
    weight = 6 * (months / (months + 6))[payer] * strength / budget[payer]
    order = np.lexsort((payer, payee))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(payee, minlength=nodes))]).astype(np.int64)
    return indptr, payer[order], weight[order], dice.beta(4, 3, nodes), months


def pagerank(matrix: sparse.csr_array, damping: float = 0.85, tolerance: float = 1e-6) -> int:
    """Iterate PageRank by plain products; answers the number of iterations."""
    nodes = matrix.shape[0]
    rank, step = np.full(nodes, 1 / nodes), 0
    while True:
        step += 1
        after = damping * (matrix @ rank)
        after += (1 - after.sum()) / nodes
        if np.abs(after - rank).sum() < tolerance:
            return step
        rank = after


def measure(scale: int = 20, ties: int = 16_000_000, runs: int = 3) -> dict[str, float]:
    """Time the kernel and its peer on one graph; seconds, and the ratio of the two."""
    start = time.perf_counter()
    vouch(np.array([0, 1, 1]), np.array([1]), np.array([3.0]), np.array([0.5, 0.9]), np.zeros(2))
    compiled = time.perf_counter() - start
    rows = portfolio(scale, ties)
    result = vouch(*rows, tolerance=1e-6)
    seconds = median_seconds(lambda: vouch(*rows, tolerance=1e-6), runs)
    exact = vouch(*rows)
    to_the_bit = median_seconds(lambda: vouch(*rows), runs)
    indptr, payer, weight, _, _ = rows
    out = np.bincount(payer, weights=weight, minlength=len(indptr) - 1)
    matrix = sparse.csr_array((weight / np.where(out > 0, out, 1)[payer], payer, indptr), shape=2 * (len(indptr) - 1,))
    steps = pagerank(matrix)
    peer = median_seconds(lambda: pagerank(matrix), runs)
    return {
        "nodes": len(indptr) - 1,
        "ties": len(payer),
        "compile_seconds": compiled,
        "vouch_seconds": seconds,
        "vouch_iterations": result.iterations,
        "vouch_certificate": result.certificate,
        "fixed_point_seconds": to_the_bit,
        "fixed_point_iterations": exact.iterations,
        "scipy_pagerank_seconds": peer,
        "scipy_pagerank_iterations": steps,
        "scipy_pagerank_to_vouch": peer / seconds,
    }
