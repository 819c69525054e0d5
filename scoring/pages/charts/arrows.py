"""How does an arrow run from one node to another? A curve that bows to its left, so that two directions stay apart."""

from __future__ import annotations

import math

from scoring.pages.charts.places import Spot

BOW = 0.1  # how far the curve's middle leaves the straight line, as a share of its length


def arrow(start: Spot, end: Spot, width: float) -> tuple[str, str]:
    """Draw an arrow as two outlines: the line and the head.

    Parameters
    ----------
    start, end
        The nodes; the line runs from edge to edge.
    width
        Of the line, in pixels; the head grows with it.

    Examples
    --------
    >>> line, head = arrow(Spot(0, 0, 10, 0, False), Spot(100, 0, 10, 0, False), 2)
    >>> line.startswith("M") and head.endswith("z")
    True
    """
    across, down = end.x - start.x, end.y - start.y
    far = math.hypot(across, down) or 1.0
    bend_x = (start.x + end.x) / 2 + 2 * BOW * down
    bend_y = (start.y + end.y) / 2 - 2 * BOW * across
    head = 7 + 1.6 * width
    from_x, from_y = _toward(start.x, start.y, bend_x, bend_y, start.radius + 1)
    tip_x, tip_y = _toward(end.x, end.y, bend_x, bend_y, end.radius + 2)
    neck_x, neck_y = _toward(end.x, end.y, bend_x, bend_y, min(end.radius + 2 + head, 0.7 * far))
    side_x, side_y = (tip_y - neck_y) * 0.45, (neck_x - tip_x) * 0.45
    line = f"M{from_x:.1f} {from_y:.1f}Q{bend_x:.1f} {bend_y:.1f} {neck_x:.1f} {neck_y:.1f}"
    corners = ((tip_x, tip_y), (neck_x + side_x, neck_y + side_y), (neck_x - side_x, neck_y - side_y))
    return line, "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "z"


def _toward(x: float, y: float, to_x: float, to_y: float, by: float) -> tuple[float, float]:
    """Give the point ``by`` from one point towards another."""
    far = math.hypot(to_x - x, to_y - y) or 1.0
    return x + (to_x - x) * by / far, y + (to_y - y) * by / far
