"""How likely is a default at this tabular value? A logistic curve per thinness of file, with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = npt.NDArray[np.float64]
THIN, THICK, ALL = "thin", "thick", "all"
BANDS = (THIN, THICK, ALL)
NORMAL_95 = 1.959963984540054
"""Two-sided 95 % point of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Log odds of default = intercept + slope · e, estimated on out-of-fold values.

    Attributes
    ----------
    intercept, slope
        Of the log odds; the slope is at most 0: more evidence never means more risk.
    variances
        Variance of the intercept, covariance of both, variance of the slope.
    persons, bads
        What the curve was estimated on.
    """

    intercept: float
    slope: float
    variances: tuple[float, float, float]
    persons: int
    bads: int

    def log_odds(self, tabular: Numbers) -> tuple[Numbers, Numbers]:
        """Give the log odds at e and their standard error."""
        own, both, other = self.variances
        spread = own + 2 * both * tabular + other * tabular * tabular
        return self.intercept + self.slope * tabular, np.sqrt(np.maximum(spread, 0.0))


@dataclass(frozen=True, slots=True)
class Probabilities:
    """Probability of default with its 95 % interval, and whose curve it was read from; one entry per person."""

    pd: Numbers
    low: Numbers
    high: Numbers
    band: pa.StringArray


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves per band of thinness.

    Attributes
    ----------
    thin_months
        A file with fewer months of history is thin.
    curves
        ``all``, and ``thin`` and ``thick`` where there were bad ones enough; a band without its own takes ``all``.

    Examples
    --------
    >>> flat = Curve(0.0, 0.0, (0.01, 0.0, 0.0), 100, 50)
    >>> found = Calibration(12, {"all": flat}).probabilities(np.array([0.2]), np.array([3.0]))
    >>> found.pd.tolist(), found.low.round(3).tolist(), found.band.to_pylist()
    ([0.5], [0.451], ['all'])
    """

    thin_months: int
    curves: Mapping[str, Curve]

    def probabilities(self, tabular: Numbers, months: Numbers) -> Probabilities:
        """Read the probability of default off the curve of each person's band.

        Parameters
        ----------
        tabular : e
            Tabular value, in [0, 1].
        months : n
            Months of own history.
        """
        import pyarrow as pa  # here, so that reading a configuration needs no Arrow

        thin = np.asarray(months) < self.thin_months
        middle, error = np.zeros(len(thin)), np.zeros(len(thin))
        for band, where in ((THIN, thin), (THICK, ~thin)):
            told, spread = self.curves[self._read(band)].log_odds(np.ascontiguousarray(tabular))
            middle, error = np.where(where, told, middle), np.where(where, spread, error)
        names = pa.array([self._read(THIN), self._read(THICK)]).take(pa.array((~thin).astype(np.int8)))
        low, high = middle - NORMAL_95 * error, middle + NORMAL_95 * error
        return Probabilities(share(middle), share(low), share(high), names)

    def _read(self, band: str) -> str:
        return band if band in self.curves else ALL


def share(log_odds: Numbers) -> Numbers:
    """Turn log odds into a share, 1 / (1 + exp(−log odds)); large ones overflow nowhere.

    Examples
    --------
    >>> share(np.array([-800.0, 0.0, 800.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    shrunk = np.exp(-np.abs(log_odds))
    return np.where(log_odds < 0, shrunk, 1.0) / (1.0 + shrunk)
