"""What is the person scored told? A few plain reasons, what would help, how to dispute; nothing about others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loaders.features import features
from scoring.explanation.cards import AnalystCard, ConsumerLetter, DimensionRow, FeatureRow
from scoring.explanation.policy import Policy

REASONS = 4
WORTH_SAYING = 1.0  # points lost below which a reason is no reason
UNSEEN = {
    "not known": "Not known to us: {}.",
    "not supplied": "You have not told us: {}.",
    "consent withheld": "You have not allowed us to use: {}.",
}
NOTHING = {
    "missing": "Nothing is known to us yet about one part of your score: {}.",
    "withheld": "You have not allowed us to use what one part of your score needs: {}.",
}
IN_NUMBERS = re.compile(r":.*| (in|over) the last \d+ months")
"""What a meaning says in numbers, codes and months; a letter has no number but the score and the date."""
ALLOW = "You may allow its use; it can then count for you."
BELOW = "The connections part of your score stands below the rest of your record."


@dataclass(frozen=True, slots=True)
class Reason:
    """Why points are lost, how many, and what would help."""

    lost: float
    text: str
    advice: str


def consumer_letter(card: AnalystCard, policy: Policy) -> ConsumerLetter:
    """Tell a person why the score is not higher.

    Reasons are ranked by points lost. No other id, no threshold, no weight and no point value is in the letter; of
    connections it says at most that their part is low.

    Parameters
    ----------
    card
        The analyst's card of the account.
    policy
        The run's policy: texts of the scorecard, the lender and where to dispute.
    """
    reasons = sorted(_reasons(card, policy), key=lambda reason: -reason.lost)
    worth = [reason for reason in reasons if reason.lost >= WORTH_SAYING][:REASONS]
    return ConsumerLetter(
        account_id=card.account_id,
        score=card.score,
        band=card.band,
        date=card.as_of[:10],
        lender=policy.config.lender.name,
        reasons=tuple(dict.fromkeys(reason.text for reason in worth)),
        improvements=tuple(dict.fromkeys(reason.advice for reason in worth if reason.advice)),
        dispute=policy.config.lender.dispute,
    )


def _reasons(card: AnalystCard, policy: Policy) -> Iterator[Reason]:
    detailed = {row.dimension for row in card.features}
    for row in card.dimensions:
        if row.dimension == "connections":
            if card.graph_points < 0:
                yield Reason(-card.graph_points, BELOW, "")
        elif row.dimension not in detailed:
            yield _of_dimension(row, policy)
    for feature in card.features:
        yield _of_feature(feature, policy)


def _of_dimension(row: DimensionRow, policy: Policy) -> Reason:
    text = policy.card.texts[row.dimension]
    if row.origin in NOTHING:
        advice = ALLOW if row.origin == "withheld" else text.improve
        return Reason(row.lost, NOTHING[row.origin].format(text.title), advice)
    return Reason(row.lost, text.lowers, text.improve)


def _of_feature(row: FeatureRow, policy: Policy) -> Reason:
    feature = policy.card.feature(row.feature)
    if row.bin not in UNSEEN:
        return Reason(row.lost, feature.lowers, feature.improve)
    meaning = next(known.meaning for known in features() if known.name == row.feature)
    advice = ALLOW if row.bin == "consent withheld" else feature.improve
    return Reason(row.lost, UNSEEN[row.bin].format(IN_NUMBERS.sub("", meaning)), advice)
