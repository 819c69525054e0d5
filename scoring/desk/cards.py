"""How is an explanation shown? The analyst's card with its waterfall, the consumer's letter in its words."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any, Protocol, TypeVar, runtime_checkable

from scoring.desk import html
from scoring.desk.arguments import account_of
from scoring.explanation import writing
from scoring.explanation.cards import AnalystCard, ConsumerLetter
from scoring.explanation.text import name_of
from scoring.explanation.waterfall import waterfall
from scoring.explanation.writing import Explainer
from scoring.pages.charts.steps import waterfall as chart
from scoring.runs.run import Run

Dressed = TypeVar("Dressed")
PROBABLE = "Probability of default within {0.horizon}: {1:.2f} % (95 %: {2:.2f} to {3:.2f} %), by model {0.model}"


def dressed(kind: type[Dressed], plain: Any) -> Dressed:
    """Make of a plain result the same one that also shows itself in a notebook."""
    return kind(**{part.name: getattr(plain, part.name) for part in fields(plain)})


@runtime_checkable
class Asked(Protocol):
    """A run that keeps who explains it."""

    explainer: Explainer


class Card(AnalystCard):
    """An analyst's card: every point of one score; shown as a waterfall and the table of its dimensions."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        rows = [(name_of(row.dimension), row.weight, row.value, row.points, row.lost) for row in self.dimensions]
        lifts = [(row.supporter_id, row.share, row.standing, row.contribution, row.points) for row in self.supporters]
        parts = [
            html.text(f"{self.account_id}: {self.score}, {self.band}, as of {self.as_of[:10]}", strong=True),
            html.drawn(chart(waterfall(self))),
            html.table(("dimension", "weight", "value", "points", "lost"), rows),
        ]
        if likely := self.probability:
            parts.insert(1, html.text(PROBABLE.format(likely, 100 * likely.pd, 100 * likely.low, 100 * likely.high)))
        if lifts:
            parts.append(html.text("Who lifts it:"))
            parts.append(html.table(("supporter", "share", "standing", "contribution", "points"), lifts))
        return html.shown(*parts)


class Letter(ConsumerLetter):
    """What the person scored is told; shown as the words of the letter, without a picture."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        parts = [html.text(self.words.opening, strong=True), html.text(self.words.given_by)]
        parts += [html.listed(self.words.reasons, self.reasons)] if self.reasons else []
        parts += [html.listed(self.words.improvements, self.improvements)] if self.improvements else []
        return html.shown(*parts, html.listed(self.words.dispute, (self.dispute,)))


def explain(
    run: Run,
    account_id: str,
    *,
    audience: str = "analyst",
    language: str = "en",
) -> Card | Letter:
    """Why is a score what it is, to the last point?

    Parameters
    ----------
    run
        A run, as :func:`scoring.run` or :func:`scoring.open` gives it.
    account_id
        The account; a holder's id is taken for the first of the holder's accounts.
    audience
        ``analyst`` (every point) or ``consumer`` (nothing about anyone else, no weight, no threshold).
    language
        Of the consumer's letter: ``en`` or ``zh``.

    Returns
    -------
    Card or Letter
        An ``AnalystCard`` or ``ConsumerLetter`` of :mod:`scoring.explanation`, shown in notebooks with its picture.

    Raises
    ------
    UsageError
        When the run has no score for the account, or the audience is not known.

    Examples
    --------
    >>> import scoring
    >>> from loaders.town import AS_OF, town
    >>> card = scoring.explain(scoring.run(**town(), as_of=AS_OF), "nina")
    >>> card.base + sum(row.points for row in card.dimensions) == card.score, card.residual
    (True, 0)
    >>> [row.supporter_id for row in card.supporters]
    ['sam']
    """
    # a run at the desk is asked more than once and keeps what it read
    ask = run.explainer.explain if isinstance(run, Asked) else partial(writing.explain, run)
    found = ask(account_of(account_id), audience=audience, language=language)
    return dressed(Card, found) if isinstance(found, AnalystCard) else dressed(Letter, found)
