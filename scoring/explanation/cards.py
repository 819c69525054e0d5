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
class Probability:
    """How likely a default within ``horizon`` is, with the 95 % interval of the model's calibration.

    ``band`` says whose curve it was read from: thin, thick, or all files together.
    """

    pd: float
    low: float
    high: float
    band: str
    model: str
    horizon: str


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
    probability: Probability | None = None


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
    language: str
    words: LetterWords


@dataclass(frozen=True, slots=True)
class LetterWords:
    """The fixed words of a letter, in its language and filled in: headings, and the sentence with the score."""

    title: str
    opening: str
    given_by: str
    reasons: str
    improvements: str
    dispute: str


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """Why points are lost: a code of the dictionary, how many points it costs, and what a person may be told.

    ``about`` is the feature, dimension or special case; ``kind`` says which: feature, dimension, missing, withheld,
    not_supplied, connections or distress. ``lost`` is in points before rounding, at least 0. ``advice`` is empty where
    nothing can be done.
    """

    code: str
    about: str
    kind: str
    dimension: str
    lost: float
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """One bar: ``points`` (signed) lead to ``running``.

    ``kind`` is base, dimension, feature, own (the part of connections that is the holder's own e), supporter, lift
    (of a rule that names no supporters), distress or cut; ``dimension`` is empty for the base.
    """

    label: str
    points: int
    running: int
    kind: str
    dimension: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the base to the score in whole points; Σ points of the steps, the base's 350 included, is the score."""

    account_id: str
    run_id: str
    score: int
    steps: tuple[WaterfallStep, ...]
