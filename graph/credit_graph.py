"""Who is tied to whom, and how strongly? The graph of money between persons, as arrays with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from graph.layout import require_ties, turn
from graph.parameters import TieParameters, steady_strength
from graph.ties import TYPES, Ties

if TYPE_CHECKING:
    from datetime import datetime

    import networkx as nx
    import pandas as pd

Array = np.ndarray[Any, Any]
ON_EDGES = ("v", "g", "money", "count", "months", "first_us", "last_us")


@dataclass(frozen=True)
class Support:
    """The ties as rows of a sparse matrix, by payee: who may support holder i stands in row i.

    Attributes
    ----------
    indptr : int64[n + 1]
        Row i is ``indptr[i]:indptr[i + 1]``.
    indices : int32[m]
        The payer of each tie, ascending within a row.
    row : int32[m]
        The payee of each tie.
    order : int64[m]
        Which row of :class:`graph.ties.Ties` each one is: ``ties.v[order]`` are the strengths in this layout.
    """

    indptr: Array
    indices: Array
    row: Array
    order: Array


@dataclass(frozen=True, eq=False, repr=False)
class CreditGraph:
    """Persons, the ties between them and what is known about each person. Nothing in it can be changed.

    Attributes
    ----------
    holders : pa.StringArray
        Ids of the persons; all arrays count persons in this order.
    ties : Ties
        One row per ordered pair.
    parameters : TieParameters
        What the strengths were made with; κ comes from it.
    attributes : mapping of name to array[n]
        What else is known per person, such as ``scale``.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> credit
    CreditGraph(12 holders, 8 ties, kappa 2.467)
    >>> credit.holder_id(credit.index("nina"))
    'nina'
    >>> credit.index("acme")
    Traceback (most recent call last):
    KeyError: "'acme' is none of the 12 persons of this graph"
    """

    holders: pa.StringArray
    ties: Ties
    parameters: TieParameters = field(default_factory=TieParameters)
    attributes: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.holders)
        # Ids that ascend are distinct; comparing neighbours takes a twentieth of the time of counting them.
        ascending = pc.all(pc.less(self.holders[: n - 1], self.holders[1:]), skip_nulls=False).as_py() if n > 1 else n
        if not ascending and (distinct := pc.count_distinct(self.holders).as_py()) != n:
            raise ValueError(f"holders must be distinct; got {n} ids of which {n - distinct} come again")
        require_ties(n, self.ties)
        attributes = {name: np.array(values) for name, values in self.attributes.items()}
        for name, values in attributes.items():
            if values.shape != (n,):
                raise ValueError(f"{name} must have one value for each of {n} holders; got shape {values.shape}")
            values.setflags(write=False)
        object.__setattr__(self, "attributes", MappingProxyType(attributes))

    def __len__(self) -> int:
        return len(self.holders)

    def __repr__(self) -> str:
        return f"CreditGraph({len(self):,} holders, {len(self.ties):,} ties, kappa {self.kappa:.3f})"

    @classmethod
    def from_ties(
        cls,
        holders: Iterable[str],
        ties: Ties | pa.Table | pd.DataFrame,
        *,
        parameters: TieParameters | None = None,
        **attributes: Any,
    ) -> CreditGraph:
        """Make a graph of ties that exist already, such as ``ties.parquet`` of a run.

        Parameters
        ----------
        holders
            Ids of the persons, in the order of the attributes.
        ties
            Rows of integers, or a table or DataFrame as :meth:`graph.ties.Ties.to_arrow` gives it.
        parameters
            What the strengths were made with.
        **attributes
            One value per holder each.

        Raises
        ------
        ValueError
            If ids or ties come twice, a tie names an unknown holder or one holder twice.
        """
        try:
            names = pa.array(holders, pa.string())
        except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
            raise ValueError(f"ids of holders are text, always; {error}") from error
        if not isinstance(ties, Ties):
            table = ties if isinstance(ties, pa.Table) else pa.Table.from_pandas(ties, preserve_index=False)
            ties = Ties.from_arrow(table, names)
        return cls(names, ties, parameters or TieParameters(), attributes)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.holders.to_pylist())}

    @cached_property
    def kappa(self) -> float:
        """κ: the strength of a steady monthly tie, under the parameters these ties were made with."""
        return steady_strength(self.parameters)

    def index(self, holder_id: str) -> int:
        """Where does a holder stand in the arrays?

        Raises
        ------
        KeyError
            If it is not one of the persons.
        """
        if holder_id not in self._places:
            raise KeyError(f"{holder_id!r} is none of the {len(self):,} persons of this graph")
        return self._places[holder_id]

    def holder_id(self, index: int) -> str:
        """Which holder stands at this place?"""
        return str(self.holders[index].as_py())

    @cached_property
    def by_payee(self) -> Support:
        """The ties in the layout of rule ``vouch``: one row per payee."""
        support = Support(*turn(len(self), self.ties.payer, self.ties.payee))
        for array in (support.indptr, support.indices, support.row, support.order):
            array.setflags(write=False)
        return support

    def matrix(self, strength: str = "v") -> csr_array:
        """Give the strengths as a sparse matrix: row i holds what came to holder i, column j what went out from j.

        Parameters
        ----------
        strength
            ``"v"`` after netting, ``"g"`` gross.
        """
        support = self.by_payee
        values = getattr(self.ties, strength)[support.order]
        return csr_array((values, support.indices, support.indptr), shape=(len(self), len(self)))

    def to_networkx(self) -> nx.DiGraph:
        """Give a NetworkX graph with an edge from payer to payee per tie; nothing is lost.

        Returns
        -------
        networkx.DiGraph
            Nodes are holder ids with the attributes, edges have v, g, money, count, months, first_us and last_us, the
            graph has ``parameters`` and the ``types`` of the attributes.
        """
        import networkx as nx

        names = self.holders.to_pylist()
        types = {name: values.dtype.str for name, values in self.attributes.items()}
        made = nx.DiGraph(parameters=self.parameters, types=types)
        columns = {name: values.tolist() for name, values in self.attributes.items()}
        made.add_nodes_from((who, {name: columns[name][i] for name in columns}) for i, who in enumerate(names))
        data = [getattr(self.ties, name).tolist() for name in ON_EDGES]
        for payer, payee, *values in zip(self.ties.payer.tolist(), self.ties.payee.tolist(), *data, strict=True):
            made.add_edge(names[payer], names[payee], **dict(zip(ON_EDGES, values, strict=True)))
        return made

    @classmethod
    def from_store(cls, store: Any, *, as_of: datetime | None = None, **choices: Any) -> CreditGraph:
        """Take the graph from a database that :func:`graph.open_store` opened.

        With ``as_of`` it builds the ties of the log as of then, as :func:`graph.build` does of files; ``choices`` are
        ``scale``, ``settings`` and ``parameters`` of the build and ``tables``, a folder with rates. Without, it takes
        the ties of the published run as they are.
        """
        return store.credit_graph(as_of, **choices)

    @classmethod
    def from_networkx(cls, source: nx.DiGraph) -> CreditGraph:
        """Read a graph back from NetworkX; holders come in the order of their ids' bytes.

        Raises
        ------
        ValueError
            If a node is no text, an edge lacks one of its numbers or a node an attribute that others have, or edges
            have no direction or come twice.
        """
        if not source.is_directed() or source.is_multigraph():
            raise ValueError(f"source must be a networkx.DiGraph, one edge per payer and payee; got {source}")
        if other := [node for node in source.nodes if not isinstance(node, str)]:
            raise ValueError(f"nodes must be ids of holders, which are text; got {other[0]!r}")
        names = sorted(source.nodes, key=str.encode)
        place = {name: number for number, name in enumerate(names)}
        edges = sorted((place[payer], place[payee], data) for payer, payee, data in source.edges(data=True))
        for payer, payee, data in edges:
            if missing := [name for name in ON_EDGES if name not in data]:
                raise ValueError(f"the edge from {names[payer]} to {names[payee]} must have {', '.join(missing)}")
        columns = [np.array([data[name] for *_, data in edges], dtype=TYPES[name]) for name in ON_EDGES]
        ties = Ties(np.array([edge[0] for edge in edges]), np.array([edge[1] for edge in edges]), *columns)
        known = sorted({name for who in names for name in source.nodes[who]})
        for who in names:
            if missing := [name for name in known if name not in source.nodes[who]]:
                raise ValueError(f"the node {who} must have {', '.join(missing)}, as others have")
        types = source.graph.get("types", {})
        attributes = {name: _typed([source.nodes[who][name] for who in names], types.get(name)) for name in known}
        return cls(pa.array(names, pa.string()), ties, source.graph.get("parameters", TieParameters()), attributes)

    def summary(self) -> dict[str, float]:
        """How large, dense and mutual is the graph?

        Returns
        -------
        dict
            holders, ties, money (minor units, gross), vouching ties (v > 0), reciprocity (share of ties with one
            back), components (weak), largest_component, isolated holders, and quantiles of how many supporters a
            holder has.
        """
        from scipy.sparse.csgraph import connected_components

        n, ties = len(self), self.ties
        counts = np.diff(self.by_payee.indptr)
        back = np.isin(ties.payee.astype(np.int64) * n + ties.payer, ties.payer.astype(np.int64) * n + ties.payee)
        many, label = connected_components(self.matrix("g"), directed=False) if n else (0, np.zeros(0, dtype=int))
        touched = np.zeros(n, dtype=bool)
        touched[ties.payer] = touched[ties.payee] = True
        spread = np.quantile(counts, [0.5, 0.9, 0.99, 1.0]) if n else np.zeros(4)
        return {
            "holders": n,
            "ties": len(ties),
            "vouching_ties": int((ties.v > 0).sum()),
            "money": sum(ties.money.tolist()),
            "reciprocity": float(back.mean()) if len(ties) else 0.0,
            "components": int(many),
            "largest_component": int(np.bincount(label).max()) if n else 0,
            "isolated": int((~touched).sum()),
            **{f"supporters_p{name}": float(q) for name, q in zip((50, 90, 99, 100), spread, strict=True)},
        }


def _typed(values: list[Any], kind: str | None) -> Array:
    """Give values the type they had, unless they were changed since and it would cut them."""
    plain = np.array(values)
    fits = kind is not None and plain.dtype.kind != "U" and np.can_cast(plain.dtype, kind, "same_kind")
    return np.array(values, kind) if kind is not None and (fits or plain.dtype == object) else plain
