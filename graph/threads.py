"""How is work on the rows of a graph shared out to threads?

Rows are cut into ranges by how many ties they have; each range writes only its own rows, so the number of threads
changes no bit. The compiled kernels let go of the interpreter while they run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np

SMALL = 50_000
"""Ties below which starting threads costs more than it saves."""
PARTS = 32
"""Ranges a large graph is cut into: enough that threads finish together though hubs are uneven."""

Run = Callable[..., list[Any]]


@contextmanager
def rows_on_threads(indptr: np.ndarray[Any, Any], threads: int | None = None) -> Iterator[Run]:
    """Run kernels over all rows: ``run(kernel, *arguments)`` calls ``kernel(lo, hi, *arguments)`` for each range.

    Parameters
    ----------
    indptr : int64[n + 1]
        Where the ties of each row begin.
    threads
        How many threads; ``None``: as many as this process may use.

    Yields
    ------
    Callable
        Gives the results of the ranges in their order.

    Raises
    ------
    ValueError
        If ``threads`` is below 1.

    Examples
    --------
    >>> with rows_on_threads(np.array([0, 2, 3])) as run:
    ...     run(lambda lo, hi: (lo, hi))
    [(0, 2)]
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads must be at least 1; got {threads}")
    n, ties = len(indptr) - 1, int(indptr[-1])
    many = threads or _available()
    if many == 1 or ties < SMALL:
        yield lambda kernel, *arguments: [kernel(0, n, *arguments)]
        return
    inner = np.searchsorted(indptr, np.linspace(0, ties, PARTS + 1)[1:-1])
    cuts = np.unique(np.concatenate([[0], inner, [n]])).tolist()
    ranges = list(pairwise(cuts))
    with ThreadPoolExecutor(many) as pool:
        yield lambda kernel, *arguments: list(pool.map(lambda part: kernel(*part, *arguments), ranges))


def _available() -> int:
    """How many processors may this process use? Not every system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
