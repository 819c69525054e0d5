"""Where does an analyst sit? Runs made, opened, explained and pictured; the desk uses all, none uses it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Card": "cards",
    "Letter": "cards",
    "Run": "run",
    "TieFrame": "frames",
    "explain": "cards",
    "open": "opening",
    "run": "opening",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
