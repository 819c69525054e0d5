"""What does a run take that lays its stages down beside the work, or at once? One run in this process, to its end.

``python -m benchmarks.laying {beside|at-once} DATA RUNS``: a process of its own, as what fills the gaps of one run is
seen in the whole of it alone.
"""

from __future__ import annotations

import sys
from concurrent.futures import Executor, Future
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.portfolios import AS_OF
from scoring.batch import laying
from scoring.batch.job import run


class AtOnce(Executor):
    """What is handed to it is done before anything else.

    Examples
    --------
    >>> AtOnce().submit(max, 1, 2).result()
    2
    """

    def __init__(self, **_: Any) -> None:
        """Take what a pool of threads is told, and have no use for it."""

    def submit(self, job: Any, /, *given: Any, **named: Any) -> Future[Any]:
        """Do it now."""
        done: Future[Any] = Future()
        try:
            done.set_result(job(*given, **named))
        except Exception as error:
            done.set_exception(error)
        return done


def main(how: str, data: str, runs: str) -> None:
    """Score a portfolio in one way or the other."""
    if how == "at-once":
        laying.ThreadPoolExecutor = AtOnce  # type: ignore[assignment,misc]
    run(Path(data), as_of=datetime.fromisoformat(AS_OF), runs=runs)


if __name__ == "__main__":
    main(*sys.argv[1:])
