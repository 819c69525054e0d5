"""Which reason codes explain a score, and what does each cost? All points that are missing, ranked."""

from __future__ import annotations

from collections.abc import Iterator

from loaders.errors import UsageError
from scoring.combination import SPAN
from scoring.explanation.cards import AnalystCard, DimensionRow, FeatureRow, ReasonCode
from scoring.explanation.dictionary import Entry
from scoring.explanation.policy import Policy
from scoring.explanation.wording import LANGUAGES

CONNECTIONS = "connections"
UNSEEN = {"not known": "missing", "not supplied": "not_supplied", "consent withheld": "withheld"}
"""Names of bins that hold nothing, and the special case that each is."""
NOTHING = {"missing": "dimension_missing", "withheld": "dimension_withheld"}
LEAST = 1e-9  # points; less is what floating point leaves


def reason_codes(card: AnalystCard, policy: Policy, language: str = "en") -> tuple[ReasonCode, ...]:
    """Rank all reasons for points that are not there; together they are 950 less the score before rounding.

    A feature that is not known, not supplied or withheld is told as such; a dimension without features is one reason.
    Advice is given only where something can be done about it, and leads only in the good direction.

    Parameters
    ----------
    card
        The analyst's card.
    policy
        The run's policy, with its dictionary.
    language
        ``en`` or ``zh``.

    Returns
    -------
    tuple of ReasonCode
        The dearest first, equal ones by code.

    Raises
    ------
    UsageError
        When the language is another.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> from scoring.explanation import Policy, explain
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     card = explain(run, "nina")
    >>> [(reason.code, round(reason.lost)) for reason in reason_codes(card, Policy.of(run.manifest))]
    [('CH00', 89), ('AB00', 84), ('BE00', 56), ('CN00', 26), ('ID00', 25)]
    """
    if language not in LANGUAGES:
        raise UsageError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
    found = [reason for reason in _reasons(card, policy, language) if reason.lost > LEAST]
    return tuple(sorted(found, key=lambda reason: (-reason.lost, reason.code, reason.about)))


def _reasons(card: AnalystCard, policy: Policy, language: str) -> Iterator[ReasonCode]:
    detailed = {row.dimension for row in card.features}
    for row in card.dimensions:
        if row.dimension == CONNECTIONS:
            yield from _connections(card, row, policy, language)
        elif row.dimension not in detailed:
            yield _of_dimension(row, policy, language)
    for feature in card.features:
        yield _of_feature(feature, policy, language)


def _connections(card: AnalystCard, row: DimensionRow, policy: Policy, language: str) -> Iterator[ReasonCode]:
    """Tell what falls back and what a rule takes apart from what the dimension could still have."""
    fell, taken = max(0.0, -card.distress_points), max(0.0, -card.lift_points)
    for about, lost in (
        ("distress", fell),
        ("connections_low", taken),
        (CONNECTIONS, SPAN * row.weight * (1 - row.value) - fell - taken),
    ):
        entry = policy.reasons.of(about)
        kind = CONNECTIONS if about != "distress" else about
        yield ReasonCode(entry.code, about, kind, CONNECTIONS, lost, entry.words[language].reason, "")


def _of_dimension(row: DimensionRow, policy: Policy, language: str) -> ReasonCode:
    entry = policy.reasons.of(row.dimension)
    lost = SPAN * row.weight * (1 - row.value)
    if row.origin in NOTHING:
        return _unseen(entry, policy.reasons.of(NOTHING[row.origin]), row.origin, lost, language)
    words = entry.words[language]
    return ReasonCode(entry.code, row.dimension, "dimension", row.dimension, lost, words.reason, words.advice)


def _of_feature(row: FeatureRow, policy: Policy, language: str) -> ReasonCode:
    entry = policy.reasons.of(row.feature)
    if row.bin in UNSEEN:
        case = UNSEEN[row.bin]
        return _unseen(entry, policy.reasons.of(case), case, row.lost, language)
    words = entry.words[language]
    return ReasonCode(entry.code, row.feature, "feature", row.dimension, row.lost, words.reason, words.advice)


def _unseen(entry: Entry, case: Entry, kind: str, lost: float, language: str) -> ReasonCode:
    """Say that something is not there; the case's own advice first, else that of the feature or dimension."""
    words, own = case.words[language], entry.words[language]
    advice = words.advice or (own.advice if case.actionable else "")
    text = words.reason.format(name=own.name)
    return ReasonCode(case.code, entry.about, kind, entry.dimension, lost, text, advice)
