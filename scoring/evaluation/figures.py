"""Which figures does a segment have? Its rate, the power of the score, calibration, rates by band, curves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scoring.config import HIGHEST, LOWEST, Config
from scoring.evaluation.measures import POINTS, Flags, Numbers, Scores, brier, power, rate
from scoring.evaluation.probability import calibration
from scoring.evaluation.results import BandRate, Curve, Segment

CORNERS = 60


def segment_of(name: str, score: Scores, bad: Flags, probability: Numbers | None, config: Config) -> Segment:
    """Give the figures of the persons of one segment.

    Parameters
    ----------
    name
        The segment.
    score, bad, probability
        Of its persons.
    config
        Holds the bands.
    """
    found = power(score, bad)
    return Segment(
        name=name,
        observed=rate(bad),
        auc=found.auc,
        ks=found.ks,
        gini=found.gini,
        brier=None if probability is None else brier(probability, bad),
        calibration=() if probability is None else calibration(probability, bad),
        bands=_bands(score, bad, config),
        note=_note(name, bad),
    )


def curves(scores: Mapping[str, Scores], bad: Flags, segment: str) -> tuple[Curve, ...]:
    """Draw how the bads are found from low scores upwards; no curve where a class is missing.

    Examples
    --------
    >>> curve, = curves({"with": np.array([400, 500])}, np.array([True, False]), "all")
    >>> curve.points
    ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))
    """
    if bad.all() or not bad.any():
        return ()
    return tuple(Curve(name, segment, _corners(score, bad)) for name, score in scores.items())


def _corners(score: Scores, bad: Flags) -> tuple[tuple[float, float], ...]:
    shares = []
    for mine in (score[~bad], score[bad]):
        counts = np.bincount(mine - LOWEST, minlength=POINTS)
        shares.append(np.concatenate([[0.0], np.cumsum(counts) / len(mine)]))
    there = np.flatnonzero(np.r_[True, np.diff(shares[0]) + np.diff(shares[1]) > 0])
    if len(there) > CORNERS:  # ends stay, the rest is thinned out evenly
        there = there[np.unique(np.linspace(0, len(there) - 1, CORNERS).round().astype(int))]
    return tuple(zip(shares[0][there].tolist(), shares[1][there].tolist(), strict=True))


def _bands(score: Scores, bad: Flags, config: Config) -> tuple[BandRate, ...]:
    lows = [band.at_least for band in config.bands]
    highs = [low - 1 for low in lows[1:]] + [HIGHEST]
    return tuple(
        BandRate(band.name, low, high, rate(bad[(score >= low) & (score <= high)]))
        for band, low, high in zip(config.bands, lows, highs, strict=True)
    )


def _note(name: str, bad: Flags) -> str:
    if not len(bad):
        return f"nobody is in the segment {name}"
    if not bad.any():
        return f"nobody in the segment {name} turned out bad: AUC, KS and Gini do not exist"
    if bad.all():
        return f"everybody in the segment {name} turned out bad: AUC, KS and Gini do not exist"
    return ""
