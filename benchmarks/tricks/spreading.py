"""Tricks of standings: how ties lie, who is bounded well enough, and who is solved again after a change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import LinearOperator, cg

from benchmarks import graphs, inputs
from benchmarks.asked import Asked
from benchmarks.tables.association import credit_graph
from benchmarks.tables.vouch import solve
from benchmarks.trick import Pair, Trick, Work, altered, without
from graph import layout, narrowing, resolving
from graph.association import association
from graph.vouch import vouch, vouching_weights

SMALL_SCALE = 16


def _vouch(asked: Asked, threads: int) -> Work:
    """To the fixed point."""
    edges = graphs.load(asked.scales[0], asked)
    return lambda: solve(edges, threads, 0.0).standing


def _bounded(asked: Asked) -> Work:
    """To a certificate, which is all that both ways have in common."""
    edges = graphs.load(asked.scales[0], asked)
    return lambda: solve(edges, asked.threads, 1e-6).converged


def _threads(asked: Asked) -> Pair:
    return _vouch(asked, asked.threads), _vouch(asked, threads=1)


def _bounds(asked: Asked) -> Pair:
    work = _bounded(asked)
    return work, without(work, "graph.vouch.FEW", 1 << 62)


def _downhill(asked: Asked) -> Pair:
    work = _bounded(asked)
    return work, without(work, "graph.descent.BLOCKS", 1)


def _sent_for(asked: Asked) -> Pair:
    work = _bounded(asked)
    hint = "_send_for(rows[min(r + AHEAD, hi - 1)], indices, weights)"
    return work, without(work, "graph.enclosure.narrow_open", altered(narrowing.narrow_open, (hint, "pass")))


def _side_by_side(asked: Asked) -> Pair:
    """Without: each row's own numbers are fetched from where they are stored, and its bounds put back there."""
    work, edges = _bounded(asked), graphs.load(asked.scales[0], asked)
    kernel = altered(
        narrowing.narrow_open,
        (
            "    rows: Array,\n",
            "    rows: Array,\n    indptr: Array,\n    b: Array,\n    K: Array,\n    fresh: Array,\n",
        ),
        ("one = rows[r]\n", "i = np.uint32(rows[r].row)\n"),
        ("np.uint64(one.begin), np.uint64(one.ties)", "np.uint64(indptr[i]), np.uint64(indptr[i + 1] - indptr[i])"),
        ("own = one.evidence, one.own_weight, one.low", "own = b[i], K[i], bounds[i, 0]"),
        ("max(one.low, found[0]), min(one.high, found[1])", "max(bounds[i, 0], found[0]), min(bounds[i, 1], found[1])"),
        ("rows[r].low, rows[r].high = low, high", "fresh[i, 0], fresh[i, 1] = low, high"),
    )
    fresh, own_weight = np.empty((edges.nodes, 2), dtype=np.float32), 6 + edges.months

    def narrow(lo: int, hi: int, rows: Any, *rest: Any) -> Any:
        return kernel(lo, hi, rows, edges.indptr, edges.evidence, own_weight, fresh, *rest)

    put_back = altered(
        narrowing.publish,
        ("rows: Array, bounds", "rows: Array, fresh: Array, bounds"),
        ("rows[r].low, rows[r].high", "fresh[i, 0], fresh[i, 1]"),
    )

    def publish(lo: int, hi: int, rows: Any, bounds: Any) -> None:
        put_back(lo, hi, rows, fresh, bounds)

    return work, without(without(work, "graph.enclosure.narrow_open", narrow), "graph.enclosure.publish", publish)


def _turned(asked: Asked) -> Pair:
    network = inputs.network(asked)
    n, ties = len(network), network.ties

    def plain() -> Any:
        starts = np.searchsorted(ties.payer, np.arange(n + 1))
        numbers = csr_array((np.arange(len(ties)), ties.payee, starts), shape=(n, n)).tocsc()
        order = numbers.data
        return numbers.indptr.astype(np.int64), ties.payer[order], ties.payee[order], order

    return lambda: layout.turn(n, ties.payer, ties.payee), plain


def _ascending(asked: Asked) -> Pair:
    holders = inputs.network(asked).holders
    return (
        lambda: pc.all(pc.less(holders[: len(holders) - 1], holders[1:])).as_py(),
        lambda: pc.count_distinct(holders).as_py() == len(holders),
    )


def _both_ways(asked: Asked) -> Pair:
    """One product, with and without making the symmetric matrix first."""
    edges = graphs.load(asked.scales[0], asked)
    network = credit_graph(edges)

    def work() -> Any:
        return association(network, edges.evidence, edges.months, tolerance=1e-6, threads=asked.threads).converged

    def plain() -> Any:
        one_way = network.matrix("g")
        both = csr_array(one_way + one_way.T)
        K = 6.0 + edges.months
        matrix = csr_array(diags_array(K + np.asarray(both.sum(axis=1)).ravel()) - both)
        scale = 1 / matrix.diagonal()
        scaled = LinearOperator(matrix.shape, matvec=lambda x: scale * x)
        found = cg(matrix, K * edges.evidence, x0=edges.evidence, rtol=0.0, atol=6e-6, M=scaled)
        return found[1] == 0

    return work, plain


def _queue(asked: Asked) -> Pair:
    """A hundred people are worth a little less."""
    own, network = inputs.assessment(asked), inputs.network(asked)
    weights = vouching_weights(network, own.credibility)
    rows = network.by_payee.indptr, network.by_payee.indices, weights
    before = vouch(*rows, own.evidence, own.months, tolerance=0.0).standing
    changed = np.arange(0, len(own.holders), max(1, len(own.holders) // 100))
    evidence = own.evidence.copy()
    evidence[changed] *= 0.9
    found = {"start": before, "changed": changed}
    return (
        lambda: resolving.resolve(network, weights, evidence, own.months, **found).standing,
        lambda: vouch(*rows, evidence, own.months, tolerance=0.0, threads=asked.threads).standing,
    )


def _from_above(asked: Asked) -> Pair:
    """Every thousandth holder of a dense graph is worth a little less."""
    edges = graphs.load(min(SMALL_SCALE, asked.scales[0]), asked)
    network, rows = credit_graph(edges), (edges.indptr, edges.payer, edges.weight)
    before = vouch(*rows, edges.evidence, edges.months, tolerance=0.0).standing
    changed = np.arange(0, edges.nodes, 1_000)
    evidence = edges.evidence.copy()
    evidence[changed] *= 0.9
    plain = altered(resolving.resolve, ('queue = queue[np.argsort(-x[queue], kind="stable")]', "pass"))

    def work(solved: Any) -> Any:
        return solved(network, edges.weight, evidence, edges.months, start=before, changed=changed).standing

    return lambda: work(resolving.resolve), lambda: work(plain)


TRICKS = (
    Trick("rows on threads", "graph/threads.py", "ranges write only their own rows", _threads),
    Trick("bounds", "graph/enclosure.py", "who is bounded well enough is not looked at again", _bounds),
    Trick("rows from the highest down", "graph/descent.py", "a supporter is bounded before those it lifts", _downhill),
    Trick(
        "rows sent for", "graph/prefetch.py", "rows out of order come from memory while others are solved", _sent_for
    ),
    Trick(
        "open rows side by side",
        "graph/descent.py",
        "rows out of order would fetch their numbers from afar",
        _side_by_side,
    ),
    Trick("ties turned by counting", "graph/layout.py", "sorted by payer, they need no comparing", _turned),
    Trick("ascending ids", "graph/credit_graph.py", "neighbours compared are ids not counted", _ascending),
    Trick("ties both ways", "graph/laplacian.py", "the symmetric matrix need not be made", _both_ways),
    Trick("a queue of who may move", "graph/resolving.py", "a change goes downhill and ends soon", _queue),
    Trick("from above", "graph/resolving.py", "who stands higher moves first: most are solved once", _from_above),
)
