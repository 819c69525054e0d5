"""How do tables of accounts and relations come in? The contract, the gate for bad rows, readers and generators."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# These two functions share their module's name; bound here, the name means the function whoever imports what first.
# The generators are packages with one function each: loaders.simulate.simulate, loaders.finbench.convert.
from loaders.features import features
from loaders.town import town

if TYPE_CHECKING:
    from loaders import credit_clients, finbench, simulate
    from loaders.asof import Snapshot, at
    from loaders.gate.rejects import write_rejects
    from loaders.json_schema import schema
    from loaders.limits import check_rates
    from loaders.prints import fingerprint
    from loaders.reader import load, read, rejoin
    from loaders.settings import LoadSettings
    from loaders.tables import Tables

_HOMES = {
    "LoadSettings": "loaders.settings",
    "Snapshot": "loaders.asof",
    "Tables": "loaders.tables",
    "at": "loaders.asof",
    "check_rates": "loaders.limits",
    "fingerprint": "loaders.prints",
    "load": "loaders.reader",
    "read": "loaders.reader",
    "rejoin": "loaders.reader",
    "schema": "loaders.json_schema",
    "write_rejects": "loaders.gate.rejects",
}

__all__ = [  # noqa: RUF022 (the order in which a reader meets them)
    "read",
    "load",
    "rejoin",
    "at",
    "Tables",
    "Snapshot",
    "LoadSettings",
    "check_rates",
    "fingerprint",
    "write_rejects",
    "features",
    "schema",
    "simulate",
    "finbench",
    "credit_clients",
    "town",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use, so that ``import loaders`` costs nothing."""
    if name in ("simulate", "finbench", "credit_clients"):
        return import_module(f"loaders.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'loaders' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
