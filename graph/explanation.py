"""Why does a holder stand where it stands: who lifted it, where did that come from, and what fell back on it?

The explanation is the arithmetic: contributions add up to the lift, and paths add up to the contributions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from graph.propagation import Propagation

H = TypeVar("H")
ROUNDING = 1e-12
"""How far sums may be off for rounding."""


@dataclass(frozen=True)
class Supporter:
    """Somebody who parted with money and stands above whom it lifts.

    ``share`` is q, the part of the supporter's budget behind this holder; ``credibility`` is z; ``contribution`` is
    what it adds to the holder's standing.
    """

    holder: str
    share: float
    standing: float
    credibility: float
    contribution: float


@dataclass(frozen=True)
class Path:
    """Credit that came along ``holders``, nearest first: the last one's own, or, at full length, all it passed on."""

    holders: tuple[str, ...]
    contribution: float


@dataclass(frozen=True)
class Explanation:
    """One holder's standing, taken apart.

    Attributes
    ----------
    holder
        Who is explained.
    evidence, standing, lift
        b, x and x − b.
    supporters
        Who lifts it, greatest contribution first; contributions add up to the lift.
    paths
        The same by where it came from, greatest first; they add up to the lift, too.
    distress, culprit
        r, and the payee because of whom it falls back (``None``: nobody).
    """

    holder: str
    evidence: float
    standing: float
    lift: float
    supporters: tuple[Supporter, ...]
    paths: tuple[Path, ...]
    distress: float
    culprit: str | None

    def __post_init__(self) -> None:
        for name in ("supporters", "paths"):
            total = float(np.sum([part.contribution for part in getattr(self, name)]))
            if not abs(total - self.lift) <= ROUNDING * max(1.0, abs(self.standing)):
                raise ValueError(f"{name} of {self.holder} must add up to its lift {self.lift!r}; got {total!r}")


def explain(propagation: Propagation, holder_id: str, *, depth: int = 2) -> Explanation:
    """Why does this holder stand where it stands?

    Parameters
    ----------
    propagation
        The result to explain.
    holder_id
        One of the persons of its graph.
    depth
        How many steps back paths are followed; 2: supporters and their supporters.

    Returns
    -------
    Explanation

    Raises
    ------
    KeyError
        If the holder is not one of the persons.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, PEOPLE, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> names = credit.holders.to_pylist()
    >>> result = graph.propagate(credit, [PEOPLE[name][3] for name in names], [PEOPLE[name][-1] for name in names])
    >>> why = explain(result, "nina")
    >>> [path.holders for path in why.paths], round(why.lift, 3)
    ([('sam',)], 0.119)
    """
    graph, result = propagation.graph, propagation.vouch
    i = graph.index(holder_id)
    found = propagation.supporters(i)
    voice = propagation.parameters.vouching * propagation.credibility * (1.0 - propagation.severity)
    weight = _weights_of(propagation, i)
    supporters = tuple(
        Supporter(
            graph.holder_id(j),
            weight[j] / float(voice[j]),
            float(result.before[j]),
            float(propagation.credibility[j]),
            c,
        )
        for j, c in found
    )
    paths = split_paths(
        i,
        propagation.supporters,
        lambda j: float(propagation.evidence[j]),
        lambda j: float(result.before[j]),
        propagation.parameters.damping,
        depth=depth,
    )
    named = tuple(Path(tuple(map(graph.holder_id, holders)), amount) for holders, amount in paths)
    culprit = int(propagation.distress.culprit[i])
    return Explanation(
        holder_id,
        float(propagation.evidence[i]),
        float(result.standing[i]),
        float(propagation.lift[i]),
        supporters,
        named,
        float(propagation.distress.distress[i]),
        graph.holder_id(culprit) if culprit >= 0 else None,
    )


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
        floor = evidence(i) + (standing(i) - evidence(i)) / damping
        height, own_height = standing(j) - floor, evidence(j) - floor
        own = amount * min(1.0, max(0.0, own_height) / height) if before and height > 0 else amount
        if own > 0:
            paths.append((path[1:], own))
        total = sum(part for _, part in before)
        if own < amount:
            waiting += [((*path, k), (amount - own) * part / total) for k, part in before]
    return sorted(paths, key=lambda path: -path[1])


def _weights_of(propagation: Propagation, i: int) -> dict[int, float]:
    support = propagation.graph.by_payee
    row = slice(support.indptr[i], support.indptr[i + 1])
    return dict(zip(support.indices[row].tolist(), propagation.weights[row].tolist(), strict=True))
