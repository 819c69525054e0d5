"""How long do the peers take for PageRank on a graph, and how close do they come?

Every peer gets the same graph and, as its stop, an L1 change of the tolerance. One that stops by another rule gets its
loosest setting that comes as close to the true PageRank as SciPy's stop does, or within the tolerance of it; it is
found before the clock starts. One that can't come that close is told the tolerance; its error is shown, and it does
not count as fastest unless the error is one that a last change of the tolerance could leave. What a peer builds is
built, and timed, apart.
"""

from __future__ import annotations

import gc
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import peers
from benchmarks.graphs import Edges
from benchmarks.measure import say, spread


@dataclass(frozen=True)
class Ready:
    """A peer's way of doing it, ready to be timed: ``work``, and ``facts`` for the table."""

    work: Callable[[], Any]
    facts: dict[str, Any]


@contextmanager
def ready(
    edges: Edges, asked: tuple[str, ...], tolerance: float, threads: int
) -> Iterator[tuple[dict[str, Ready], dict[str, str]]]:
    """Build every peer, settle how each one stops, and end them afterwards.

    Yields
    ------
    tuple
        What is ready, by label ``Peer, variant``; and why others are not, by name.
    """
    there, absent = peers.chosen(asked)
    truth = exact(edges)
    allowed = max(tolerance, distance(_scipy(edges, tolerance), truth))
    built, found = {}, {}
    try:
        for name, peer in there.items():
            start = time.perf_counter()
            try:
                built[name] = peer.build(edges, threads)
            except Exception as error:  # whatever a peer fails with, the others go on
                absent[peer.NAME] = failure(error)
                continue
            seconds = time.perf_counter() - start
            say(f"{peer.NAME} built its graph in {seconds:.1f} s")
            for variant in peer.VARIANTS:
                label = f"{peer.NAME}, {variant}"
                if reason := getattr(peer, "refuses", lambda *_: None)(edges, variant):
                    absent[label] = reason
                    continue
                try:
                    facts = _settle(peer, built[name], variant, tolerance, allowed, truth)
                except Exception as error:
                    absent[label] = failure(error)
                    continue
                facts |= {"version": peer.version(), "settings": peer.SETTINGS, "build_seconds": seconds}
                work = _work(peer, built[name], facts["stop"], variant)
                found[label] = Ready(work, facts)
        yield found, absent
    finally:
        for name, peer in there.items():
            if name in built and hasattr(peer, "close"):
                peer.close(built[name])


def failure(error: Exception) -> str:
    """A peer's failure in a line.

    Examples
    --------
    >>> failure(ValueError("too small"))
    'failed with ValueError: too small'
    """
    return f"failed with {type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"


def _work(peer: Any, built: Any, stop: float, variant: str) -> Callable[[], Any]:
    return lambda: peer.solve(built, stop, variant)


def _settle(
    peer: Any, built: Any, variant: str, tolerance: float, allowed: float, truth: NDArray[np.float64]
) -> dict[str, Any]:
    """Find, by bisection, the loosest stop that comes close enough; without one, the tolerance."""
    stops, own = list(peer.stops(tolerance, variant)), getattr(peer, "truth", lambda *_: None)(built, variant)
    truth = truth if own is None else own

    def error(place: int) -> float:
        gc.collect()
        return distance(peer.ranks(built, peer.solve(built, stops[place], variant)), truth)

    if len(stops) == 1:
        return _told(stops[0], error(0), tolerance)
    place = bisect_left(range(len(stops)), True, key=lambda at: error(at) <= allowed)
    if place == len(stops):
        place = stops.index(tolerance) if tolerance in stops else len(stops) - 1
    return _told(stops[place], error(place), tolerance)


def _told(stop: float, error: float, tolerance: float) -> dict[str, Any]:
    """A peer counts if it came as close as a last change of the tolerance warrants: α/(1−α) times that."""
    return {"stop": stop, "l1_error": error, "counts": error <= tolerance * peers.DAMPING / (1 - peers.DAMPING)}


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Sum of the absolute differences."""
    return float(np.abs(one - other).sum())


def exact(edges: Edges) -> NDArray[np.float64]:
    """The true PageRank, to an L1 change of 1e-14."""
    return _scipy(edges, 1e-14)


def _scipy(edges: Edges, tolerance: float) -> NDArray[np.float64]:
    plain = peers.peer("scipy")
    built = plain.build(edges, 1)
    rank: NDArray[np.float64] = plain.ranks(built, plain.solve(built, tolerance, "float64"))
    return rank


def told(
    edges: Edges, ready: Mapping[str, Ready], absent: Mapping[str, str], taken: Mapping[str, list[float]]
) -> dict[str, Any]:
    """What a table says of a graph, of everybody's seconds on it, and of the peers, for JSON."""
    return {
        "nodes": edges.nodes,
        "ties": edges.ties,
        "seconds": {label: spread(values) for label, values in taken.items()},
        "peers": {label: one.facts for label, one in ready.items()},
        "absent": dict(absent),
        "fastest": fastest(ready, taken),
    }


def fastest(ready: Mapping[str, Ready], seconds: Mapping[str, list[float]]) -> str | None:
    """Label of the least median among those that count; None without any.

    Examples
    --------
    >>> made = {name: Ready(print, {"counts": name != "b"}) for name in "abc"}
    >>> fastest(made, {"a": [3.0, 1.0, 2.0], "b": [0.1], "c": [1.5, 1.5, 9.0]})
    'c'
    """
    counted = [label for label, one in ready.items() if one.facts["counts"]]
    return min(counted, key=lambda label: float(np.median(seconds[label])), default=None)
