"""What changed between two runs, and whose doing is it? Bands, movers, parts of each move, one account's years."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Comparison": "differences",
    "HistoryRow": "course",
    "MoveSplit": "parts",
    "Mover": "differences",
    "compare": "differences",
    "history": "course",
    "split_moves": "moves",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
