"""Which graph do the kernels run on? An R-MAT graph: hubs, communities and a long tail, as money graphs have.

Source: Chakrabarti, Zhan, Faloutsos, "R-MAT: a recursive model for graph mining", SDM 2004; the probabilities are those
of Graph 500 (a .57, b .19, c .19, d .05).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def edges(scale: int, count: int, seed: int = 7) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Draw distinct directed edges without loops between ``2**scale`` nodes; nodes are shuffled, edges sorted.

    Returns
    -------
    tuple
        payer and payee, each int32 of shape ``(count,)``.
    """
    dice = np.random.default_rng(seed)
    shuffle = dice.permutation(2**scale).astype(np.int64)
    keys = np.empty(0, np.int64)
    while len(keys) < count:
        wanted = int((count - len(keys)) * 1.2) + 1000
        row, column = np.zeros(wanted, np.int64), np.zeros(wanted, np.int64)
        for _ in range(scale):
            draw = dice.random(wanted, dtype=np.float32)
            row = 2 * row + (draw >= 0.76)
            column = 2 * column + (((draw >= 0.57) & (draw < 0.76)) | (draw >= 0.95))
        fresh = (shuffle[row] << scale | shuffle[column])[row != column]
        keys = np.unique(np.concatenate([keys, fresh]))
    keys = np.sort(dice.permutation(keys)[:count])
    return (keys >> scale).astype(np.int32), (keys & (2**scale - 1)).astype(np.int32)
