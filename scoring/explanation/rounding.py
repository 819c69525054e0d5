"""How do parts become whole numbers that still add up? The largest remainder, ties to the first."""

from __future__ import annotations

import math
from collections.abc import Sequence


def whole_parts(parts: Sequence[float], total: int) -> tuple[int, ...]:
    """Round each part down or up so that all add up to ``total``.

    Parameters
    ----------
    parts
        Numbers of at least 0 whose sum is within 1/2 of ``total``.
    total
        What the whole numbers add up to.

    Examples
    --------
    >>> whole_parts([1.5, 2.5, 3.1], 7)
    (2, 2, 3)
    """
    floors = [math.floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place], place))
    for place in order[: max(0, total - sum(floors))]:
        floors[place] += 1
    return tuple(floors)
