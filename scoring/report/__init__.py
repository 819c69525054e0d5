"""What does a run look like on one page? Charts with places, a template, one file."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {"render": "page", "write_report": "writing"}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
