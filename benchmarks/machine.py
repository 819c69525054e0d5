"""On what was it measured? Facts of the machine and the versions of everybody who took part."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OURS = ("duckdb", "numba", "numpy", "pyarrow", "scipy", "scikit-learn", "networkx")


def facts() -> dict[str, object]:
    """What a reader needs to judge a figure."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: installed(name) for name in OURS},
    }


def installed(name: str) -> str | None:
    """Version of a distribution; None when it is not installed.

    Examples
    --------
    >>> installed("no-such-thing") is None
    True
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")


def sentence(known: dict[str, object]) -> str:
    """The facts as one line for the page."""
    head = f"{known['cores']} cores ({known['processor']}), {known['memory_gib']} GiB, {known['system']}"
    libraries = ", ".join(f"{name} {known[name]}" for name in OURS if known.get(name))
    return f"{head} · Python {known['python']}, {libraries}"
