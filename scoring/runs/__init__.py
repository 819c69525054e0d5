"""Where do results live, and who may read and write them? Runs on disk: written once, verified before use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Draft": "draft",
    "Lock": "lock",
    "Log": "log",
    "Run": "run",
    "Verification": "verification",
    "current_id": "run",
    "in_order": "upkeep",
    "listing": "upkeep",
    "open_run": "run",
    "prune": "upkeep",
    "rollback": "upkeep",
    "run_ids": "run",
    "verify": "verification",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
