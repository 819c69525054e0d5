"""What does an evaluation find? Figures per group of files, what each variant adds, drift, groups: frozen, as JSON.

All figures are of persons. ``None`` stands where a figure does not exist (no bads, one class only, nobody there); a
note says why. Shares and rates lie in [0, 1].
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from scoring.evaluation.rounding import rounded

FORMAT = "renmai-evaluation-1"
BACKTEST_FORMAT = "renmai-backtest-1"
SEGMENTS = ("all", "thin", "thick")


class Document:
    """What every result can do: tell itself as JSON values."""

    def to_dict(self) -> dict[str, Any]:
        """Tell it as JSON values, figures rounded to nine decimals, so that equal work is equal text."""
        told: dict[str, Any] = rounded(asdict(self))  # type: ignore[call-overload]
        return told


@dataclass(frozen=True, slots=True)
class Rate(Document):
    """How often bad came: ``bad`` of ``persons``, with the 95 % Wilson interval of the rate."""

    persons: int
    bad: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class BandRate(Document):
    """The observed rate of one band, scores ``low`` to ``high``, both included."""

    band: str
    low: int
    high: int
    observed: Rate


@dataclass(frozen=True, slots=True)
class CalibrationRow(Document):
    """Persons whose probability lies in [``low``, ``high``]: what was predicted on average, what was observed."""

    low: float
    high: float
    predicted: float
    observed: Rate


@dataclass(frozen=True, slots=True)
class Segment(Document):
    """The run's own score, in whole points as published, on ``all``, ``thin`` or ``thick`` files.

    ``brier`` and ``calibration`` (by tenths) are of the probability that ``Evaluation.probability`` names; ``note``
    says why a figure is missing, "" when none is.
    """

    name: str
    observed: Rate
    auc: float | None
    ks: float | None
    gini: float | None
    brier: float | None
    calibration: tuple[CalibrationRow, ...]
    bands: tuple[BandRate, ...]
    note: str


@dataclass(frozen=True, slots=True)
class VariantFigures(Document):
    """How well one variant of the score finds the bads of one segment."""

    variant: str
    segment: str
    auc: float | None
    ks: float | None
    gini: float | None
    mean_score: float | None


@dataclass(frozen=True, slots=True)
class Curve(Document):
    """How bads are found from low scores upwards: (share of goods, share of bads) at or below each score, 0 to 1."""

    variant: str
    segment: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Difference(Document):
    """AUC of ``variant`` − AUC of ``against`` on one segment, with the 95 % interval of the paired bootstrap."""

    variant: str
    against: str
    segment: str
    difference: float | None
    low: float | None
    high: float | None
    includes_zero: bool | None


@dataclass(frozen=True, slots=True)
class Uplift(Document):
    """AUC with connections − without, on thin files: what ``gate.connections`` asks for.

    ``shown`` is whether the interval lies above zero and there are enough bads to believe it.
    """

    persons: int
    bad: int
    difference: float | None
    low: float | None
    high: float | None
    shown: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class DriftRow(Document):
    """One bin of one feature (or of the score): its share in the reference and in this run; missing is a bin too."""

    feature: str
    bin: str
    reference: float
    share: float


@dataclass(frozen=True, slots=True)
class Drift(Document):
    """How far scores (PSI, per segment) and features (CSI) have moved against frozen bins.

    ``reference`` is a run id, a model's name or None; ``sentence`` says which, or why there is none. ``csi`` is of all
    files; ``csi_by_segment`` of thin and thick ones against those of the reference run (a model keeps no such shares).
    """

    reference: str | None
    sentence: str
    psi: dict[str, float | None]
    csi: dict[str, float]
    rows: tuple[DriftRow, ...]
    csi_by_segment: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupFigures(Document):
    """One group: who is selected at the threshold, how often bad came, how well the score and probability fit.

    ``impact_ratio`` is its selection rate over the highest one of the groups shown.
    """

    group: str
    persons: int
    selected: int
    selection_rate: float
    impact_ratio: float | None
    observed: Rate
    predicted: float | None
    auc: float | None
    calibration: tuple[CalibrationRow, ...]


@dataclass(frozen=True, slots=True)
class Groups(Document):
    """Monitoring by a column that never enters a score; groups under ``least`` persons are merged and not named.

    ``hidden`` is how many groups are merged; ``unknown`` how many persons have no group; ``adverse`` the groups whose
    impact ratio is below four fifths.
    """

    column: str
    threshold: int
    benefit: str
    least: int
    rows: tuple[GroupFigures, ...]
    hidden: int
    unknown: int
    adverse: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class OutcomeCounts(Document):
    """What became of the rows of outcomes: ``rows = bad + other_kind + at_or_before + after + not_scored + rejected``.

    ``bad`` counts rows that make a person bad; ``at_or_before`` are at or before ``as_of`` and make nobody bad,
    ``after`` are later than the horizon, ``not_scored`` belong to accounts that the run did not score.
    """

    rows: int
    bad: int
    other_kind: int
    at_or_before: int
    after: int
    not_scored: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Evaluation(Document):
    """What outcomes say about a run.

    Attributes
    ----------
    format
        ``FORMAT``.
    headline
        The first line of every report: does the dimension help on thin files, as far as one can tell?
    run_id, as_of, rule
        The run.
    policy
        SHA-256 of the policy, scorecard and model that made it; a gate takes only an evaluation of its own policy.
    horizon, until, observed_until
        As asked, its end, and the latest outcome in the file.
    complete
        Whether outcomes reach the end of the horizon.
    outcomes
        What became of their rows.
    seed, draws, resampling
        How the intervals were made.
    probability
        Which probability Brier and calibration are of: a sentence.
    uplift
        The verdict on thin files.
    segments, variants, curves, differences, drift, groups
        The figures; curves of the variants ``with`` and ``without``.
    notes
        What a reader must know.
    """

    format: str
    headline: str
    run_id: str
    as_of: str
    rule: str
    policy: str
    horizon: str
    until: str
    observed_until: str | None
    complete: bool
    outcomes: OutcomeCounts
    seed: int
    draws: int
    resampling: str
    probability: str
    uplift: Uplift
    segments: tuple[Segment, ...]
    variants: tuple[VariantFigures, ...]
    curves: tuple[Curve, ...]
    differences: tuple[Difference, ...]
    drift: Drift
    groups: Groups | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BacktestRow(Document):
    """One earlier date: what the policy would have scored then and what came; ``note`` says why figures are missing."""

    as_of: str
    until: str
    complete: bool
    persons: int
    bad: int
    auc: float | None
    ks: float | None
    auc_without: float | None
    thin_auc: float | None
    thin_auc_without: float | None
    uplift: Uplift
    note: str


@dataclass(frozen=True, slots=True)
class Backtest(Document):
    """The same policy at several dates of one log, oldest first."""

    format: str
    headline: str
    horizon: str
    every: str
    seed: int
    draws: int
    resampling: str
    fingerprint: str
    rows: tuple[BacktestRow, ...]
    notes: tuple[str, ...]
