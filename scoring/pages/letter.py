"""What does the letter to the person scored look like? One plain page in its language, nothing about anyone else."""

from __future__ import annotations

from scoring.explanation.cards import ConsumerLetter
from scoring.pages.template import fill


def letter_page(letter: ConsumerLetter) -> str:
    """Write a consumer's letter as one printed page.

    Parameters
    ----------
    letter
        The letter; its language and all its words are its own, the page adds none.

    Returns
    -------
    str
        HTML that needs no network; ids and texts are escaped.

    Examples
    --------
    >>> from scoring.explanation.cards import LetterWords
    >>> words = LetterWords("Your score", "It is 700.", "From us.", "Reasons", "Advice", "Disputes")
    >>> page = letter_page(ConsumerLetter("nina", 700, "fair", "2026-01-01", "us", (), (), "Write.", "en", words))
    >>> '<html lang="en">' in page, "<h1>Your score</h1>" in page
    (True, True)
    """
    return fill("letter.html.j2", letter=letter)
