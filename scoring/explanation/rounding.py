"""How do parts become whole numbers that still add up? The largest remainder, ties to the first."""

from __future__ import annotations

import math
from collections.abc import Sequence

DIGITS = 9  # what floating point leaves beyond them is noise, and would otherwise decide which way a part goes


def whole_parts(parts: Sequence[float], total: int) -> tuple[int, ...]:
    """Round each part down or up so that all add up to ``total``.

    Where ``total`` is within 1 of the sum of the parts, each whole part is within 1 of its own, and a part that is
    whole already stays as it is.

    Parameters
    ----------
    parts
        Numbers of either sign, in points.
    total
        What the whole numbers add up to; without parts nothing adds up to it.

    Examples
    --------
    >>> whole_parts([1.5, 2.5, 3.1], 7)
    (2, 2, 3)
    >>> whole_parts([-0.4, 2.0, 0.9], 2)
    (-1, 2, 1)
    """
    exact = [round(part, DIGITS) for part in parts]
    whole = [math.floor(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    left = total - sum(whole)
    if order and left < 0:
        order.reverse()
    for turn in range(abs(left) if order else 0):
        whole[order[turn % len(order)]] += 1 if left > 0 else -1
    return tuple(whole)
