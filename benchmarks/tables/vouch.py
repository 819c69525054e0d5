"""How fast is rule ``vouch``, beside PageRank on the same graph; and how does it grow with the graph?"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks import graphs, pagerank
from benchmarks.asked import Asked
from benchmarks.graphs import Edges
from benchmarks.measure import in_turn, ratios, say
from benchmarks.page import Goal, at_least, at_most, number, prose, rows, seconds, times
from benchmarks.tables.floor import copy_rate
from graph.vouch import vouch

TITLE = "Rule vouch beside PageRank"
TOLERANCE = 1e-6
OURS, EXACT = "vouch", "vouch to its fixed point"
BYTES_PER_TIE = 12
"""What one pass over the ties must read at least: a 32-bit payer and a 64-bit weight."""


def measure(asked: Asked) -> dict[str, Any]:
    """Time rule and peers on each scale; the ratio of the largest scale to the first."""
    start = time.perf_counter()
    vouch(np.array([0, 1, 1]), np.array([1]), np.array([3.0]), np.array([0.5, 0.9]), np.zeros(2))
    loading = time.perf_counter() - start
    found = [_measure(asked, scale) for scale in asked.scales]
    grown = None
    if len(asked.scales) > 1:
        say("the scales against each other")
        grown = _grown(asked)
    return {"first_call_seconds": loading, "tolerance": TOLERANCE, "scales": found, "grown": grown}


def solve(edges: Edges, threads: int, tolerance: float = TOLERANCE) -> Any:
    """What is on the clock: ties by payee in, standing and certificate out."""
    return vouch(
        edges.indptr, edges.payer, edges.weight, edges.evidence, edges.months, tolerance=tolerance, threads=threads
    )


def _measure(asked: Asked, scale: int) -> dict[str, Any]:
    edges = graphs.load(scale, asked)
    names = asked.peers or ()
    if scale > asked.peers_up_to:
        names = ("scipy",)
    with pagerank.ready(edges, names, TOLERANCE, asked.threads) as (ready, absent):
        works = {OURS: lambda: solve(edges, asked.threads), EXACT: lambda: solve(edges, asked.threads, 0.0)}
        taken = in_turn(works | {label: one.work for label, one in ready.items()}, asked.rounds)
    result, exact = solve(edges, asked.threads), solve(edges, asked.threads, 0.0)
    told = pagerank.told(edges, ready, absent, taken)
    best = told["fastest"]
    return told | {
        "scale": scale,
        "ratio": ratios(taken[best], taken[OURS]) if best else None,
        "iterations": {OURS: result.iterations, EXACT: exact.iterations},
        "certificate": result.certificate,
        "furthest_from_exact": float(np.abs(result.standing - exact.standing).max()),
        "one_pass_seconds": edges.ties * BYTES_PER_TIE / 1e9 / copy_rate(asked.threads)["median"],
    }


def _grown(asked: Asked) -> dict[str, Any]:
    small, large = (graphs.load(scale, asked) for scale in (asked.scales[0], asked.scales[-1]))
    works = {"small": lambda: solve(small, asked.threads), "large": lambda: solve(large, asked.threads)}
    taken = in_turn(works, asked.rounds)
    return {
        "small": asked.scales[0],
        "large": asked.scales[-1],
        "ties": large.ties / small.ties,
        "ratio": ratios(taken["large"], taken["small"]),
    }


def show(found: dict[str, Any]) -> str:
    """Write one table per scale and what limits the peers."""
    words = f"""Rule `vouch` to a certificate of {found["tolerance"]:g} (no standing is further than that from the exact
        one), PageRank with damping .85 to an L1 change of the same size, both on one R-MAT graph with the same ties and
        weights, in one process, taking turns. Graphs are built before the clock starts. A peer that stops by another
        rule gets its loosest setting within the tolerance of the true PageRank, or as near to it as SciPy stops; one
        that stays further away than a last change of that size could leave it does not count as the fastest."""
    parts = [prose(words)]
    for one in found["scales"]:
        parts += ["", f"### Scale {one['scale']}: {one['nodes']:,} nodes, {one['ties']:,} ties", "", _body(one)]
        parts += [f"\n{label}: {reason.rstrip('.')}." for label, reason in one["absent"].items()]
        parts += ["", _notes(one)]
    settings = {
        fact["settings"]: label.partition(",")[0] for one in found["scales"] for label, fact in one["peers"].items()
    }
    parts += ["", *(prose(f"* {name}: {told}.") for told, name in settings.items())]
    if grown := found["grown"]:
        compared = f"Scale {grown['large']} beside scale {grown['small']}, in turn"
        parts += ["", f"{compared}: {number(grown['ties'])} times the ties take {times(grown['ratio'])} the time."]
    return "\n".join(parts)


def _body(one: dict[str, Any]) -> str:
    body = []
    mine = one["seconds"][OURS]["median"]
    for label, taken in sorted(one["seconds"].items(), key=lambda item: item[1]["median"]):
        fact = one["peers"].get(label, {})
        error = f"{fact['l1_error']:.1e}{'' if fact['counts'] else ' (does not count)'}" if fact else ""
        built = f"{number(fact['build_seconds'])} s" if fact else ""
        who = f"**{label}**" if label in (OURS, EXACT) else f"{label} ({fact['version']})"
        body.append((who, seconds(taken), f"{taken['median'] / mine:.2f}", error, built))
    return rows(("work", "time", "÷ vouch", "L1 error of PageRank", "build, apart"), body)


def _notes(one: dict[str, Any]) -> str:
    floor, taken = one["one_pass_seconds"], one["seconds"][OURS]["median"]
    return prose(
        f"""`vouch` took {one["iterations"][OURS]} steps (certificate {one["certificate"]:.1e}, furthest from the fixed
        point {one["furthest_from_exact"]:.1e}), to the fixed point {one["iterations"][EXACT]}. Reading the ties once at
        the speed of a memory copy takes {1000 * floor:.1f} ms; `vouch` takes {number(taken / floor)} times that."""
    )


def goals(found: dict[str, Any]) -> list[Goal]:
    """At least 4 times as fast as the fastest peer at the first scale; scale 22 within 5 times scale 20."""
    first, grown = found["scales"][0], found["grown"]
    named = f"`vouch` at scale {first['scale']}: fastest peer ({first['fastest'] or 'none'}) ÷ `vouch`"
    told = [at_least(named, 4, first["ratio"])]
    if grown:
        told.append(at_most(f"`vouch` at scale {grown['large']} ÷ at scale {grown['small']}", 5, grown["ratio"]))
    return told
