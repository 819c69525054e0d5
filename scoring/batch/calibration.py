"""How fast is this machine, beside the one on which the costs of a run were measured?"""

from __future__ import annotations

import hashlib
import statistics
import time

REFERENCE = 0.0271
"""Seconds that the fixed piece of work took on the machine of ``docs/benchmarks.md``."""


def slowness(rounds: int = 5) -> float:
    """How much longer does a fixed piece of work take here than on the machine of reference?

    Sorting, gathering, copying and hashing, as a run does them, in one thread; the median of some rounds, a quarter of
    a second in all.

    Parameters
    ----------
    rounds
        How often it is done, at least 1.

    Returns
    -------
    float
        1 where it takes as long as there, 2 where it takes twice as long.

    Examples
    --------
    >>> slowness(rounds=1) > 0
    True
    """
    import numpy as np

    keys = np.random.default_rng(1).permutation(np.arange(300_000, dtype=np.int64))
    taken = []
    for _ in range(rounds):
        began = time.monotonic()
        order = np.argsort(keys, kind="stable")
        gathered = keys[order] + keys[::-1]
        np.add.reduceat(gathered, np.arange(0, len(gathered), 7))
        hashlib.sha256(gathered.tobytes()).digest()
        taken.append(time.monotonic() - began)
    return statistics.median(taken) / REFERENCE
