"""Where does each holder stand on its ring? A tree around the middle, each branch as wide as it has ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scoring.pages.marks import place
from scoring.pages.surroundings import Ego

LEAST = 640  # width of the smallest picture
ROOM = 172  # beyond the outermost ring: half a node and its label
RADII = {0: (0,), 1: (0, 260), 2: (0, 165, 308), 3: (0, 120, 215, 308)}
FEW, NEAR = 12, 170  # so many ends on a single ring stand nearer
RADIUS = 18  # of a node; the middle's is half as large again
FOLD = 6
EQUAL = 0.6  # part of the circle that is shared equally; the rest goes by ends, so that no node is squeezed
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the picture: its middle, its size, its direction from the picture's middle, and if nothing follows."""

    x: float
    y: float
    radius: float
    angle: float
    end: bool

    @property
    def degrees(self) -> float:
        """The direction in degrees, clockwise from the right."""
        return round(math.degrees(self.angle), 2)

    @property
    def left(self) -> bool:
        """Whether text written outwards would stand on its head."""
        return math.cos(self.angle) < -1e-9

    def out(self, by: float) -> tuple[float, float]:
        """Give the point ``by`` further out."""
        return place(self.x + by * math.cos(self.angle)), place(self.y + by * math.sin(self.angle))


@dataclass(frozen=True, slots=True)
class Plan:
    """All places, holders as (id, "") and folds as (id, "fold"), the rings' radii and the picture's middle."""

    spots: dict[Key, Spot]
    radii: tuple[int, ...]
    middle: tuple[float, float]

    @property
    def width(self) -> int:
        """The picture's width."""
        return int(2 * self.middle[0])


def plan(found: Ego) -> Plan:
    """Place all holders and folds; a picture of few is smaller.

    Examples
    --------
    >>> from types import SimpleNamespace as Is
    >>> nodes = [Is(holder_id="a", parent="", hop=0), Is(holder_id="b", parent="a", hop=1)]
    >>> found = plan(Is(nodes=nodes, folds=[], hops=1)).spots
    >>> (found["a", ""].x, found["b", ""].y < found["a", ""].y)
    (342.0, True)
    """
    branches: dict[Key, list[Key]] = {(node.holder_id, ""): [] for node in found.nodes}
    for node in found.nodes[1:]:
        branches[node.parent, ""].append((node.holder_id, ""))
    for fold in found.folds:
        branches[fold.holder_id, ""].append((fold.holder_id, "fold"))
    first = (found.nodes[0].holder_id, "")
    depth = max([node.hop for node in found.nodes] + [fold.hop + 1 for fold in found.folds])
    radii = (0, NEAR) if depth == 1 and len(branches[first]) <= FEW else RADII[depth]
    reach = radii[-1] + (ROOM if depth else 60)
    middle = (max(LEAST / 2, reach), float(reach))
    placed: dict[Key, Spot] = {}
    _place(first, 0, (-math.pi, math.pi), branches, Plan(placed, radii, middle))
    return Plan(placed, radii, middle)


def _place(key: Key, ring: int, sector: tuple[float, float], branches: dict[Key, list[Key]], found: Plan) -> None:
    """Place one holder in the middle of its sector and share the sector among its branches."""
    start, end = sector
    angle = (start + end - math.pi) / 2  # 0 is at the top
    below = branches.get(key, [])
    size = FOLD if key[1] else RADIUS * (1.0 if ring else 1.5)
    x = place(found.middle[0] + found.radii[ring] * math.cos(angle))
    y = place(found.middle[1] + found.radii[ring] * math.sin(angle))
    found.spots[key] = Spot(x, y, size, angle, bool(ring) and not below)
    shares = _shares(below, branches, 0.0 if ring else EQUAL)
    if not ring and shares:  # the first branch is at the top
        start = -math.pi * shares[0]
    for each, share in zip(below, shares, strict=True):
        stop = start + (end - sector[0]) * share
        _place(each, ring + 1, (start, stop), branches, found)
        start = stop


def _shares(below: list[Key], branches: dict[Key, list[Key]], equal: float) -> list[float]:
    ends = [_ends(each, branches) for each in below]
    return [equal / len(ends) + (1 - equal) * count / sum(ends) for count in ends]


def _ends(key: Key, branches: dict[Key, list[Key]]) -> int:
    """How many ends a branch has."""
    return max(1, sum(_ends(each, branches) for each in branches.get(key, [])))
