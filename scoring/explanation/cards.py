"""What does an explanation consist of? The frozen parts of an analyst's card and of a consumer's letter."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.benefits import BenefitStatus


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """One of the five dimensions: ``points`` were earned of ``points + lost`` that ``weight`` allows."""

    dimension: str
    weight: float
    value: float
    points: int
    lost: int
    origin: str


@dataclass(frozen=True, slots=True)
class Supporter:
    """One holder whose standing lifts this one.

    ``share`` is the part of the supporter's vouching budget that this tie takes (q), ``contribution`` its part of the
    lift and ``points`` what that part is worth in the score, 600 · weight · contribution.
    """

    supporter_id: str
    share: float
    standing: float
    contribution: float
    points: float
    strength: float
    months: int
    money: int


@dataclass(frozen=True, slots=True)
class SupportPath:
    """A part of the lift followed one step further: by way of ``through``, out of ``source``'s record."""

    through: str
    source: str
    contribution: float
    points: float


@dataclass(frozen=True, slots=True)
class Responsible:
    """The one tie that distress comes from: the holder vouched for, how strongly and how severe the outcome is."""

    holder_id: str
    strength: float
    severity: float


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature of the scorecard: the bin the holder is in and the points it leaves on the table."""

    feature: str
    dimension: str
    bin: str
    lost: float


@dataclass(frozen=True, slots=True)
class AnalystCard:
    """Every point of one account's score; ``350 + Σ points = score``, or the card is not made.

    ``graph_points = lift_points + distress_points + cut_points`` is what the graph moves before rounding: supporters'
    points add up to ``lift_points``, ``cut_points`` is what the ends of the dimension, 0 and 1, take or give back.
    """

    account_id: str
    holder_id: str
    score: int
    band: str
    as_of: str
    run_id: str
    thin: bool
    history_months: float
    tabular: float
    base: int
    residual: int
    dimensions: tuple[DimensionRow, ...]
    evidence: float
    standing: float
    lift: float
    distress: float
    credibility: float
    lift_points: float
    distress_points: float
    cut_points: float
    graph_points: float
    supporters: tuple[Supporter, ...]
    paths: tuple[SupportPath, ...]
    responsible: Responsible | None
    features: tuple[FeatureRow, ...]
    benefits: tuple[BenefitStatus, ...]
    no_bad_record: bool


@dataclass(frozen=True, slots=True)
class ConsumerLetter:
    """What the person scored is told: nothing about anyone else, no threshold, no weight, no points."""

    account_id: str
    score: int
    band: str
    date: str
    lender: str
    reasons: tuple[str, ...]
    improvements: tuple[str, ...]
    dispute: str
