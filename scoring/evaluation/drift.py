"""How far have scores and features moved against frozen bins? PSI and CSI; a missing value is a bin like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from loaders.contract import DIMENSIONS
from scoring.batch.stability import HIGH, LOW, WIDTH
from scoring.evaluation.results import SEGMENTS, Drift, DriftRow
from scoring.models.feature import ABSENT
from scoring.models.model import Model
from scoring.recall import Recalled
from scoring.scorecard.card import MISSING, SILENT, WITHHELD
from scoring.tabular.dimensions import ORIGINS, READY_MADE

CODES = {MISSING: "missing", WITHHELD: "withheld", SILENT: "not supplied"}
TENTH = 10
Bins = npt.NDArray[Any]
Counts = dict[str, float]
"""Persons per bin, by the bin's name."""


def stability_index(reference: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    """Measure a shift between two counts per bin: Σ_b (q_b − p_b) ln(q_b / p_b).

    Half a person is added to each bin that either reaches, so an empty bin is no infinite shift.

    Parameters
    ----------
    reference, other
        Persons per bin.

    Returns
    -------
    float or None
        0 for equal shares; None when either is empty.

    Examples
    --------
    >>> stability_index({"low": 50, "missing": 50}, {"low": 5, "missing": 5})
    0.0
    >>> round(stability_index({"low": 90, "missing": 10}, {"low": 50, "missing": 50}), 3)
    0.853
    """
    if not sum(reference.values()) or not sum(other.values()):
        return None
    names = sorted({*reference, *other})
    before = np.array([reference.get(name, 0) for name in names], np.float64)
    after = np.array([other.get(name, 0) for name in names], np.float64)
    if np.array_equal(before * after.sum(), after * before.sum()):
        return 0.0  # equal shares of portfolios of different size: the half persons would tell them apart
    p, q = (before + 0.5) / (before + 0.5).sum(), (after + 0.5) / (after + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())


def drift(now: Recalled, scores: Bins, before: tuple[Recalled, Bins] | None, model: Model | None) -> Drift:
    """Compare a run's scores and features with what is frozen.

    Parameters
    ----------
    now, scores
        The run and its scores per person.
    before
        A reference run and its scores per person: scores and features are compared with those. None: there is none.
    model
        Its features are compared with the shares of its training instead. None: with the reference run.
    """
    psi: dict[str, float | None] = dict.fromkeys(SEGMENTS)
    frozen: dict[str, Counts] = {}
    by_segment: dict[str, dict[str, float]] = {}
    rows: list[DriftRow] = []
    if before is not None:
        for segment in SEGMENTS:
            then = score_counts(before[1][within(before[0], segment)])
            psi[segment] = stability_index(then, score_counts(scores[within(now, segment)]))
        frozen = comparable_counts(before[0], now)
        by_segment = {name: _indices(comparable_counts(before[0], now, name), feature_counts(now, name))
                      for name in SEGMENTS[1:]}  # fmt: skip
        rows += _rows("score", score_counts(before[1]), score_counts(scores))
    if model is not None:
        frozen |= training_counts(model, len(scores))
    counted = feature_counts(now)
    csi = _indices(frozen, counted)
    for name in csi:
        rows += _rows(name, frozen[name], counted[name])
    reference = before[0].run.id if before is not None else None if model is None else model.name
    return Drift(reference, _sentence(before, model), psi, csi, tuple(rows), by_segment)


def within(known: Recalled, segment: str) -> npt.NDArray[np.bool_]:
    """Mark the persons of a segment: all, thin or thick files."""
    thin = known.assessment.months < known.config.score.thin_months
    return {"all": np.ones(len(thin), np.bool_), "thin": thin, "thick": ~thin}[segment]


def score_counts(scores: Bins) -> Counts:
    """Count persons per 50 points of score; the last bin holds 950 as well."""
    edges = np.arange(LOW, HIGH, WIDTH)
    return _counted(edges[np.minimum((scores - LOW) // WIDTH, len(edges) - 1)].astype(str))


def feature_counts(known: Recalled, segment: str = SEGMENTS[0]) -> dict[str, Counts]:
    """Count persons per bin of every feature in use; a ready-made dimension has tenths, its missing values a bin."""
    found: dict[str, Counts] = {}
    here = within(known, segment)
    if (bins := known.assessment.bins) is not None:
        cuts = dict(_cuts(known))
        for name in bins.column_names:
            if name in cuts:
                names = np.array([*_names(cuts[name]), *(CODES[code] for code in (SILENT, WITHHELD, MISSING))])
                found[name] = _counted(names[bins[name].to_numpy()[here]])  # the codes −1, −2, −3 count from the end
    for number, name in enumerate(DIMENSIONS):
        origin = known.assessment.origin[:, number]
        if (origin == READY_MADE).any():
            tenth = np.minimum((known.assessment.dimensions[:, number] * TENTH).astype(np.int64), TENTH - 1)
            labels = np.array([f"{place / TENTH:.1f}" for place in range(TENTH)])[tenth]
            found[name] = _counted(np.where(origin == READY_MADE, labels, np.array(ORIGINS)[origin])[here])
    return found


def comparable_counts(before: Recalled, now: Recalled, segment: str = SEGMENTS[0]) -> dict[str, Counts]:
    """Count a reference's bins, those features left out that were cut anew since: they have no frozen bins."""
    old, new = dict(_cuts(before)), dict(_cuts(now))
    counted = feature_counts(before, segment)
    return {name: counts for name, counts in counted.items() if old.get(name) == new.get(name)}


def training_counts(model: Model, persons: int) -> dict[str, Counts]:
    """Give the shares a model keeps of its training, as if ``persons`` had been there."""
    found = {}
    for dimension in model.dimensions.values():
        for feature in dimension.features:
            shares = dict(zip(_names(feature.at_least), feature.shares, strict=True))
            shares |= {CODES[code]: share for code, share in zip(ABSENT, feature.absent, strict=True)}
            found[feature.name] = {name: share * persons for name, share in shares.items() if share}
    return found


def _indices(frozen: Mapping[str, Counts], now: Mapping[str, Counts]) -> dict[str, float]:
    """Give CSI of every feature that has frozen bins and somebody in them."""
    found = {name: stability_index(frozen.get(name, {}), counts) for name, counts in now.items()}
    return {name: index for name, index in found.items() if index is not None}


def _sentence(before: tuple[Recalled, Bins] | None, model: Model | None) -> str:
    told = [] if model is None else [f"features against the bins and shares of the training of model {model.name}"]
    if before is not None:
        what = "scores and features" if model is None else "scores and all other features"
        told.append(f"{what} against run {before[0].run.id} (as of {before[0].run.manifest['as_of']})")
    elif model is None:
        return "there is no earlier run and no model that keeps shares: nothing is frozen to compare with"
    return "; ".join(told)


def _cuts(known: Recalled) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Tell where the bins of each feature begin."""
    for dimension in DIMENSIONS:
        for feature in known.config.reader(dimension).features:
            yield feature.name, feature.at_least


def _names(edges: tuple[float, ...]) -> list[str]:
    return [f"{edge:g} and more" for edge in edges]


def _counted(bins: Bins) -> Counts:
    names, counts = np.unique(bins, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _rows(feature: str, then: Counts, now: Counts) -> list[DriftRow]:
    before, after = sum(then.values()) or 1, sum(now.values()) or 1
    names = sorted({*then, *now}, key=_order)
    return [DriftRow(feature, name, then.get(name, 0) / before, now.get(name, 0) / after) for name in names]


def _order(name: str) -> tuple[int, float, str]:
    """Put numbers first, by size, then words."""
    try:
        return (0, float(name.split(" ")[0]), name)
    except ValueError:
        return (1, 0.0, name)
