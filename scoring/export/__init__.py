"""How does a run, or the scorecard it was made with, leave the house? CSV, Parquet, SQL, a spreadsheet."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "FORMULA": "tables",
    "TABLES": "tables",
    "escaped": "tables",
    "export": "tables",
    "scorecard_sql": "statement",
    "write_sql": "statement",
    "write_spreadsheet": "spreadsheet",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
