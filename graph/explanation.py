"""Why does a holder stand where it stands: who lifted it, where did that come from, and what fell back on it?

The explanation is the arithmetic: contributions add up to the lift, and paths add up to the contributions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.paths import split_paths
from graph.propagation import Propagation

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

    Examples
    --------
    Nobody lifts a stranger, so both sums are the lift: 0.

    >>> Explanation("zoe", 0.6, 0.6, 0.0, (), (), 0.0, None).lift
    0.0
    >>> Explanation("zoe", 0.6, 0.7, 0.1, (), (), 0.0, None)
    Traceback (most recent call last):
    ValueError: supporters of zoe must add up to its lift 0.1; got 0.0
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


def _weights_of(propagation: Propagation, i: int) -> dict[int, float]:
    support = propagation.graph.by_payee
    row = slice(support.indptr[i], support.indptr[i + 1])
    return dict(zip(support.indices[row].tolist(), propagation.weights[row].tolist(), strict=True))
