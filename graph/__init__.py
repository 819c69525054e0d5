"""How do relations become ties, and ties standing? The graph of money between persons and the rules on it.

``build`` makes a :class:`CreditGraph`, ``propagate`` lets credit flow on it, ``explain`` says why somebody stands where
it stands, ``query`` asks a graph database. The kernels stand in the modules of their names: :mod:`graph.ties`,
:mod:`graph.vouch`, :mod:`graph.association`, :mod:`graph.distress`; their readable twins in :mod:`graph.twins`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.building import build
    from graph.credit_graph import CreditGraph
    from graph.explanation import Explanation, explain
    from graph.inquiry.catalog import queries
    from graph.inquiry.frames import query
    from graph.parameters import SPENDING_SCALE, PropagationParameters, TieParameters
    from graph.propagation import Propagation, propagate
    from graph.stores.bolt import BoltStore, open_store
    from graph.stores.settings import StoreSettings
    from graph.ties import Ties

_HOMES = {
    "BoltStore": "graph.stores.bolt",
    "CreditGraph": "graph.credit_graph",
    "Explanation": "graph.explanation",
    "Propagation": "graph.propagation",
    "PropagationParameters": "graph.parameters",
    "SPENDING_SCALE": "graph.parameters",
    "StoreSettings": "graph.stores.settings",
    "TieParameters": "graph.parameters",
    "Ties": "graph.ties",
    "build": "graph.building",
    "explain": "graph.explanation",
    "open_store": "graph.stores.bolt",
    "propagate": "graph.propagation",
    "queries": "graph.inquiry.catalog",
    "query": "graph.inquiry.frames",
}

__all__ = [  # noqa: RUF022 (the order in which a reader meets them)
    "build",
    "CreditGraph",
    "Ties",
    "propagate",
    "Propagation",
    "explain",
    "Explanation",
    "open_store",
    "BoltStore",
    "StoreSettings",
    "query",
    "queries",
    "TieParameters",
    "PropagationParameters",
    "SPENDING_SCALE",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use, so that ``import graph`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'graph' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
