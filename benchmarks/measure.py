"""What did a whole process cost? Wall time and peak memory, as the operating system accounts for them."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """One finished process: seconds by the wall clock, peak resident memory in GB, exit code."""

    seconds: float
    peak_gb: float
    code: int


def process(command: Sequence[str], log: Path) -> Cost:
    """Run a command to its end, its output going to ``log``, and say what it cost."""
    with log.open("wb") as sink:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    return Cost(seconds, usage.ru_maxrss / 1e6, child.returncode)


def median_seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Median wall time of ``work`` over some runs in this process."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def machine() -> dict[str, object]:
    """Facts that a reader needs to judge a figure."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    libraries = ("duckdb", "numba", "numpy", "pyarrow", "scipy", "scikit-learn", "networkx")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }


RENMAI = [str(Path(sys.executable).with_name("renmai"))]
