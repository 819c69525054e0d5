"""Which probability do Brier and calibration speak of: the run's own, or the score read as one?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scoring.evaluation.measures import Flags, Numbers, Scores, rate
from scoring.evaluation.results import CalibrationRow
from scoring.training.labels import Horizon

if TYPE_CHECKING:
    from scoring.models.model import Model
    from scoring.runs.run import Run

OF_MODEL = "the run's own default probability, which its model reads off the file without connections (e)"
FOLDS = 5
TENTHS = 10


@dataclass(frozen=True, eq=False)
class Probability:
    """A probability of turning bad for each person, None where there is none, and which one it is."""

    values: Numbers | None
    sentence: str


def probability_of(run: Run, holders: pa.StringArray, score: Scores, bad: Flags) -> Probability:
    """Take the run's own probabilities where a model gave some, else fit the score to these outcomes.

    The second is cross-fitted: each person's probability comes from a logistic curve of the score fitted to the other
    four fifths (parts by SHA-256 of the holder's id), so nobody's outcome is in its own probability.
    """
    if "probabilities" in run.names:
        table = run.table("probabilities", ["holder_id", "pd"])
        own = table.take(pc.index_in(holders, value_set=table["holder_id"].combine_chunks()))
        return Probability(
            own["pd"].to_numpy(),
            OF_MODEL,
        )
    if bad.all() or not bad.any():
        return Probability(None, "none: the run has no model, and outcomes of one class alone calibrate nothing")
    fitted = cross_fitted(score, bad, folds(holders))
    return Probability(
        fitted,
        "the score calibrated on these very outcomes by a logistic curve, cross-fitted in five parts by SHA-256 of the"
        " holder's id: the run has no model, so this tells how well its order could be calibrated",
    )


def learnt_until(model: Model) -> datetime:
    """Say when the last outcome came that a model may have learnt from: one horizon after its ``as_of``."""
    return Horizon.parse(model.horizon).after(datetime.fromisoformat(model.as_of))


def folds(holders: pa.StringArray) -> npt.NDArray[np.int64]:
    """Put each holder into one of five parts by SHA-256 of its id.

    Examples
    --------
    >>> folds(pa.array(["ann", "bob"])).tolist()
    [3, 4]
    """
    return np.array([hashlib.sha256(name.encode()).digest()[0] % FOLDS for name in holders.to_pylist()], np.int64)


def cross_fitted(score: Scores, bad: Flags, part: npt.NDArray[np.int64]) -> Numbers:
    """Give P(bad | score) of each person by a logistic curve fitted to the other parts.

    Parameters
    ----------
    score : int64[n]
    bad : bool[n]
    part : int64[n]
        Each person's part.

    Returns
    -------
    float64[n]
        In (0, 1); the rate of the others where those are of one class.
    """
    from sklearn.linear_model import LogisticRegression

    found = np.zeros(len(score))
    spread = float(score.std()) or 1.0
    x = ((score - score.mean()) / spread)[:, None]
    for number in np.unique(part):
        own = part == number
        others = bad[~own]
        if others.all() or not others.any():
            found[own] = others.mean() if len(others) else bad.mean()
            continue
        curve = LogisticRegression(solver="newton-cholesky").fit(x[~own], others)
        found[own] = curve.predict_proba(x[own])[:, 1]
    return found


def calibration(probability: Numbers, bad: Flags, bins: int = TENTHS, *, least: int = 1) -> tuple[CalibrationRow, ...]:
    """Compare what was predicted with what came, by quantiles of the probability; equal ones stay together.

    Parameters
    ----------
    probability : float64[n]
    bad : bool[n]
    bins
        At most this many rows, at least 1.
    least
        Neighbouring rows are put together until each has this many persons, where there are as many.

    Examples
    --------
    >>> rows = calibration(np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, False, True, False]), 2)
    >>> [(row.predicted, row.observed.rate) for row in rows]
    [(0.1, 0.0), (0.9, 0.5)]
    """
    if not len(bad):
        return ()
    inner = np.quantile(probability, np.arange(1, bins) / bins, method="lower")
    place = _at_least(np.searchsorted(np.unique(inner), probability, side="left"), least)
    rows = []
    for number in np.unique(place):
        here = place == number
        mine = probability[here]
        rows.append(CalibrationRow(float(mine.min()), float(mine.max()), float(mine.mean()), rate(bad[here])))
    return tuple(rows)


def _at_least(place: npt.NDArray[np.int64], least: int) -> npt.NDArray[np.int64]:
    """Put neighbouring bins together until each has ``least`` members; a rest joins the bin before it."""
    sizes, row, held, rows = np.bincount(place), 0, 0, []
    for size in sizes:
        rows.append(row)
        held += int(size)
        if held >= least:
            row, held = row + 1, 0
    together: npt.NDArray[np.int64] = np.minimum(np.array(rows), max(row - 1, 0))[place]
    return together
