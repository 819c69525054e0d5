"""Why is a score what it is? Explanations for the analyst and for the consumer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "AnalystCard": "cards",
    "ConsumerLetter": "cards",
    "Dictionary": "dictionary",
    "Explainer": "writing",
    "Index": "shelf",
    "ReasonCode": "cards",
    "ReasonsError": "dictionary",
    "Shelf": "shelf",
    "Waterfall": "cards",
    "WaterfallStep": "cards",
    "analyst_card": "analyst",
    "Policy": "policy",
    "consumer_letter": "consumer",
    "explain": "writing",
    "explain_account": "writing",
    "reason_codes": "reasons",
    "write_all": "writing",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
