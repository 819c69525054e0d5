"""What does a what-if answer consist of? The frozen parts others print, draw or hand on as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Card:
    """One holder's score and what it is made of, before or after.

    Attributes
    ----------
    score
        350 to 950.
    band
        The score's band.
    points
        Points per dimension, by name; ``350 + Σ points = score``.
    tabular : e
        What the four tabular dimensions say, in [0, 1].
    evidence, standing : b, x
        Before and after propagation.
    lift, distress : x − b, r
        What others' standing adds, and what falls back from defaulters vouched for.
    history_months : n
        Months of own history.
    thin
        Whether the file is thin.
    pd, pd_low, pd_high
        Probability of default with its 95 % interval, where the run has a trained model.
    """

    score: int
    band: str
    points: Mapping[str, int]
    tabular: float
    evidence: float
    standing: float
    lift: float
    distress: float
    history_months: float
    thin: bool
    pd: float | None = None
    pd_low: float | None = None
    pd_high: float | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """Another holder whose score moves: ``change`` = ``after`` − ``before``, in points."""

    holder_id: str
    before: int
    after: int
    change: int


@dataclass(frozen=True, slots=True)
class Work:
    """How much was computed again.

    Attributes
    ----------
    holders
        In the run.
    rows, passes
        Rows solved (one solved twice counts twice) in how many passes.
    moved
        Standings that moved.
    full
        Whether everything was solved anew instead.
    """

    holders: int
    rows: int
    passes: int
    moved: int
    full: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One account of a run as it stands and as it would stand.

    Attributes
    ----------
    account_id, holder_id, run_id, as_of
        Whom it is about, and in which run.
    changes
        What was changed, one sentence each.
    notes
        What changed nothing and why, one sentence each.
    before, after
        The account's numbers.
    others
        How many other holders' scores move.
    movers
        Those who move most (the largest change first, equal ones by id).
    work
        How much was computed again.
    """

    account_id: str
    holder_id: str
    run_id: str
    as_of: str
    changes: tuple[str, ...]
    notes: tuple[str, ...]
    before: Card
    after: Card
    others: int
    movers: tuple[Mover, ...]
    work: Work

    @property
    def change(self) -> int:
        """By how many points the account's score moves."""
        return self.after.score - self.before.score

    def to_dict(self) -> dict[str, Any]:
        """Tell everything as JSON values."""
        return {**asdict(self), "change": self.change}


@dataclass(frozen=True, slots=True)
class Placed:
    """A new applicant beside the holders of a run.

    Attributes
    ----------
    card
        Its numbers.
    received, sent
        How many ties of others to it, and of it to others, with any strength (v > 0).
    others
        How many other holders' scores move because it came.
    movers
        Those who move most.
    work
        How much was computed.
    """

    card: Card
    received: int
    sent: int
    others: int
    movers: tuple[Mover, ...]
    work: Work


@dataclass(frozen=True, slots=True)
class ScoredApplicant:
    """A new applicant scored against a run.

    Attributes
    ----------
    account_id, holder_id, run_id, as_of
        Who it is, and against which run.
    result
        The score that counts: what is disputed is left out.
    disputed
        Relations left out because they are disputed.
    with_disputed
        The result with them; ``None`` where nothing is disputed.
    relations
        What became of the relations, by count: payments, reversals, never_a_tie, after_as_of, disputed.
    notes
        What was left out and why, one sentence each.
    """

    account_id: str
    holder_id: str
    run_id: str
    as_of: str
    result: Placed
    disputed: tuple[str, ...]
    with_disputed: Placed | None
    relations: Mapping[str, int]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Tell everything as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Step:
    """One feature of a way: from the bin it is in to the one it should reach.

    ``name`` is its plain name, ``value`` one that does it (the nearest whole number, where the bin begins, or true or
    false), as :func:`scoring.whatif.what_if` takes it; ``bins`` how many bins it moves.
    """

    feature: str
    name: str
    dimension: str
    now: str
    then: str
    value: float | bool
    bins: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a threshold: the steps to take together, and the score they were proved to give."""

    steps: tuple[Step, ...]
    score_after: int
    band_after: str

    @property
    def text(self) -> str:
        """Say the way in one sentence."""
        parts = " and ".join(f"{step.name} were {step.then}" for step in self.steps)
        return f"would reach {self.score_after} if {parts}"


@dataclass(frozen=True, slots=True)
class Reach:
    """Which ways lead an account to a threshold.

    Attributes
    ----------
    account_id, holder_id, run_id
        Whom it is about, and in which run.
    score
        The score now.
    threshold
        The score to be reached.
    ways
        Up to three, fewest features first, then fewest bins; each was scored again to prove it.
    best
        The score with every feature that can be acted on at its best.
    sentence
        The answer in one sentence.
    """

    account_id: str
    holder_id: str
    run_id: str
    score: int
    threshold: int
    ways: tuple[Way, ...]
    best: int
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Tell everything as JSON values."""
        return {**asdict(self), "ways": [{**asdict(way), "text": way.text} for way in self.ways]}
