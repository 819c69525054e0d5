"""What does a model card look like as a page? Its sections in order, sentences first, tables below."""

from __future__ import annotations

from scoring.evaluation.model_card import ModelCard
from scoring.pages.template import fill


def card_page(card: ModelCard) -> str:
    """Write a model card as a page.

    Parameters
    ----------
    card
        The card of a run.

    Returns
    -------
    str
        HTML that needs no network; texts are escaped.

    Examples
    --------
    >>> from scoring.evaluation.model_card import CardSection
    >>> card = ModelCard("Model card", "20260101-ab", "2026-01-01", (CardSection("Purpose", ("To score.",)),))
    >>> "<p>To score.</p>" in card_page(card)
    True
    """
    return fill("card.html.j2", card=card)
