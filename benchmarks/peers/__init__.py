"""Who else does work like ours? Each peer is a module of its own behind one seam, and none is needed.

The seam: ``NAME``; ``SETTINGS``, what it is told, in words; ``VARIANTS``, its ways to do it; ``version()``, None when
it is not installed; ``build(edges, threads)``, before the clock starts; ``stops(tolerance, variant)``, what it can be
told about stopping, loosest first; ``solve(built, stop, variant)``, on the clock; ``ranks(built, solved)``, PageRank
as float64[n] that sums to 1, off the clock again. Where needed: ``truth(built, variant)``, the limit of a walk of its
own; ``close(built)``, for what must be ended; ``absent()``, what is missing, and ``refuses(edges, variant)``, in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

NAMES = ("networkit", "igraph", "scikit_network", "graphblas", "scipy", "gds")
DAMPING = 0.85


def peer(name: str) -> Any:
    """The module of a peer; importing it imports nothing of the peer itself.

    Examples
    --------
    >>> peer("scipy").NAME
    'SciPy'
    """
    return import_module(f"benchmarks.peers.{name}")


def chosen(names: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Which of the peers are installed, and why not the others? All, or those named."""
    there, absent = {}, {}
    for name in names or NAMES:
        module = peer(name)
        if module.version() is None:
            absent[module.NAME] = getattr(module, "absent", lambda: "not installed (`make bench-peers`)")()
        else:
            there[name] = module
    return there, absent
