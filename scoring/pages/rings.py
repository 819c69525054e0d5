"""Which accounts stand on which ring around one? The strongest ties of each, followed outwards; the rest is folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.explanation.shelf import Row, Shelf

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """One row of ``ties`` with what it contributes to the receiver's standing."""

    from_id: str
    to_id: str
    v: float
    g: float
    money: int
    months: int
    contribution: float

    @property
    def rank(self) -> tuple[float, float, float, int]:
        """Where credit flows first, then by strength."""
        return (-self.contribution, -self.v, -self.g, -self.money)

    def other(self, name: str) -> str:
        """Give the other end."""
        return self.to_id if self.from_id == name else self.from_id


@dataclass(frozen=True, slots=True)
class Rings:
    """Holders as (id, ring, parent), the ties between them, what is folded per holder, how many ties were seen."""

    order: tuple[tuple[str, int, str], ...]
    links: tuple[Link, ...]
    folded: dict[str, tuple[Link, ...]]
    seen: int


def rings(shelf: Shelf, middle: str, shown: Sequence[int]) -> Rings:
    """Follow the strongest ties outwards.

    Parameters
    ----------
    shelf
        The run's rows by key.
    middle
        The holder in the middle.
    shown
        For each ring how many holders are shown per parent.

    Returns
    -------
    Rings
        Each tie of a holder that was followed is among ``links`` or, once, among ``folded``.
    """
    places: dict[str, tuple[int, str]] = {middle: (0, "")}
    links: dict[Key, Link] = {}
    followed: list[str] = []
    edge = [middle]
    for ring, most in enumerate(shown, start=1):
        met = {middle, *(name for pair in links for name in pair)}  # who is folded on an inner ring is on no outer one
        links |= _links(shelf, edge)
        followed += edge
        edge = _next(links.values(), edge, places, met, ring, most)
        if not edge:
            break
    folded: dict[str, list[Link]] = {name: [] for name in followed}
    kept = []
    for link in sorted(links.values(), key=lambda link: (*link.rank, link.from_id, link.to_id)):
        if link.from_id in places and link.to_id in places:
            kept.append(link)
        else:
            folded[link.from_id if link.from_id in places else link.to_id].append(link)
    return Rings(
        tuple((name, ring, parent) for name, (ring, parent) in places.items()),
        tuple(kept),
        {name: tuple(found) for name, found in folded.items() if found},
        len(links),
    )


def _next(
    links: Iterable[Link], edge: Sequence[str], places: dict[str, tuple[int, str]], met: set[str], ring: int, most: int
) -> list[str]:
    """Put the strongest new holders of each parent on the ring; a holder hangs on its strongest tie."""
    inside = set(edge)
    room = dict.fromkeys(edge, most)
    hangs: dict[str, str] = {}
    for link in sorted(links, key=lambda link: (*link.rank, link.from_id, link.to_id)):
        parent = link.from_id if link.from_id in inside else link.to_id
        other = link.other(parent)
        if parent in inside and other not in met and other not in places and other not in hangs:
            hangs[other] = parent
    for name, parent in hangs.items():
        if room[parent]:
            room[parent] -= 1
            places[name] = (ring, parent)
    return [name for name, (at, _) in places.items() if at == ring]


def _links(shelf: Shelf, names: Sequence[str]) -> dict[Key, Link]:
    """Read all ties of these holders, sent and received, each once."""
    rows = shelf.rows("ties", "from_id", names) + shelf.rows("ties", "to_id", names)
    lent = shelf.rows("contributions", "holder_id", names) + shelf.rows("contributions", "supporter_id", names)
    parts = {(row["supporter_id"], row["holder_id"]): row["contribution"] for row in lent}
    return {(row["from_id"], row["to_id"]): _link(row, parts) for row in rows}


def _link(row: Row, parts: dict[Key, float]) -> Link:
    contribution = parts.get((row["from_id"], row["to_id"]), 0.0)
    return Link(row["from_id"], row["to_id"], row["v"], row["g"], row["money"], row["months"], contribution)
