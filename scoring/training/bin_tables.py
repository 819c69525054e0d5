"""What does each bin of a feature weigh: goods, bads, weight of evidence, information value, points?

For a bin with ``g`` goods and ``b`` bads, of ``G`` goods and ``B`` bads in all N = G + B rows, and ``s`` rows of
smoothing spread like the portfolio (s > 0)::

    WoE = ln( (g + s G/N) / G ) − ln( (b + s B/N) / B )
    IV  = Σ [ (g + s G/N) / G − (b + s B/N) / B ] · WoE      over all bins, missing and special ones included

Higher WoE is better. A bin without goods or without bads has a finite WoE, and one without any rows has 0, the weight
of the portfolio; every summand of IV is at least 0. Source: Siddiqi, "Credit Risk Scorecards", Wiley 2006, chapter 6
(WoE and IV); the smoothing is that of a prior with the portfolio's odds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def woe(goods: Counts, bads: Counts, all_goods: int, all_bads: int, smoothing: float) -> Floats:
    """Compute the smoothed weight of evidence of bins, > 0 where there are more goods than in the portfolio.

    Examples
    --------
    >>> woe(np.array([90, 10, 0]), np.array([10, 10, 0]), 100, 20, 0.5).round(3).tolist()
    [0.584, -1.577, 0.0]
    """
    good, bad = _shares(goods, bads, all_goods, all_bads, smoothing)
    weight: Floats = np.log(good) - np.log(bad)
    return np.where(np.asarray(goods) + np.asarray(bads) > 0, weight, 0.0)


def iv(goods: Counts, bads: Counts, all_goods: int, all_bads: int, smoothing: float) -> Floats:
    """Compute what each bin adds to the information value, ≥ 0.

    Examples
    --------
    >>> iv(np.array([90, 10, 0]), np.array([10, 10, 0]), 100, 20, 0.5).round(3).tolist()
    [0.234, 0.631, 0.0]
    """
    good, bad = _shares(goods, bads, all_goods, all_bads, smoothing)
    parts: Floats = (good - bad) * woe(goods, bads, all_goods, all_bads, smoothing)
    return parts


def _shares(goods: Counts, bads: Counts, all_goods: int, all_bads: int, smoothing: float) -> tuple[Floats, Floats]:
    rows = all_goods + all_bads
    good = (np.asarray(goods, np.float64) + smoothing * all_goods / rows) / all_goods
    bad = (np.asarray(bads, np.float64) + smoothing * all_bads / rows) / all_bads
    return good, bad


@dataclass(frozen=True)
class FeatureBins:
    """The bins of one feature as they were fitted.

    Attributes
    ----------
    name
        The feature.
    direction
        ``up`` (WoE never falls as the value rises), ``down`` or ``None`` (any shape).
    edges
        Where each bin begins, rising; the first is −inf. Bin k covers [edges[k], edges[k + 1]).
    goods, bads
        Rows per bin, then one entry per special value, then one for missing values.
    special
        Values with bins of their own.
    labels
        What each special value is called in tables.
    smoothing
        Rows of smoothing, s.
    """

    name: str
    direction: str | None
    edges: tuple[float, ...]
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    special: tuple[float, ...]
    labels: tuple[str, ...]
    smoothing: float

    @property
    def weights(self) -> Floats:
        """WoE of every bin, special value and missing, in this order."""
        return woe(*self._counts())

    def _counts(self) -> tuple[Counts, Counts, int, int, float]:
        return np.array(self.goods), np.array(self.bads), sum(self.goods), sum(self.bads), self.smoothing

    @property
    def woe(self) -> Floats:
        """WoE per bin of ``edges``."""
        return self.weights[: len(self.edges)]

    @property
    def special_woe(self) -> dict[float, float]:
        """WoE per special value."""
        return dict(zip(self.special, self.weights[len(self.edges) : -1].tolist(), strict=True))

    @property
    def missing_woe(self) -> float:
        """WoE of missing values; 0, the portfolio's, where the fit met none."""
        return float(self.weights[-1])

    @property
    def iv(self) -> Floats:
        """What each bin, special value and missing adds to the information value, ≥ 0."""
        return iv(*self._counts())

    def places(self, values: Floats) -> npt.NDArray[np.int64]:
        """Give the position of each value in ``goods``, ``bads`` and ``weights``."""
        found = np.maximum(np.searchsorted(np.asarray(self.edges), values, side="right") - 1, 0).astype(np.int64)
        for number, value in enumerate(self.special):
            found[values == value] = len(self.edges) + number
        found[np.isnan(values)] = len(self.goods) - 1
        return found

    def transform(self, values: Floats) -> Floats:
        """Give the WoE of each value."""
        return self.weights[self.places(values)]

    def table(self) -> pd.DataFrame:
        """Tell every bin: label, borders, rows, share, goods, bads, bad rate, WoE, part of IV."""
        goods, bads = np.array(self.goods), np.array(self.bads)
        rows, extra = goods + bads, [np.nan] * (len(self.special) + 1)
        with np.errstate(invalid="ignore"):
            bad_rate = bads / np.where(rows > 0, rows, np.nan)
        return pd.DataFrame(
            {
                "bin": self.names(),
                "at_least": [*self.edges, *extra],
                "below": [*self.edges[1:], np.inf, *extra],
                "rows": rows,
                "share": rows / rows.sum(),
                "goods": goods,
                "bads": bads,
                "bad_rate": bad_rate,
                "woe": self.weights,
                "iv": self.iv,
            }
        )

    def names(self) -> list[str]:
        """Name every bin, special value and missing as people read them."""
        borders = [*self.edges, np.inf]
        spans = [f"[{plain(low)}, {plain(high)})" for low, high in pairwise(borders)]
        spans[0] = f"below {plain(borders[1])}" if len(spans) > 1 else "all"
        if len(spans) > 1:
            spans[-1] = f"{plain(borders[-2])} and above"
        return [*spans, *self.labels, "missing"]


def plain(value: float) -> str:
    """Write a number in as few digits as tell it apart from any other.

    Examples
    --------
    >>> plain(20000.0), plain(0.1), plain(1e15 + 1)
    ('20000', '0.1', '1000000000000001')
    """
    return np.format_float_positional(value, trim="-")


def iv_table(features: dict[str, FeatureBins]) -> pd.DataFrame:
    """Tell the information value, direction and number of bins of each feature, the strongest first."""
    rows = [
        (name, found.direction or "any", len(found.edges), float(found.iv.sum())) for name, found in features.items()
    ]
    table = pd.DataFrame(rows, columns=["feature", "direction", "bins", "iv"])
    return table.sort_values("iv", ascending=False, kind="stable", ignore_index=True)


def points_table(
    features: dict[str, FeatureBins], coefficients: Any, intercept: float, base: float, odds: float, doubling: float
) -> pd.DataFrame:
    """Tell the points of every bin: base + doubling · log2(odds of good / odds), split over features.

    Each feature gets its own Σ-part and an equal share of the constant, so a row's points add up to its score.
    """
    factor = doubling / np.log(2)
    constant = (base + factor * (intercept - np.log(odds))) / len(features)
    tables = []
    for (name, found), coefficient in zip(features.items(), np.asarray(coefficients, float).ravel(), strict=True):
        told = found.table()[["bin", "at_least", "below", "woe"]]
        told.insert(0, "feature", name)
        told["points"] = constant + factor * coefficient * told["woe"]
        tables.append(told)
    return pd.concat(tables, ignore_index=True)
