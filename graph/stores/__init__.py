"""Where can the graph live so that Cypher reaches it? In a Neo4j 5, or in the embedded server that needs no install."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.stores.bolt import BoltStore, open_store
    from graph.stores.settings import StoreSettings

_HOMES = {
    "BoltStore": "graph.stores.bolt",
    "StoreSettings": "graph.stores.settings",
    "open_store": "graph.stores.bolt",
}

__all__ = ["open_store", "BoltStore", "StoreSettings"]  # noqa: RUF022 (the order in which a reader meets them)


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use, so that nothing is paid for a database that nobody opens."""
    if name not in _HOMES:
        raise AttributeError(f"module 'graph.stores' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
