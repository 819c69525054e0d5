"""Does the dimension help on thin files, as far as outcomes can tell? The sentence every report begins with."""

from __future__ import annotations

from scoring.evaluation.results import Uplift

ENOUGH = 10
"""Bads and goods among thin files below which no interval is believed: a handful drawn again is the same handful."""


def judge(persons: int, bad: int, difference: float | None, interval: tuple[float, float] | None) -> Uplift:
    """Turn the uplift on thin files and its interval into a verdict and its sentence.

    Parameters
    ----------
    persons, bad
        Thin files, and how many of them turned out bad.
    difference
        AUC with connections − without; None where there is no AUC.
    interval
        Its 95 % interval.

    Examples
    --------
    >>> print(judge(900, 40, 0.004, (-0.001, 0.009)).sentence)  # doctest: +NORMALIZE_WHITESPACE
    On thin files the interval of the uplift includes zero: AUC with connections − without is +0.0040
    (95 %: −0.0010 to +0.0090; 900 persons, 40 bad). An uplift is not shown.
    >>> judge(900, 40, 0.004, (0.001, 0.009)).shown, judge(900, 4, 0.004, (0.001, 0.009)).shown
    (True, False)
    """
    if difference is None or interval is None:
        why = "nobody has one" if not persons else f"of {persons:,} persons {bad:,} turned out bad"
        sentence = f"On thin files nothing can be said about an uplift: {why}. An uplift is not shown."
        return Uplift(persons, bad, None, None, None, shown=False, sentence=sentence)
    low, high = interval
    enough = min(bad, persons - bad) >= ENOUGH
    figures = (
        f"AUC with connections − without is {signed(difference)} "
        f"(95 %: {signed(low)} to {signed(high)}; {persons:,} persons, {bad:,} bad)"
    )
    if low <= 0 <= high:
        sentence = f"On thin files the interval of the uplift includes zero: {figures}. An uplift is not shown."
    elif high < 0:
        sentence = f"On thin files connections make the score worse: {figures}. An uplift is not shown."
    elif enough:
        sentence = f"On thin files connections add to the score: {figures}."
    else:
        few = f"with fewer than {ENOUGH} bads or goods no interval is believed, so an uplift is not shown"
        sentence = f"On thin files the interval of the uplift is above zero, but {few}: {figures}."
    return Uplift(persons, bad, difference, low, high, shown=low > 0 and enough, sentence=sentence)


def signed(value: float) -> str:
    """Write a difference with its sign, four decimals.

    Examples
    --------
    >>> signed(0.01234), signed(-0.5), signed(-0.00001)
    ('+0.0123', '−0.5000', '−0.0000')
    """
    return f"{'−' if value < 0 else '+'}{abs(value):.4f}"
