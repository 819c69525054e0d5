"""Out of whose record does a lift come, followed back over supporters' supporters?

Plain arithmetic over ids or positions: it needs no kernel, so a run that is read from disk is explained by it too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

H = TypeVar("H")


def split_paths(
    holder: H,
    supporters: Callable[[H], Sequence[tuple[H, float]]],
    evidence: Callable[[H], float],
    standing: Callable[[H], float],
    damping: float,
    *,
    depth: int = 2,
) -> list[tuple[tuple[H, ...], float]]:
    """Where did the credit that lifts a holder come from in the first place?

    Supporter j counts as far as it stands above the holder's floor b_i + y_i. Of that, what its own evidence stands
    above the floor is its own, and the rest came to it from its supporters, in proportion to their contributions::

        own part of j = max(0, b_j − b_i − y_i) / (x_j − b_i − y_i),    y_i = (x_i − b_i) / λ

    Parameters
    ----------
    holder
        Whom to explain; holders may be ids or positions.
    supporters
        Gives a holder's supporters with their contributions > 0.
    evidence, standing
        Give b and x of a holder.
    damping
        λ.
    depth
        At how many steps back to stop, at least 1; there a supporter gets its whole contribution.

    Returns
    -------
    list of (holders, contribution)
        Nearest supporter first in each path, greatest contribution first; they add up to the contributions.

    Examples
    --------
    Cy lifts Bea by 0.2 and Bea lifts Ann by 0.1. Ann's floor is 0.4 + 0.1 / 0.8, so Bea's own 0.6 counts for 0.075 of
    0.275, and the rest is Cy's.

    >>> lifted_by = {"ann": [("bea", 0.1)], "bea": [("cy", 0.2)], "cy": []}
    >>> b, x = {"ann": 0.4, "bea": 0.6, "cy": 0.95}, {"ann": 0.5, "bea": 0.8, "cy": 0.95}
    >>> paths = split_paths("ann", lifted_by.get, b.get, x.get, 0.8)
    >>> [(path, round(amount, 3)) for path, amount in paths]
    [(('bea', 'cy'), 0.073), (('bea',), 0.027)]
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1; got {depth}")
    paths: list[tuple[tuple[H, ...], float]] = []
    waiting: list[tuple[tuple[H, ...], float]] = [((holder, j), amount) for j, amount in supporters(holder)]
    while waiting:
        path, amount = waiting.pop()
        i, j = path[-2:]
        before = supporters(j) if len(path) <= depth else []
        if not before:
            paths.append((path[1:], amount))
            continue
        floor = evidence(i) + (standing(i) - evidence(i)) / damping
        # x_j is b_j and what others lent it, so these two are what stands above the floor
        own_height, lent = max(0.0, evidence(j) - floor), sum(part for _, part in before)
        own = amount * own_height / (own_height + lent)
        if own > 0:
            paths.append((path[1:], own))
        if own < amount:
            waiting += [((*path, k), (amount - own) * part / lent) for k, part in before]
    return sorted(paths, key=lambda path: -path[1])
