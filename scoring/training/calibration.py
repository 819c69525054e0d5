"""How is a tabular value turned into a probability of default, and which weights would the outcomes have given?"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from scoring.models.calibration import ALL, THICK, THIN, Calibration, Curve, share
from scoring.tabular.persons import Flags, Numbers
from scoring.training.cohorts import FEWEST_BADS
from scoring.training.logistic import WoeLogistic

SPREAD = 50.0
"""Standard deviation of a weak prior on the slope: it keeps a curve finite where values part good from bad wholly."""
STEPS = 100


def fit_curve(tabular: Numbers, bad: Flags) -> Curve:
    """Fit log odds of default = a + b e by maximum likelihood, b ≤ 0, with the covariance of both.

    Parameters
    ----------
    tabular : e
        In [0, 1], of persons whose outcome did not make the value.
    bad
        Whether a default followed.

    Returns
    -------
    Curve
        Where more evidence went with more defaults the slope is 0 and the curve says what the portfolio does.

    Examples
    --------
    In a group of ten with two bad ones and a group of ten with five, the curve gives the shares of the groups.

    >>> from scoring.models.calibration import Calibration
    >>> curve = fit_curve(np.repeat([1.0, 0.0], 10), np.arange(10)[None, :].repeat(2, 0).ravel() < [2] * 10 + [5] * 10)
    >>> Calibration(12, {"all": curve}).probabilities(np.array([1.0, 0.0]), np.zeros(2)).pd.round(3).tolist()
    [0.2, 0.5]
    """
    persons, bads = len(bad), int(bad.sum())
    # half a person of each kind keeps the log odds finite where all or none are bad
    level = math.log((bads + 0.5) / (persons - bads + 0.5))
    at = np.array([level, 0.0])
    for _ in range(STEPS):
        likely = share(at[0] + at[1] * tabular)
        gradient, hessian = _slopes(tabular, bad, likely, at[1])
        step = _solved(hessian, gradient)
        at = at + np.clip(step, -5.0, 5.0)
        if float(np.abs(step).max()) < 1e-10:
            break
    if not at[1] <= 0:
        # the variance of log odds: 1 / bads + 1 / goods
        return Curve(level, 0.0, (1 / (bads + 0.5) + 1 / (persons - bads + 0.5), 0.0, 0.0), persons, bads)
    _, hessian = _slopes(tabular, bad, share(at[0] + at[1] * tabular), at[1])
    own, both, other = _inverse(hessian)
    return Curve(float(at[0]), min(float(at[1]), 0.0), (own, both, other), persons, bads)


def fit_calibration(
    tabular: Numbers, bad: Flags, months: Numbers, thin_months: int, repeats: float = 1.0
) -> Calibration:
    """Fit a curve to thin and to thick files; a band with fewer than 20 bad ones takes that of all together.

    Where a bad holder is there ``repeats`` times, in as many cohorts, it counts as one, and variances grow by as much.
    """
    thin = months < thin_months
    rows = {ALL: np.ones(len(bad), np.bool_), THIN: thin, THICK: ~thin}
    curves = {}
    for band, where in rows.items():
        if band == ALL or (bad[where].sum() / repeats >= FEWEST_BADS and (~bad[where]).any()):
            curve = fit_curve(tabular[where], bad[where])
            own, both, other = curve.variances
            curves[band] = replace(curve, variances=(own * repeats, both * repeats, other * repeats))
    return Calibration(thin_months, curves)


def fitted_weights(dimensions: Numbers, bad: Flags) -> tuple[float, float, float, float] | None:
    """Give the weights of the four dimensions that the outcomes would have given: ≥ 0, sum 1.

    Coefficients of a logistic regression without negative ones, divided by their sum; None if all are 0.
    """
    if not bad.any() or bad.all():
        return None
    found = WoeLogistic(C=100.0).fit(dimensions, bad).coef_
    total = math.fsum(found)
    if not total > 0:
        return None
    first, second, third, fourth = (float(value / total) for value in found)
    return first, second, third, fourth


def _slopes(tabular: Numbers, bad: Flags, likely: Numbers, slope: float) -> tuple[Numbers, Numbers]:
    """Gradient and (negative) second derivatives of the log likelihood with the prior on the slope."""
    weight, rest = likely * (1 - likely), bad - likely
    gradient = np.array([rest.sum(), (rest * tabular).sum() - slope / SPREAD**2])
    mixed = (weight * tabular).sum()
    curved = (weight * tabular * tabular).sum() + SPREAD**-2
    return gradient, np.array([[weight.sum(), mixed], [mixed, curved]])


def _solved(matrix: Numbers, right: Numbers) -> Numbers:
    own, both, other = _inverse(matrix)
    return np.array([own * right[0] + both * right[1], both * right[0] + other * right[1]])


def _inverse(matrix: Numbers) -> tuple[float, float, float]:
    """Invert a symmetric 2×2 matrix by hand: no solver whose bits depend on threads."""
    first, mixed, second = float(matrix[0, 0]), float(matrix[0, 1]), float(matrix[1, 1])
    area = max(first * second - mixed * mixed, 1e-300)
    return second / area, -mixed / area, first / area
