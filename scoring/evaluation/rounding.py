"""How are figures told so that the last bits of a sum, which machines may differ in, are not part of a report?"""

from __future__ import annotations

from typing import Any

DECIMALS = 9


def rounded(value: Any) -> Any:
    """Round every float in a value of lists and mappings to nine decimals; tuples become lists.

    Examples
    --------
    >>> rounded({"auc": 0.1 + 0.2, "rows": (1, None)})
    {'auc': 0.3, 'rows': [1, None]}
    """
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return value
