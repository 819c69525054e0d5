"""Why 712? How five dimensions become one score, and integer points that add up to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from loaders.contract import DIMENSIONS
from loaders.errors import RenmaiError
from scoring.bands import band_of
from scoring.span import HIGHEST, LOWEST

if TYPE_CHECKING:
    from scoring.config import Config
    from scoring.tabular.persons import Flags, Numbers
    from scoring.tabular.portfolio import Assessment

SPAN = HIGHEST - LOWEST
NANO = 10**9
"""Points are rounded to nine decimals before they are rounded to integers: what floating point leaves beyond them is
noise, and would otherwise decide which way a half goes."""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The scores of a portfolio; arrays in the order of ``holders``.

    Attributes
    ----------
    holders
        Ids, as in the assessment.
    score : int32
        350 + Σ points, in [350, 950].
    points : int32 (n, 5)
        Points per dimension: the four tabular ones and connections.
    connections : C
        The fifth dimension, in [0, 1].
    weight : w
        What connections weighs for each holder.
    band
        Name of the score's band.
    tabular : e
        What the four tabular dimensions say, in [0, 1].
    thin
        Whether the file has fewer months than ``score.thin_months``.

    Examples
    --------
    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> from scoring import assess, combine, load_config
    >>> own = assess(loaders.at(loaders.load(**town()), AS_OF), load_config())
    >>> alone = combine(own, own.evidence, 0.0 * own.evidence, load_config())
    >>> alone.holders[0].as_py(), alone.score[0].item(), alone.points[0].tolist()
    ('ann', 817, [167, 104, 89, 81, 26])
    """

    holders: pa.StringArray
    score: npt.NDArray[np.int32]
    points: npt.NDArray[np.int32]
    connections: Numbers
    weight: Numbers
    band: pa.StringArray
    tabular: Numbers
    thin: Flags


def weights(credibility: Numbers, config: Config) -> Numbers:
    """Give what each dimension weighs for each holder: w = 5 % + 10 % (1 − z) for connections, the others scaled down.

    Parameters
    ----------
    credibility
        z, in [0, 1].
    config
        Holds the weights and ``thin_extra``.

    Returns
    -------
    (n, 5) array
        Rows add up to 1.

    Examples
    --------
    >>> from scoring.config import load_config
    >>> weights(np.array([0.0, 0.5]), load_config()).round(4).tolist()
    [[0.3132, 0.2237, 0.1789, 0.1342, 0.15], [0.3316, 0.2368, 0.1895, 0.1421, 0.1]]
    """
    percent = config.score.weights.percent
    own = percent[4] / 100 + config.score.thin_extra * (1 - np.asarray(credibility, np.float64))
    share = (1 - own) / sum(percent[:4])
    return np.stack([*(share * weight for weight in percent[:4]), own]).T


def combine(assessment: Assessment, standing: Numbers, distress: Numbers, config: Config) -> ScoreTable:
    """Combine own dimensions with what the graph adds: score = 350 + 600 (e + w (C − e)), rounded half up.

    C = clip(e + (x − b) − ρ (1 − z) r, 0, 1), so without ties, without consent or with the dimension switched off C is
    e to the bit and the score is the tabular score. Consent comes first here as well: no lift or distress counts that
    the assessment does not allow.

    Parameters
    ----------
    assessment
        Own evidence of everyone.
    standing : x
        Evidence after propagation, in the order of the assessment.
    distress : r
        What falls back from defaulters vouched for, in [0, 1].
    config
        The policy numbers.

    Raises
    ------
    RenmaiError
        When any number is not finite, before any clamp could hide it; it names the holder and the quantity.

    Examples
    --------
    Without ties everyone stands where the own evidence is, and the score is the tabular one.

    >>> import loaders
    >>> from loaders.town import AS_OF, town
    >>> from scoring import assess, load_config
    >>> own = assess(loaders.at(loaders.load(**town()), AS_OF), load_config())
    >>> alone = combine(own, own.evidence, np.zeros(len(own.holders)), load_config())
    >>> bool((alone.connections == own.tabular).all()), bool((350 + alone.points.sum(axis=1) == alone.score).all())
    (True, True)
    """
    e, b, z = assessment.tabular, assessment.evidence, assessment.credibility
    each_dimension = dict(zip(DIMENSIONS, assessment.dimensions.T, strict=True))
    _require_finite(
        assessment.holders, e=e, evidence=b, credibility=z, standing=standing, distress=distress, **each_dimension
    )
    if config.score.connections:
        lift = np.where(assessment.lift_allowed, standing - b, 0.0)
        burden = np.where(assessment.distress_allowed, config.score.rho * (1 - z) * distress, 0.0)
        connections = np.clip(e + lift - burden, 0.0, 1.0)
    else:
        connections = e
    each = weights(z, config)
    total = _nano(SPAN * (e + each[:, 4] * (connections - e)))
    parts = _nano(SPAN * each * np.stack([*assessment.dimensions.T, connections]).T)
    sums = (total + NANO // 2) // NANO
    score = (LOWEST + sums).astype(np.int32)
    return ScoreTable(
        holders=assessment.holders,
        score=score,
        points=largest_remainder(parts, sums),
        connections=connections,
        weight=each[:, 4],
        band=band_of(score, config),
        tabular=e,
        thin=assessment.months < config.score.thin_months,
    )


def largest_remainder(parts: npt.NDArray[np.int64], sums: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Round the parts of each row to integers that add up to its sum exactly.

    Every part is cut to its whole points; the points left over go to the largest remainders, equal ones in the order
    of columns.

    Parameters
    ----------
    parts : (n, k)
        In billionths of a point, at least 0.
    sums : (n,)
        In points: the row's parts added up and rounded.

    Examples
    --------
    >>> largest_remainder(np.array([[1_500_000_000, 2_500_000_000, 0]]), np.array([4])).tolist()
    [[2, 2, 0]]
    """
    columns = np.ascontiguousarray(parts.T)
    whole = columns // NANO
    rest = columns - whole * NANO
    left = sums - whole.sum(axis=0)
    # how many of the others come first: five columns compared with each other cost a third of sorting each row
    rank = np.zeros(columns.shape, np.int8)
    for one, other in combinations(range(len(columns)), 2):
        later = rest[other] > rest[one]
        rank[one] += later
        rank[other] += ~later
    return (whole + (rank < left)).astype(np.int32).T


def _nano(points: Numbers) -> npt.NDArray[np.int64]:
    return np.rint(points * NANO).astype(np.int64)


def _require_finite(holders: pa.StringArray, **quantities: Numbers) -> None:
    for name, values in quantities.items():
        if len(values) != len(holders):
            raise RenmaiError(f"{name} has {len(values)} values for {len(holders)} holders")
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            place = wrong[0]
            raise RenmaiError(
                f"holder {holders[place]}: {name} is {values[place]} when points are combined, allowed are finite "
                f"numbers only; no score was made"
            )
