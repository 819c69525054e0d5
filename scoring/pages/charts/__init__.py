"""Where does every bar of a picture stand? Numbers in, charts of marks out; `scoring.pages.svg.picture` draws them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "distribution": "portfolio",
    "spread": "portfolio",
    "lift": "portfolio",
    "strengths": "ties",
    "ego": "surroundings",
    "earned": "account",
    "support": "account",
    "waterfall": "steps",
    "uplift": "intervals",
    "auc": "intervals",
    "default_rates": "rates",
    "calibration": "rates",
    "roc": "rates",
    "attacks": "attack_lab",
    "movers": "moves",
    "gates": "moves",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
