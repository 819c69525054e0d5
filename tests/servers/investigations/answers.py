"""When is the answer of a server the one that pandas gives?"""

from __future__ import annotations

import math
from typing import Any

Rows = list[tuple[Any, ...]]


def assert_same(actual: Rows, expected: Rows) -> None:
    """Rows are equal in their order, fractions to 1e-9 and never in place of whole numbers."""
    assert len(actual) == len(expected)
    for number, (found, wanted) in enumerate(zip(actual, expected, strict=True)):
        equal = [_is(mine, theirs) for mine, theirs in zip(found, wanted, strict=True)]
        assert all(equal), (number, found, wanted)


def _is(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float):
        return type(found) is float and math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return bool(found == wanted) and not isinstance(found, float)
