"""What would a score be if something were different? What-if, one new applicant, ways to a score."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Card": "results",
    "Mover": "results",
    "Placed": "results",
    "Reach": "results",
    "ScoredApplicant": "results",
    "Step": "results",
    "Way": "results",
    "WhatIf": "results",
    "Work": "results",
    "reach": "reaching",
    "score_one": "placing",
    "what_if": "asking",
    "would_reach": "reaching",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
