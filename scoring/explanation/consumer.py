"""What is the person scored told? A few plain reasons, what would help, how to dispute; nothing about others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scoring.config.sections import Lender
from scoring.explanation.cards import AnalystCard, ConsumerLetter, LetterWords, ReasonCode
from scoring.explanation.policy import Policy
from scoring.explanation.reasons import reason_codes

REASONS = 4
WORTH_SAYING = 1.0  # points lost below which a reason is no reason
HIDDEN = ("connections", "distress")
"""Kinds that a letter doesn't tell by their own points: of connections it says at most that their part is low."""


def consumer_letter(card: AnalystCard, policy: Policy, language: str = "en") -> ConsumerLetter:
    """Tell a person why the score is not higher.

    Reasons are ranked by points lost. No other id, no threshold, no weight and no point value is in the letter; of
    connections it says at most that their part is low.

    Parameters
    ----------
    card
        The analyst's card of the account.
    policy
        The run's policy: the dictionary of reasons, the lender and where to dispute.
    language
        ``en`` or ``zh``.

    Raises
    ------
    UsageError
        When the language is another.
    """
    reasons = sorted(_told(card, policy, language), key=lambda reason: -reason.lost)
    worth = [reason for reason in reasons if reason.lost >= WORTH_SAYING][:REASONS]
    texts = policy.reasons.letters[language]
    # what the policy leaves at its English default is said in the letter's language
    chosen, plain = policy.config.lender, Lender()
    lender = texts["lender"] if chosen.name == plain.name else chosen.name
    dispute = texts["dispute_text"] if chosen.dispute == plain.dispute else chosen.dispute
    band = policy.reasons.bands.get(language, {}).get(card.band, card.band)
    date = card.as_of[:10]
    return ConsumerLetter(
        account_id=card.account_id,
        score=card.score,
        band=band,
        date=date,
        lender=lender,
        reasons=tuple(dict.fromkeys(reason.text for reason in worth)),
        improvements=tuple(dict.fromkeys(reason.advice for reason in worth if reason.advice)),
        dispute=dispute,
        language=language,
        words=_words(texts, score=str(card.score), band=band, date=date, lender=lender),
    )


def _told(card: AnalystCard, policy: Policy, language: str) -> Iterator[ReasonCode]:
    for reason in reason_codes(card, policy, language):
        if reason.kind not in HIDDEN:
            yield reason
    if card.graph_points < 0:
        entry = policy.reasons.of("connections_low")
        text = entry.words[language].reason
        yield ReasonCode(entry.code, entry.about, "connections", "connections", -card.graph_points, text, "")


def _words(texts: Mapping[str, str], **values: str) -> LetterWords:
    """Fill in the fixed words; names may hold braces of their own, which stay as they are."""
    names = ("title", "opening", "given_by", "reasons", "improvements", "dispute")
    return LetterWords(**{name: texts[name].format(**values) for name in names})
