"""Which band is a score in?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

if TYPE_CHECKING:
    from scoring.config import Config


def band_of(scores: npt.ArrayLike, config: Config) -> pa.StringArray:
    """Name the band of each score: a band reaches from its ``at_least`` up to the next one.

    Parameters
    ----------
    scores
        Integer scores in [350, 950], any number of them.
    config
        Holds the bands.

    Returns
    -------
    pyarrow.StringArray
        One name per score.

    Examples
    --------
    >>> from scoring.config import load_config
    >>> band_of([350, 549, 550, 600, 650, 700, 950], load_config()).to_pylist()
    ['poor', 'poor', 'medium', 'good', 'very good', 'excellent', 'excellent']
    """
    starts = np.array([band.at_least for band in config.bands])
    places = np.searchsorted(starts, np.atleast_1d(np.asarray(scores)), side="right") - 1
    names = pa.array([band.name for band in config.bands], pa.string())
    return names.take(pa.array(places))
