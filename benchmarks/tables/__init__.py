"""Which tables are there? Each is a module: ``TITLE``, ``measure``, ``show`` and ``goals``, and a command of its name.

``measure(asked)`` gives figures for JSON; ``show(found)`` writes the table of such figures as Markdown, and
``goals(found)`` the numbers to reach. What these two say comes from the figures alone, so a page is made without
measuring.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

NAMES = (
    *("floor", "portfolio", "growth", "csv", "estimate", "vouch", "association", "update", "explain", "hub", "start"),
    *("tricks", "commands", "scorecard", "database"),
)


def table(name: str) -> Any:
    """The module of a table.

    Examples
    --------
    >>> table("vouch").TITLE
    'Rule vouch beside PageRank'
    """
    return import_module(f"benchmarks.tables.{name}")
