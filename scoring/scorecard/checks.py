"""What is wrong with a scorecard? Every finding at once, before a single point is given."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any

from loaders.contract import DIMENSIONS
from loaders.features import Feature, features

TEXTS = ("lowers", "improve")
"""Words a scorecard may bring of its own; without them the dictionary of reason codes speaks."""
FROM_CONTRACT = ("dimension", "source", "unit", "direction")
FEATURE_KEYS = (*FROM_CONTRACT, "at_least", "points", "missing")
DIMENSION_KEYS = ("title", *TEXTS)
EXPLAINED = (*DIMENSIONS, "connections")


def check(document: Mapping[str, Any]) -> list[str]:
    """Compare a scorecard with the data contract and with the rules of points.

    Parameters
    ----------
    document
        The scorecard as TOML or JSON gives it.

    Returns
    -------
    list of str
        One sentence per finding, each beginning with its full key; empty for a usable scorecard.

    Examples
    --------
    >>> check({"name": "mine", "currency": "CNY", "dimensions": {}, "features": {"degre": {}}})[0]
    "features.degre: not a feature of the data contract; did you mean 'degree'?"
    """
    contract = {feature.name: feature for feature in features()}
    entries, texts = _table(document, "features"), _table(document, "dimensions")
    found = [*_names("", document, ("name", "currency", "features"), "key", ("dimensions",))]
    found += [f"{key}: must be text" for key in ("name", "currency") if not isinstance(document.get(key), str)]
    found += _names("features.", entries, tuple(contract), "feature of the data contract")
    found += _names("dimensions.", texts, EXPLAINED if texts else (), "dimension", EXPLAINED)
    for name in EXPLAINED:
        if name in texts:
            found += _texts(f"dimensions.{name}", texts[name], DIMENSION_KEYS)
    for name, feature in contract.items():
        if name in entries:
            found += _entry(f"features.{name}", entries[name], feature)
    return found


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key, {})
    return value if isinstance(value, Mapping) else {}


def _names(
    prefix: str, found: Mapping[str, Any], expected: Collection[str], what: str, optional: Collection[str] = ()
) -> Iterator[str]:
    allowed = (*expected, *optional)
    for name in found:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1)
            yield f"{prefix}{name}: not a {what}{f'; did you mean {near[0]!r}?' if near else ''}"
    for name in expected:
        if name not in found:
            yield f"{prefix}{name}: missing"


def _texts(place: str, entry: Any, keys: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{place}: must be a table"
        return
    if keys == DIMENSION_KEYS:
        yield from _names(f"{place}.", entry, keys, "key")
    for key in keys:
        if key in entry and not (isinstance(entry[key], str) and entry[key].strip()):
            yield f"{place}.{key}: must be text for the consumer"


def _entry(place: str, entry: Any, feature: Feature) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{place}: must be a table"
        return
    yield from _names(f"{place}.", entry, FEATURE_KEYS, "key", TEXTS)
    yield from _texts(place, entry, TEXTS)
    for key in FROM_CONTRACT:
        if key in entry and entry[key] != getattr(feature, key):
            yield f"{place}.{key}: found {entry[key]!r}, the data contract says {getattr(feature, key)!r}"
    if {"at_least", "points", "missing"} <= set(entry):
        yield from _numbers(place, entry, feature)


def _numbers(place: str, entry: Mapping[str, Any], feature: Feature) -> Iterator[str]:
    edges, points, missing = entry["at_least"], entry["points"], entry["missing"]
    if not (_are(edges, int, float) and _are(points, int) and _are([missing], int)):
        yield f"{place}: at_least must be a list of numbers, points a list of whole numbers, missing a whole number"
        return
    if len(edges) != len(points) or len(edges) < 2:
        yield f"{place}: at_least has {len(edges)} bins and points {len(points)}; both must have the same, at least 2"
        return
    yield from _cover(f"{place}.at_least", edges, feature)
    yield from _order(f"{place}.points", points, feature)
    if not 0 <= missing <= max(points):
        yield f"{place}.missing: found {missing}, allowed is from the worst bin's 0 to the best bin's {max(points)}"
    elif feature.source == "supplied" and missing != 0:
        yield f"{place}.missing: found {missing}, allowed is 0: what a holder does not supply counts as the worst bin"


def _cover(place: str, edges: list[float], feature: Feature) -> Iterator[str]:
    if edges[0] != feature.low:
        yield f"{place}: the first bin begins at {edges[0]}, allowed is {feature.low}, the low end of the range"
    if not all(low < high for low, high in pairwise(edges)):
        yield f"{place}: found {edges}, allowed are rising numbers: bins must not overlap or be empty"
    if not edges[-1] <= feature.high:
        yield f"{place}: the last bin begins at {edges[-1]}, allowed is up to {feature.high}, the high end of the range"


def _order(place: str, points: list[int], feature: Feature) -> Iterator[str]:
    rising = points if feature.direction == "up" else points[::-1]
    if rising[0] != 0:
        yield f"{place}: the worst bin has {rising[0]} points, allowed is 0"
    if any(low > high for low, high in pairwise(rising)):
        yield f"{place}: found {points}, allowed are points that never {_against(feature)} as the value rises"
    if rising[-1] <= 0:
        yield f"{place}: the best bin has {rising[-1]} points, allowed is more than 0"


def _against(feature: Feature) -> str:
    return "fall" if feature.direction == "up" else "rise"


def _are(values: Any, *kinds: type) -> bool:
    """Tell whether these are numbers of this kind; true and false are no numbers, NaN and infinity neither."""
    if not isinstance(values, list):
        return False
    return all(type(value) in kinds and math.isfinite(value) for value in values)
