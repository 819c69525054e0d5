"""What does a result look like on one page? Charts with places, templates, files that load nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "attack_page": "attack_lab",
    "backtest_page": "evaluation",
    "card_page": "model_card",
    "ego": "surroundings",
    "ego_page": "surroundings_page",
    "evaluation_page": "evaluation",
    "letter_page": "letter",
    "picture": "svg",
    "report_page": "report",
    "write_page": "writing",
    "write_report": "report",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
