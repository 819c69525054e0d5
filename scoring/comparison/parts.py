"""What does a move of a score consist of? Its four parts, what each is made of, and what could not be told apart."""

from __future__ import annotations

from dataclasses import dataclass

PARTS = ("policy", "own", "missing", "connections")
"""The order of replacement: policy and model first, then own data, then what is missing or withheld, then others."""


@dataclass(frozen=True, slots=True)
class MovePart:
    """One line of a part: ``label`` moved the score by ``points``.

    ``part`` is one of ``PARTS``; ``label`` is a dimension, ``length of history``, ``consent``, ``policy and model``, a
    holder's id, or ``everyone else`` for what the portfolio's constants and the ends of the dimension do; ``what``
    says in words what happened. Only parts of connections name other holders.
    """

    part: str
    label: str
    points: int
    what: str


@dataclass(frozen=True, slots=True)
class MoveSplit:
    """One account's move from ``before`` to ``after``; own + connections + policy + missing = change, exactly.

    Attributes
    ----------
    account_id
        The account.
    before, after, change
        Scores of the two runs and their difference.
    own
        What its own data moved: dimensions and length of history.
    connections
        What others moved: supporters who came, left or changed, what falls back from those vouched for.
    policy
        What policy, scorecard and model moved.
    missing
        What moved because data came or went, or consent was given or withdrawn.
    parts
        The same in detail; the points of a part's lines add up to the part.
    notes
        What could not be told apart, one sentence each; empty when nothing was guessed.
    """

    account_id: str
    before: int
    after: int
    change: int
    own: int
    connections: int
    policy: int
    missing: int
    parts: tuple[MovePart, ...]
    notes: tuple[str, ...]
