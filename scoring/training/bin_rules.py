"""Which special values and manual bins may an analyst state, and which rule does a refused one break?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from scoring.training.bin_tables import Floats, plain
from scoring.training.by_feature import TrainingError, is_number
from scoring.training.cuts import Flags, Weigh, counts, follows


def special_values(name: str, given: Any) -> dict[str, float]:
    """Give the special values of a feature by their labels.

    Raises
    ------
    TrainingError
        When one is no finite number, or stands there twice.

    Examples
    --------
    >>> special_values("pay_0", [-2, -1]), special_values("pay_0", {"no card in use": -2})
    ({'special -2': -2.0, 'special -1': -1.0}, {'no card in use': -2.0})
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        listed = [given] if is_number(given) else list(given)
        given = {f"special {plain(float(value))}" if is_number(value) else str(value): value for value in listed}
        if len(given) != len(listed):
            raise TrainingError(f"special_values of {name}: each value may stand there once; got {listed}")
    if not all(is_number(value) for value in given.values()):
        raise TrainingError(f"special_values of {name} must be finite numbers; got {list(given.values())}")
    if len(set(given.values())) != len(given):
        raise TrainingError(f"special_values of {name}: each value may stand there once; got {list(given.values())}")
    return {str(label): float(value) for label, value in given.items()}


def manual_edges(
    name: str, given: Any, values: Floats, bad: Flags, direction: str | None, weigh: Weigh
) -> tuple[tuple[float, ...], str | None]:
    """Take an analyst's edges as they stand, or name the rule that they break.

    The rules: edges are finite numbers (a first −inf and a last inf may stand there); they rise; every bin holds at
    least one good and one bad row; WoE follows the stated direction.

    Returns
    -------
    tuple
        The edges, −inf first, and the direction that they have: for ``either`` the one found.

    Raises
    ------
    TrainingError
        With the feature, the rule and what was found.
    """
    edges = _numbers(name, given)
    if not all(low < high for low, high in pairwise(edges)):
        raise TrainingError(f"manual_bins of {name} break the rule that edges rise: got {list(edges[1:])}")
    goods, bads = counts(edges, values, bad)
    for place, edge in enumerate(edges):
        below = edges[place + 1] if place + 1 < len(edges) else math.inf
        for what, found in (("good", goods[place]), ("bad", bads[place])):
            if not found and len(edges) > 1:
                raise TrainingError(
                    f"manual_bins of {name} break the rule that every bin holds good and bad rows: "
                    f"[{plain(edge)}, {plain(below)}) has no {what} one of its {goods[place] + bads[place]}"
                )
    return edges, _direction(name, weigh(goods, bads), direction)


def _numbers(name: str, given: Any) -> tuple[float, ...]:
    listed = list(given) if isinstance(given, (list, tuple, np.ndarray)) else None
    if listed and listed[0] == -math.inf:
        listed = listed[1:]
    if listed and listed[-1] == math.inf:
        listed = listed[:-1]
    if listed is None or not all(is_number(edge) for edge in listed):
        raise TrainingError(
            f"manual_bins of {name} break the rule that edges are a list of finite numbers: got {given!r}"
        )
    return (-math.inf, *map(float, listed))


def _direction(name: str, weights: Floats, direction: str | None) -> str | None:
    ways = ("up", "down") if direction == "either" else (direction,)
    for way in ways:
        if follows(weights, way):
            return way
    rule = "in one direction" if direction == "either" else f"{direction!r}"
    raise TrainingError(
        f"manual_bins of {name} break the rule that WoE goes {rule}: it is {', '.join(f'{w:.3f}' for w in weights)}"
    )
