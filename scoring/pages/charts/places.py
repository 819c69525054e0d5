"""Where does each holder stand on its ring? A tree around the middle, each branch as wide as it has ends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scoring.pages.marks import place
from scoring.pages.surroundings import Ego

CLOSE, RADII = 9, {0: (0,), 1: (0, 260), 2: (0, 165, 308), 3: (0, 120, 215, 308)}
NEAR = {1: (0, 120), 2: (0, 125, 235)}  # radii for fewer ends than CLOSE
MIDDLING = (0, 170)  # radii of a single ring of at most FEW ends
FEW = 12
FAN = 0.75 * math.pi  # the widest sector of a branch, so that no arrow runs across the middle
MARGIN = 12
SMALL, WIDE = 500, 640  # a picture is narrower than SMALL, which fits a telephone, or at least WIDE
LEAST = 350
RADIUS = 18  # of a node; the middle's is half as large again
FOLD = 6
GAP = 6  # between a node and the words that run outwards from it
HALF_LINE, BELOW = 9, 30  # half the height of a line of words, the height of two lines below a node
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
    """All places, holders as (id, "") and folds as (id, "fold"), the rings' radii, their middle, the size of it all."""

    spots: dict[Key, Spot]
    radii: tuple[int, ...]
    middle: tuple[float, float]
    width: int
    height: int


def plan(found: Ego, lengths: Mapping[Key, float]) -> Plan:
    """Place all holders and folds; a picture of few is smaller, and none is larger than its words need.

    Parameters
    ----------
    found
        Who stands around an account.
    lengths
        How long the words at each place are, in pixels; they run outwards from ends and lie below the others.

    Examples
    --------
    >>> from types import SimpleNamespace as Is
    >>> nodes = [Is(holder_id="a", parent="", hop=0), Is(holder_id="b", parent="a", hop=1)]
    >>> found = plan(Is(nodes=nodes, folds=[]), {("a", ""): 40, ("b", ""): 90})
    >>> found.spots["b", ""].x - found.spots["a", ""].x, found.spots["b", ""].y == found.spots["a", ""].y
    (120.0, True)
    >>> found.width, found.height
    (387, 264)
    """
    branches: dict[Key, list[Key]] = {(node.holder_id, ""): [] for node in found.nodes}
    for node in found.nodes[1:]:
        branches[node.parent, ""].append((node.holder_id, ""))
    for fold in found.folds:
        branches[fold.holder_id, ""].append((fold.holder_id, "fold"))
    first = (found.nodes[0].holder_id, "")
    depth = max([node.hop for node in found.nodes] + [fold.hop + 1 for fold in found.folds])
    radii = _radii(depth, _ends(first, branches))
    placed: dict[Key, Spot] = {}
    _place(first, 0, (-math.pi, math.pi), branches, radii, placed)
    left, top, right, bottom = _reach(placed, radii[-1], lengths)
    wide = max(LEAST, math.ceil(right - left))
    width = wide if wide < SMALL else max(wide, WIDE)
    x, y = place((width - right - left) / 2), place(-top)
    spots = {key: replace(spot, x=place(spot.x + x), y=place(spot.y + y)) for key, spot in placed.items()}
    return Plan(spots, radii, (x, y), width, math.ceil(bottom - top))


def _radii(depth: int, ends: int) -> tuple[int, ...]:
    if ends < CLOSE and depth in NEAR:
        return NEAR[depth]
    return MIDDLING if depth == 1 and ends <= FEW else RADII[depth]


def _reach(
    placed: Mapping[Key, Spot], radius: float, lengths: Mapping[Key, float]
) -> tuple[float, float, float, float]:
    """Give the edges of the smallest frame around rings, nodes and words: left, top, right, bottom."""
    xs, ys = [-radius, radius], [-radius, radius]
    for key, spot in placed.items():
        long = lengths.get(key, 0.0)
        if spot.end:
            across, down = spot.out(spot.radius + GAP + long)
            xs += [across - HALF_LINE, across + HALF_LINE]
            ys += [down - HALF_LINE, down + HALF_LINE]
            beside = spot.radius
        else:
            beside = max(spot.radius, long / 2)
            ys.append(spot.y + spot.radius + BELOW)
        xs += [spot.x - beside, spot.x + beside]
        ys += [spot.y - spot.radius, spot.y + spot.radius]
    return min(xs) - MARGIN, min(ys) - MARGIN, max(xs) + MARGIN, max(ys) + MARGIN


def _place(
    key: Key,
    ring: int,
    sector: tuple[float, float],
    branches: Mapping[Key, list[Key]],
    radii: Sequence[int],
    placed: dict[Key, Spot],
) -> None:
    """Place one holder in the middle of its sector and share the sector among its branches, the first at the right."""
    start, end = sector
    angle = (start + end) / 2
    below = branches.get(key, [])
    size = FOLD if key[1] else RADIUS * (1.0 if ring else 1.5)
    x, y = place(radii[ring] * math.cos(angle)), place(radii[ring] * math.sin(angle))
    placed[key] = Spot(x, y, size, angle, bool(ring) and not below)
    shares = _shares(below, branches, 0.0 if ring else EQUAL)
    wide = min(end - start, FAN) if ring else end - start
    start = angle - (wide / 2 if ring else math.pi * sum(shares[:1]))
    for each, share in zip(below, shares, strict=True):
        stop = start + wide * share
        _place(each, ring + 1, (start, stop), branches, radii, placed)
        start = stop


def _shares(below: list[Key], branches: Mapping[Key, list[Key]], equal: float) -> list[float]:
    ends = [_ends(each, branches) for each in below]
    return [equal / len(ends) + (1 - equal) * count / sum(ends) for count in ends]


def _ends(key: Key, branches: Mapping[Key, list[Key]]) -> int:
    """How many ends a branch has."""
    return max(1, sum(_ends(each, branches) for each in branches.get(key, [])))
