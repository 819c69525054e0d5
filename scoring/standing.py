"""Where does everyone stand under a rule, who lifted them, and what fell back on them?

The one place where a rule is applied to own evidence and ties: a run, its retelling and its variants all come here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graph.association import association
from graph.distress import distress
from graph.propagation import propagate
from scoring.runs.columns import SCHEMAS

if TYPE_CHECKING:
    import numpy.typing as npt

    from graph.credit_graph import CreditGraph
    from graph.distress import DistressResult
    from graph.propagation import Propagation
    from scoring.config import Config
    from scoring.tabular.persons import Numbers
    from scoring.tabular.portfolio import Assessment


@dataclass(frozen=True, eq=False)
class Stand:
    """Where everyone stands; arrays in the order of the graph's holders.

    Attributes
    ----------
    standing : float64[n]
        x; b where consent allows no lift.
    fell
        What falls back, and because of whom.
    convergence : dict
        certificate, converged, iterations, last_change.
    """

    graph: CreditGraph
    standing: Numbers
    fell: DistressResult
    convergence: dict[str, Any]
    _made: Propagation | None = None

    @property
    def distress(self) -> Numbers:
        """What falls back on each holder: r, in [0, 1]."""
        return np.asarray(self.fell.distress)

    @cached_property
    def contributions(self) -> pa.Table:
        """What each supporter adds, as in a run; rule ``association`` tells of none."""
        schema = SCHEMAS["contributions"]
        if self._made is None:
            return schema.empty_table()
        support, added = self.graph.by_payee, self._made.contributions
        given = np.flatnonzero(added > 0)
        named = [self.graph.holders.take(pa.array(ends[given])) for ends in (support.row, support.indices)]
        return pa.table([*named, pa.array(added[given])], schema=schema)


def stand(
    graph: CreditGraph,
    assessment: Assessment,
    severity: npt.NDArray[np.float64],
    config: Config,
    rule: str,
    *,
    start: npt.NDArray[np.float64] | None = None,
    threads: int | None = None,
) -> Stand:
    """Let credit flow along the ties, and what went wrong fall back.

    Parameters
    ----------
    graph
        The ties.
    assessment
        Own evidence, and what consents allow, in the order of the graph's holders.
    severity : float64[n]
        d of known outcomes, in [0, 1].
    config
        The policy; of it [propagation].
    rule
        ``vouch`` or ``association``.
    start : float64[n], optional
        Where rule ``vouch`` starts instead of the evidence; it changes no bit.
    threads
        How many threads, at least 1; None: as many as this process may use. They change no bit.

    Raises
    ------
    ValueError
        When a number is not finite or out of range.

    Examples
    --------
    >>> import graph, loaders
    >>> from loaders.town import AS_OF, town
    >>> from scoring import assess, load_config
    >>> tables, config = town(), load_config()
    >>> credit = graph.build(tables["relations"], tables["accounts"], AS_OF)
    >>> own = assess(loaders.at(loaders.load(**tables), AS_OF), config)
    >>> found = stand(credit, own, 0.0 * own.evidence, config, "vouch")
    >>> nina = credit.index("nina")
    >>> round(float(found.standing[nina] - own.evidence[nina]), 3), found.contributions.num_rows
    (0.085, 3)
    """
    parameters = config.propagation
    if rule == "association":
        result = association(graph, assessment.evidence, assessment.months, parameters=parameters, threads=threads)
        standing = np.where(assessment.lift_allowed, result.standing, assessment.evidence)
        fell = distress(graph, severity, assessment.distress_allowed, assessment.scale_withheld, parameters)
        return Stand(graph, standing, fell, _convergence(result, result.residual))
    found = propagate(
        graph,
        assessment.evidence,
        assessment.months,
        severity=severity,
        lift_allowed=assessment.lift_allowed,
        distress_allowed=assessment.distress_allowed,
        scale_withheld=assessment.scale_withheld,
        parameters=parameters,
        start=start,
        threads=threads,
    )
    return Stand(graph, found.vouch.standing, found.distress, _convergence(found.vouch, found.vouch.last_change), found)


def _convergence(result: Any, last_change: float) -> dict[str, Any]:
    return {
        "certificate": float(result.certificate),
        "converged": bool(result.converged),
        "iterations": int(result.iterations),
        "last_change": float(last_change),
    }
