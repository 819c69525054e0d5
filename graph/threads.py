"""How is work on the rows of a graph shared out to threads?

Rows are cut into ranges by how many ties they have; each range writes only its own rows, so the number of threads
changes no bit. The compiled kernels let go of the interpreter while they run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

SMALL = 400_000
"""Ties below which starting threads costs more than it saves."""
PARTS = 8, 32
"""Ranges a graph is cut into, at least and at most: enough that threads finish together though hubs are uneven."""
PART = 500_000
"""Ties of a range, as far as that leaves enough of them: less is done before the next one has been handed out."""

Range = tuple[int, int]


@dataclass(frozen=True)
class Run:
    """A way to run kernels on ranges of rows: ``run(kernel, *arguments)`` takes all rows, ``over`` those it is told."""

    ranges: Sequence[Range]
    pool: ThreadPoolExecutor | None

    def __call__(self, kernel: Callable[..., Any], *arguments: Any) -> list[Any]:
        """Call ``kernel(lo, hi, *arguments)`` for each range of all rows; the results, in order."""
        return self.over(self.ranges, kernel, *arguments)

    def over(self, ranges: Sequence[Range], kernel: Callable[..., Any], *arguments: Any) -> list[Any]:
        """Call ``kernel(lo, hi, *arguments)`` for each of some ranges; the results, in order."""
        if self.pool is None or len(ranges) == 1:
            return [kernel(*part, *arguments) for part in ranges]
        return list(self.pool.map(lambda part: kernel(*part, *arguments), ranges))


@contextmanager
def rows_on_threads(indptr: np.ndarray[Any, Any], threads: int | None = None) -> Iterator[Run]:
    """Share out all rows to threads: ``run(kernel, *arguments)`` calls ``kernel(lo, hi, *arguments)`` for each range.

    Parameters
    ----------
    indptr : int64[n + 1]
        Where the ties of each row begin.
    threads
        How many threads; ``None``: as many as this process may use.

    Yields
    ------
    Run

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
        yield Run([(0, n)], None)
        return
    with ThreadPoolExecutor(many) as pool:
        yield Run(even_ranges(indptr), pool)


def even_ranges(indptr: np.ndarray[Any, Any]) -> list[Range]:
    """Cut all rows into ranges of about as many ties each, however many threads there are.

    Examples
    --------
    >>> even_ranges(np.array([0, 2, 3, 9]))
    [(0, 1), (1, 2), (2, 3)]
    """
    ties = int(indptr[-1])
    count = min(PARTS[1], max(PARTS[0], ties // PART))
    inner = np.searchsorted(indptr, np.linspace(0, ties, count + 1)[1:-1])
    return list(pairwise(np.unique(np.concatenate([[0], inner, [len(indptr) - 1]])).tolist()))


def _available() -> int:
    """How many processors may this process use? Not every system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
