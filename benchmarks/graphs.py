"""On which graph do kernels and peers meet? One R-MAT graph per scale, made once, kept as files, the same for all."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks import rmat
from benchmarks.asked import Asked
from benchmarks.measure import say

TIES_PER_NODE = 15.4
"""So that scale 20 has 16.1 million ties and scale 22 has 64.6 million."""


@dataclass(frozen=True, eq=False)
class Edges:
    """A weighted directed graph, by payee, with what rule ``vouch`` knows of each holder.

    Attributes
    ----------
    indptr : int64[n + 1]
        Row i of the payers of holder i is ``indptr[i]:indptr[i + 1]``.
    payer, payee : int32[m]
        Sorted by (payee, payer); no pair twice, nobody with itself.
    weight : float64[m]
        w > 0, months behind the payee: the payer's voice shared out among those it pays.
    evidence, months : float64[n]
        b in [0, 1] and n.
    """

    indptr: NDArray[np.int64]
    payer: NDArray[np.int32]
    payee: NDArray[np.int32]
    weight: NDArray[np.float64]
    evidence: NDArray[np.float64]
    months: NDArray[np.float64]

    @property
    def nodes(self) -> int:
        """How many holders, n."""
        return len(self.indptr) - 1

    @property
    def ties(self) -> int:
        """How many ties, m."""
        return len(self.payer)

    def shares(self) -> NDArray[np.float64]:
        """Part of its weight that each payer gives to each payee: what PageRank walks along."""
        out = np.bincount(self.payer, weights=self.weight, minlength=self.nodes)
        shares: NDArray[np.float64] = self.weight / out[self.payer]
        return shares

    def symmetrised(self) -> Edges:
        """The graph with every tie in both directions, weights of opposite ties added."""
        matrix = sparse.csr_array((self.weight, self.payer, self.indptr), shape=(self.nodes, self.nodes))
        both = sparse.csr_array(matrix + matrix.T)
        both.sort_indices()
        payee = np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(both.indptr))
        indptr, payer = both.indptr.astype(np.int64), both.indices.astype(np.int32)
        return Edges(indptr, payer, payee, both.data, self.evidence, self.months)


def make(scale: int, ties: int | None = None) -> Edges:
    """Draw the graph: strengths, months of history and evidence of every holder.

    Examples
    --------
    >>> edges = make(8)
    >>> edges.nodes, edges.ties, bool(edges.weight.min() > 0)
    (256, 3942, True)
    """
    nodes, ties = 2**scale, ties or round(TIES_PER_NODE * 2**scale)
    first, second = rmat.edges(scale, ties)
    key = second.astype(np.int64) << scale | first
    key.sort()
    payer, payee = (key & (nodes - 1)).astype(np.int32), (key >> scale).astype(np.int32)
    dice = np.random.default_rng(11)
    strength = dice.random(ties) * 3 + 1e-3
    months = np.where(dice.random(nodes) < 0.35, dice.integers(1, 12, nodes), dice.integers(12, 180, nodes)) * 1.0
    budget = np.maximum(2.467, np.bincount(payer, weights=strength, minlength=nodes))
    weight = 6 * (months / (months + 6))[payer] * strength / budget[payer]
    indptr = np.searchsorted(payee, np.arange(nodes + 1)).astype(np.int64)
    return Edges(indptr, payer, payee, weight, dice.beta(4, 3, nodes), months)


def load(scale: int, asked: Asked | None = None) -> Edges:
    """Give the graph of a scale from the cache folder, made on first use."""
    data = (asked or Asked()).data
    place = data / f"rmat-{scale}"
    if not place.is_dir():
        say(f"drawing an R-MAT graph of scale {scale}")
        edges, fresh = make(scale), data / f".fresh-rmat-{os.getpid()}"
        fresh.mkdir(parents=True)
        try:
            for field in fields(Edges):
                np.save(fresh / f"{field.name}.npy", getattr(edges, field.name))
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Edges(**{field.name: np.load(Path(place) / f"{field.name}.npy") for field in fields(Edges)})
