"""Can the score be gamed, by whom, and what does it cost? Attacks planted on a copy of a run's input in memory."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "attack": "lab",
    "ATTACKS": "catalogue",
    "RULES": "results",
    "AttackReport": "results",
    "AttackRow": "results",
    "Promise": "results",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
