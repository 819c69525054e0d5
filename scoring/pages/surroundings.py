"""Who stands around an account? Its ties ring by ring, the strongest shown, the weaker ones folded and counted.

A tie of an account that was followed (all but those of the outermost ring) is either shown or folded, never both and
never neither; ``Ego.seen = len(ties) + Σ folds`` says so in numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from loaders.errors import UsageError
from scoring.combination import SPAN
from scoring.explanation.analyst import analyst_card
from scoring.explanation.cards import AnalystCard
from scoring.explanation.policy import Policy
from scoring.explanation.shelf import Row, Shelf
from scoring.pages.rings import Link, Rings, rings
from scoring.runs.run import Run

SHOWN = {1: (24,), 2: (10, 4), 3: (6, 2, 2)}  # by hops: how many accounts of each ring are shown per parent
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """A holder in the picture: ``parent`` is whom it hangs on, score and band are None for who has none.

    ``account_id`` is its first scored account, or the account asked for in the middle.
    """

    holder_id: str
    account_id: str
    hop: int
    parent: str
    score: int | None
    band: str | None
    standing: float | None


@dataclass(frozen=True, slots=True)
class Tie:
    """Money sent from one holder to another; the figures are those of the receiver's card.

    ``strength`` is v, ``share`` the part of the sender's vouching that it takes (q), ``standing`` the sender's,
    ``contribution`` its part of the receiver's lift and ``points`` what that is worth in the receiver's score.
    """

    from_id: str
    to_id: str
    strength: float
    share: float | None
    standing: float | None
    contribution: float
    points: float | None
    months: int
    money: int

    @property
    def flows(self) -> bool:
        """Whether credit flows along it."""
        return self.contribution > 0


@dataclass(frozen=True, slots=True)
class Fold:
    """The weaker ties of one holder that are not shown: how many, and what they amount to."""

    holder_id: str
    hop: int
    ties: int
    flowing: int
    received: float
    given: float

    @property
    def words(self) -> str:
        """What stands in the picture."""
        return f"and {self.ties:,} weaker {'tie' if self.ties == 1 else 'ties'}"


@dataclass(frozen=True, slots=True)
class Ego:
    """An account and who stands around it; ``seen`` counts all ties of the accounts followed.

    ``counts`` is whether connections count in scores; in a neutral run contributions stand and points are 0. ``named``
    is whether the rule says who lifts whom; where it does not, contributions are 0 since nothing is known of them.
    """

    card: AnalystCard
    hops: int
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    folds: tuple[Fold, ...]
    seen: int
    bands: tuple[str, ...]
    counts: bool
    named: bool = True


def ego(run: Run, account: str, hops: int = 2) -> Ego:
    """Gather who stands around an account.

    Parameters
    ----------
    run
        A run on disk or its like.
    account
        An account; a holder's id is taken for the first of the holder's accounts.
    hops
        How many rings, 1 to 3.

    Returns
    -------
    Ego
        The account's card, the holders and ties shown, and exact counts of what is folded.

    Raises
    ------
    UsageError
        When the run has no score for the account, or hops are not 1, 2 or 3.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = ego(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder), "nina", hops=1)
    >>> found.nodes[0].account_id, found.seen == len(found.ties) + sum(fold.ties for fold in found.folds)
    ('nina', True)
    """
    if type(hops) is not int or hops not in SHOWN:  # True and 1.0 are keys of SHOWN as well
        raise UsageError(f"--hops must be 1, 2 or 3; got {hops!r}")
    shelf, policy = Shelf(run), Policy.of(run.manifest)
    card = analyst_card(shelf, policy, account)
    found = rings(shelf, card.holder_id, SHOWN[hops])
    names = [name for name, _, _ in found.order]
    scores: dict[str, Row] = {}
    for row in shelf.rows("scores", "holder_id", names):
        scores.setdefault(row["holder_id"], row)
    standings = {row["holder_id"]: row for row in shelf.rows("standing", "holder_id", names)}
    nodes = tuple(_node(name, hop, parent, scores, standings, card) for name, hop, parent in found.order)
    return Ego(
        card=card,
        hops=hops,
        nodes=nodes,
        ties=_ties(shelf, policy, found, standings),
        folds=_folds(found),
        seen=found.seen,
        bands=tuple(band.name for band in policy.config.bands),
        counts=policy.config.score.connections,
        named=run.manifest["rule"] == "vouch",
    )


def _node(
    name: str, hop: int, parent: str, scores: Mapping[str, Row], standings: Mapping[str, Row], card: AnalystCard
) -> Node:
    standing = standings[name]["standing"] if name in standings else None
    if hop == 0:
        return Node(name, card.account_id, 0, "", card.score, card.band, standing)
    if name not in scores:
        return Node(name, name, hop, parent, None, None, standing)
    row = scores[name]
    return Node(name, row["account_id"], hop, parent, row["score"], row["band"], standing)


def _ties(shelf: Shelf, policy: Policy, found: Rings, standings: Mapping[str, Row]) -> tuple[Tie, ...]:
    """Give the ties shown with the figures of the receiver's card; who has no standing lends and gets none."""
    budgets = shelf.totals("ties", "from_id", {link.from_id for link in found.links}, "g")
    weights = {name: policy.weights(row["credibility"])[-1] for name, row in standings.items()}
    on = policy.config.score.connections

    def tie(link: Link) -> Tie:
        worth = weights.get(link.to_id)
        known = link.from_id in standings
        return Tie(
            from_id=link.from_id,
            to_id=link.to_id,
            strength=link.v,
            share=link.v / max(policy.steady_tie, budgets[link.from_id]) if known else None,
            standing=standings[link.from_id]["standing"] if known else None,
            contribution=link.contribution,
            points=None if worth is None else (worth * SPAN if on else 0.0) * link.contribution,
            months=link.months,
            money=link.money,
        )

    return tuple(tie(link) for link in found.links)


def _folds(found: Rings) -> tuple[Fold, ...]:
    hops = {name: hop for name, hop, _ in found.order}
    return tuple(
        Fold(
            name,
            hops[name],
            len(links),
            sum(link.contribution > 0 for link in links),
            math.fsum(link.contribution for link in links if link.to_id == name),
            math.fsum(link.contribution for link in links if link.from_id == name),
        )
        for name, links in found.folded.items()
    )
