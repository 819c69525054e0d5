"""How is a duration told in a few words?"""

from __future__ import annotations


def told_seconds(seconds: float) -> str:
    """Tell a duration in a few words.

    Examples
    --------
    >>> told_seconds(4.2), told_seconds(95), told_seconds(7300)
    ('4 s', '1 min 35 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{max(whole, 1)} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
