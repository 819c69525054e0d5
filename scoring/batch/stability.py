"""How far has the distribution of scores moved since another run? The population stability index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

LOW, HIGH, WIDTH = 350, 950, 50


def psi(reference: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Measure the shift between two sets of scores: PSI = Σ_b (q_b − p_b) ln(q_b / p_b).

    Bins are 50 points wide; p and q are the shares of the two sets with half a holder added to each bin that either of
    them reaches, so that an empty bin is no infinite shift and a town of twelve is not upset by one neighbour.

    Parameters
    ----------
    reference, other : array of int
        Scores in [350, 950], in any order, each of any length.

    Returns
    -------
    float
        0 for equal distributions; below 0.1 is usually called stable, above 0.25 shifted. 0 when either is empty.

    Examples
    --------
    >>> psi([400, 500, 600], [400, 500, 600])
    0.0
    >>> round(psi([400] * 90 + [700] * 10, [400] * 10 + [700] * 90), 2)
    3.41
    """
    before, after = _binned(np.asarray(reference)), _binned(np.asarray(other))
    if before.sum() == 0 or after.sum() == 0:
        return 0.0
    reached = (before + after) > 0
    p = (before[reached] + 0.5) / (before[reached] + 0.5).sum()
    q = (after[reached] + 0.5) / (after[reached] + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())


def _binned(scores: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Count scores per bin; the highest score is in the last one. Counting whole numbers needs no sorting."""
    bins = (HIGH - LOW) // WIDTH
    return np.bincount(np.minimum((scores.astype(np.int64) - LOW) // WIDTH, bins - 1), minlength=bins)
