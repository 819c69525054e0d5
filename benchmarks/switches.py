"""How does the work go without a trick? For each trick a pair of calls, with it and without it, on the same input.

An argument switches a trick off, or a plain twin stands in for its function or number while the work runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks import graphs
from benchmarks.asked import Asked
from benchmarks.portfolios import AS_OF, portfolio

Work = Callable[[], Any]


@dataclass(frozen=True)
class Trick:
    """One trick: its name, the file it is in, why it helps, and a maker of the works with it and without it.

    ``pair(asked)`` prepares what both need and gives ``(with, without)``, each a call that does the work once.
    """

    name: str
    file: str
    why: str
    pair: Callable[[Asked], tuple[Work, Work]]


def without(work: Work, place: str, plain: Any) -> Work:
    """The same work while a name, such as ``graph.ties.ascending``, is something plain."""

    def done() -> Any:
        with patch(place, plain):
            return work()

    return done


def _vouch(asked: Asked, threads: int) -> Work:
    from benchmarks.tables.vouch import solve

    edges = graphs.load(asked.scales[0], asked)
    return lambda: solve(edges, threads, 1e-6)


def _threads(asked: Asked) -> tuple[Work, Work]:
    return _vouch(asked, asked.threads), _vouch(asked, threads=1)


@cache
def _known(data: Path) -> Any:
    import loaders

    return loaders.at(loaders.read(data), datetime.fromisoformat(AS_OF))


def _ties(asked: Asked, threads: int | None = None) -> Work:
    from graph.payments import payments
    from graph.ties import ties

    snapshot = _known(portfolio(asked, asked.middling))

    def work() -> Any:
        found = payments(snapshot, threads=threads or asked.threads)
        return ties(found, np.full(len(found.holders), 200_000.0), snapshot.as_of, threads=threads or asked.threads)

    return work


def _partitions(asked: Asked) -> tuple[Work, Work]:
    work = _ties(asked)
    return work, without(work, "graph.sifting.FILL", 1 << 62)


def _boxes(asked: Asked) -> tuple[Work, Work]:
    work = _ties(asked)
    return work, without(work, "graph.ties.ascending", lambda keys, _threads: np.argsort(keys, kind="stable"))


def _ties_threads(asked: Asked) -> tuple[Work, Work]:
    return _ties(asked), _ties(asked, threads=1)


TIES = "graph/sifting.py"
TRICKS = (
    Trick("rows on threads", "graph/threads.py", "ranges write only their own rows", _threads),
    Trick("pairs in partitions", TIES, "the payments of a partition stay in the processor's cache", _partitions),
    Trick("ties sorted in boxes", TIES, "each box is sorted in the cache, on any thread", _boxes),
    Trick("ties on threads", TIES, "blocks and partitions are worked on apart", _ties_threads),
)
