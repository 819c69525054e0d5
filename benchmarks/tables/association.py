"""How fast is rule ``association``, beside PageRank on the symmetrised graph by every solver of scikit-network?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg

from benchmarks import graphs, pagerank
from benchmarks.asked import Asked
from benchmarks.graphs import Edges
from benchmarks.measure import in_turn, ratios
from benchmarks.page import Goal, at_most, number, prose, rows, seconds
from graph.association import association
from graph.credit_graph import CreditGraph
from graph.ties import Ties

TITLE = "Rule association beside scikit-network"
TOLERANCE = 1e-6
OURS, PLAIN = "association", "SciPy cg on the same system"
PRIOR_MONTHS = 6.0


def measure(asked: Asked) -> dict[str, Any]:
    """Time rule, scikit-network's solvers and SciPy's conjugate gradients at the first scale."""
    edges = graphs.load(asked.scales[0], asked)
    credit = credit_graph(edges)
    both = edges.symmetrised()
    matrix, right = system(both)
    with pagerank.ready(both, ("scikit_network",), TOLERANCE, asked.threads) as (ready, absent):
        works = {
            OURS: lambda: association(credit, edges.evidence, edges.months, tolerance=TOLERANCE),
            PLAIN: lambda: conjugate_gradients(matrix, right, edges.evidence),
        }
        taken = in_turn(works | {label: one.work for label, one in ready.items()}, asked.rounds)
    result = association(credit, edges.evidence, edges.months, tolerance=TOLERANCE)
    told = pagerank.told(edges, ready, absent, taken)
    best = told["fastest"]
    return told | {
        "scale": asked.scales[0],
        "both_ways": both.ties,
        "ratio": ratios(taken[OURS], taken[best]) if best else None,
        "iterations": result.iterations,
        "certificate": result.certificate,
        "residual_of_cg": _certificate(matrix, right, conjugate_gradients(matrix, right, edges.evidence), edges),
    }


def credit_graph(edges: Edges) -> CreditGraph:
    """The same ties as a graph of the product: strength is the weight."""
    order = np.lexsort((edges.payee, edges.payer))
    none = np.zeros(edges.ties, dtype=np.int64)
    weight = edges.weight[order]
    ties = Ties(edges.payer[order], edges.payee[order], weight, weight, none, none + 1, none + 1, none, none)
    names = pa.array(np.char.mod("%08d", np.arange(edges.nodes)), pa.string())
    return CreditGraph(names, ties)


def system(both: Edges) -> tuple[sparse.csr_array, Any]:
    """K + L and K b of the rule."""
    K = PRIOR_MONTHS + both.months
    shape = (both.nodes, both.nodes)
    ties = sparse.csr_array((both.weight, both.payer, both.indptr.astype(np.int32)), shape=shape)
    diagonal = K + np.asarray(ties.sum(axis=1)).ravel()
    return sparse.csr_array(sparse.diags_array(diagonal) - ties), K * both.evidence


def conjugate_gradients(matrix: sparse.csr_array, right: Any, start: Any) -> Any:
    """SciPy's own, each variable scaled by its diagonal, to the residual that the rule's certificate asks for."""
    scale = 1 / matrix.diagonal()
    scaled = LinearOperator(matrix.shape, matvec=lambda x: scale * x)
    enough = TOLERANCE * PRIOR_MONTHS  # in the 2-norm, which is never below the largest residual
    return cg(matrix, right, x0=start, rtol=0.0, atol=enough, M=scaled)[0]


def _certificate(matrix: sparse.csr_array, right: Any, x: Any, edges: Edges) -> float:
    return float(np.abs(right - matrix @ x).max() / (PRIOR_MONTHS + edges.months).min())


def show(found: dict[str, Any]) -> str:
    """Write the table."""
    mine = found["seconds"][OURS]["median"]
    body = [
        (
            f"**{label}**" if label == OURS else label,
            seconds(taken),
            f"{taken['median'] / mine:.2f}",
            f"{found['peers'][label]['l1_error']:.1e}" if label in found["peers"] else "",
            f"{number(found['peers'][label]['build_seconds'])} s" if label in found["peers"] else "",
        )
        for label, taken in sorted(found["seconds"].items(), key=lambda item: item[1]["median"])
    ]
    words = f"""Rule `association` to a certificate of {TOLERANCE:g} on the R-MAT graph of scale {found["scale"]}
        ({found["nodes"]:,} nodes, {found["ties"]:,} ties; {found["both_ways"]:,} once every tie goes both ways), from
        the ties of a `CreditGraph`; PageRank with damping .85 by scikit-network on the symmetrised graph, which is made
        and normalised before the clock starts. SciPy's conjugate gradients solve the rule's own system, made before; a
        solver counts as in the table of `vouch`."""
    parts = [
        prose(words),
        "",
        rows(("work", "time", "÷ association", "L1 error of PageRank", "build, apart"), body),
        "",
        f"`association` took {found['iterations']} steps, certificate {found['certificate']:.1e}.",
    ]
    return "\n".join([*parts, *(f"\n{label}: {reason}." for label, reason in found["absent"].items())])


def goals(found: dict[str, Any]) -> list[Goal]:
    """Not slower than scikit-network's fastest solver."""
    named = f"`association` ÷ fastest solver of scikit-network ({(found['fastest'] or ', none').partition(', ')[2]})"
    return [at_most(named, 1, found["ratio"])]
