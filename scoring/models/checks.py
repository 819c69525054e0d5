"""What is wrong with a model's file? Every finding before a single value is made of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from loaders.errors import UsageError
from loaders.features import Feature, features
from scoring.models.layout import shape_problems

SUM = 1e-6  # how far shares may add up from 1


class ModelError(UsageError):
    """The model is not usable; ``problems`` holds the findings, one sentence each."""

    def __init__(self, problems: Sequence[str], source: str) -> None:
        self.problems = tuple(problems)
        told = "; ".join(problems[:3]) + (f"; and {len(problems) - 3} more" if len(problems) > 3 else "")
        super().__init__(f"{source} is no usable model: {told}")


def check(document: Any) -> list[str]:
    """Compare a model's document with its layout, the data contract and the rules of monotone bins and trees.

    Parameters
    ----------
    document
        The model as JSON gives it.

    Returns
    -------
    list of str
        One sentence per finding, each beginning with its full key; empty for a usable model.

    Examples
    --------
    >>> check([])
    ['file: Input should be a valid dictionary or instance of ModelEntry']
    """
    if problems := shape_problems(document):
        return problems
    found = list(_moment(document["as_of"]))
    for name, entry in document["dimensions"].items():
        found += _dimension(f"dimensions.{name}", name, entry)
        found += _form(f"dimensions.{name}", entry, document["kind"])
    found += _calibration(document["calibration"])
    weights = document["fitted_weights"]
    if weights is not None and not math.isclose(sum(weights), 1, abs_tol=SUM):
        found.append(f"fitted_weights: add up to {sum(weights)}, allowed is 1")
    return found


def _moment(text: str) -> Iterator[str]:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        yield f"as_of: found {text}, which is no moment of the calendar"


def _form(place: str, entry: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Say where a dimension is not of the kind that the model says it is."""
    points, trees = entry.get("points"), entry.get("trees") or []
    if (points is None) == (not trees):
        yield f"{place}: must have points or trees, and not both"
    elif (points is not None) != (kind == "logistic"):
        yield f"{place}: a model of kind {kind} is made of {'points' if kind == 'logistic' else 'trees'}"


def _dimension(place: str, dimension: str, entry: Mapping[str, Any]) -> Iterator[str]:
    known = {feature.name: feature for feature in features() if feature.dimension == dimension}
    names = [feature["name"] for feature in entry["features"]]
    if [name for name in known if name in names] != names:
        yield f"{place}.features: found {names}, allowed are features of the dimension, each once, in contract order"
        return
    for feature in entry["features"]:
        yield from _feature(f"{place}.{feature['name']}", feature, known[feature["name"]])
    best = [len({*feature["woe"], feature["missing"]}) - 1 for feature in entry["features"]]
    points, trees = entry.get("points"), entry.get("trees") or []
    if points is not None:
        yield from _points(f"{place}.points", points, best)
    if trees:
        problems = [
            problem for number, tree in enumerate(trees) for problem in _tree(f"{place}.trees.{number}", tree, best)
        ]
        yield from problems
        if not problems and not _rises(trees, best):
            yield f"{place}.trees: the best of everything is worth no more than the worst"


def _feature(place: str, entry: Mapping[str, Any], feature: Feature) -> Iterator[str]:
    edges, woe = entry["at_least"], entry["woe"]
    if not len(edges) == len(woe) == len(entry["shares"]):
        yield f"{place}: at_least, woe and shares must have the same number of bins"
        return
    if edges[0] != feature.low or edges[-1] > feature.high or any(low >= high for low, high in pairwise(edges)):
        yield f"{place}.at_least: found {edges}, allowed are rising numbers from {feature.low} to {feature.high}"
    rising = woe if feature.direction == "up" else woe[::-1]
    if any(low > high for low, high in pairwise(rising)):
        yield f"{place}.woe: found {woe}, which moves against the feature's direction"
    if not min(woe) <= entry["missing"] <= max(woe):
        yield f"{place}.missing: found {entry['missing']}, allowed is from {min(woe)} to {max(woe)}, as in the bins"
    if len({*woe}) < 2:
        yield f"{place}.woe: all bins say the same"
    total = sum(entry["shares"]) + sum(entry["absent"])
    if not math.isclose(total, 1, abs_tol=SUM):
        yield f"{place}.shares: add up to {total} with absent, allowed is 1"


def _points(place: str, points: list[list[int]], best: list[int]) -> Iterator[str]:
    if [len(steps) - 1 for steps in points] != best:
        yield f"{place}: must have the points of each level of each feature"
        return
    for number, steps in enumerate(points):
        if steps[0] != 0 or any(low > high for low, high in pairwise(steps)):
            yield f"{place}.{number}: found {steps}, allowed are points that rise from 0"
    if sum(steps[-1] for steps in points) == 0:
        yield f"{place}: no feature earns anything"


def _tree(place: str, tree: Mapping[str, Any], best: list[int]) -> Iterator[str]:
    arrays = [tree[key] for key in ("feature", "level", "left", "right", "value")]
    size = len(arrays[0])
    if any(len(array) != size for array in arrays):
        yield f"{place}: its arrays must have one entry per node"
        return
    parents = [0] * size
    for node, (asked, level, left, right) in enumerate(zip(*arrays[:4], strict=True)):
        if asked == -1:
            continue
        if not (0 <= asked < len(best) and 0 <= level < best[asked]):
            yield f"{place}: node {node} asks for a feature or a level that is not there"
            return
        if not (node < left < size and node < right < size):
            yield f"{place}: the children of node {node} must come after it"
            return
        parents[left] += 1
        parents[right] += 1
    if parents[0] or any(count != 1 for count in parents[1:]):
        yield f"{place}: every node but the first must be the child of one other"
    elif not _monotone(tree, best):
        yield f"{place}: a better level gives less, allowed are trees that never fall"


def _monotone(tree: Mapping[str, Any], best: list[int]) -> bool:
    """Tell whether no leaf is worth more than one that a row at least as good can reach.

    A row of leaf a may lie below one of leaf b if a's lowest level is at most b's highest in every feature.
    """
    boxes = {0: (np.zeros(len(best), int), np.array(best))}
    leaves = []
    for node, asked in enumerate(tree["feature"]):
        low, high = boxes.pop(node)
        if asked == -1:
            leaves.append((low, high, tree["value"][node]))
            continue
        cut = tree["level"][node]
        under, over = high.copy(), low.copy()
        under[asked], over[asked] = min(high[asked], cut), max(low[asked], cut + 1)
        boxes[tree["left"][node]], boxes[tree["right"][node]] = (low, under), (over, high)
    reached = [leaf for leaf in leaves if (leaf[0] <= leaf[1]).all()]
    lows, highs, values = (np.array(part) for part in zip(*reached, strict=True))
    may_be_below = (lows[:, None, :] <= highs[None, :, :]).all(axis=2)
    return not (may_be_below & (values[:, None] > values[None, :])).any()


def _rises(trees: list[Mapping[str, Any]], best: list[int]) -> bool:
    return _sum(trees, best) > _sum(trees, [0] * len(best))


def _sum(trees: list[Mapping[str, Any]], levels: list[int]) -> float:
    total = 0.0
    for tree in trees:
        node = 0
        while tree["feature"][node] != -1:
            goes_right = levels[tree["feature"][node]] > tree["level"][node]
            node = tree["right" if goes_right else "left"][node]
        total += tree["value"][node]
    return total


def _calibration(entry: Mapping[str, Any]) -> Iterator[str]:
    if "all" not in entry["curves"]:
        yield "calibration.curves: all is missing"
    for name, curve in entry["curves"].items():
        own, both, other = curve["variances"]
        if own < 0 or other < 0 or both * both > own * other * (1 + SUM) + 1e-12:
            yield f"calibration.curves.{name}.variances: found {curve['variances']}, which is no covariance"
        if curve["bads"] > curve["persons"]:
            yield f"calibration.curves.{name}: {curve['bads']} bad of {curve['persons']} persons"
