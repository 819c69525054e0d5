"""What would the scores be under another rule? The same persons and points, another fifth dimension."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from graph import challengers
from graph.credit_graph import CreditGraph
from graph.distress import distress
from loaders.errors import RenmaiError, UsageError
from scoring.combination import NANO, SPAN, weights
from scoring.config import LOWEST, Config
from scoring.recall import Recalled
from scoring.standing import stand
from scoring.tabular.persons import Numbers
from scoring.tabular.portfolio import Assessment, weighted_mean

RULES = ("vouch", "without", "association", "pagerank", "smoothing", "averages", "fitted_weights")
RANK_DECIMALS = 9
CHALLENGERS = ("association", "pagerank", "smoothing", "averages")


@dataclass(frozen=True, eq=False)
class VariantScores:
    """The scores of a portfolio under one rule; arrays in the order of ``holders`` of the assessment.

    Attributes
    ----------
    rule
        One of ``RULES``.
    exact : float64[n]
        350 + 600 (e + w (C − e)), before rounding.
    score : int64[n]
        The same, rounded half up: what would be published.
    connections : C
        In [0, 1].
    """

    rule: str
    exact: Numbers
    score: npt.NDArray[np.int64]
    connections: Numbers


@dataclass(frozen=True, eq=False)
class Ground:
    """What a rule is applied to; ``attack`` puts planted accounts into a copy of the run's.

    Attributes
    ----------
    graph
        The ties.
    assessment
        Own evidence, with the portfolio constants to use.
    severity : float64[n]
        d of known outcomes, in [0, 1].
    config
        The policy.
    """

    graph: CreditGraph
    assessment: Assessment
    severity: Numbers
    config: Config


def ground_of(recalled: Recalled) -> Ground:
    """Give what the run itself stands on."""
    return Ground(recalled.graph, recalled.assessment, recalled.severity, recalled.config)


def scores_under(
    recalled: Recalled, rule: str, *, ground: Ground | None = None, ranks: Numbers | None = None
) -> VariantScores:
    """Score everybody under a rule: score = 350 + 600 (e + w (C − e)).

    ``without``: C = e. ``vouch``, ``association``, ``smoothing`` and ``averages`` give a standing x, and
    C = clip(e + (x − b) − ρ (1 − z) r, 0, 1), where consent allows lift and distress. ``pagerank`` gives no standing:
    its C is the percentile rank (mid-rank) of n · PageRank among the persons, C = e where lift is not allowed.
    ``fitted_weights`` is ``vouch`` with the weights that the run's model fitted in place of the published ones.

    A run whose policy switches the dimension off is scored as if it were on: a variant asks what would be.

    Parameters
    ----------
    recalled
        The run.
    rule
        One of ``RULES``.
    ground
        Other ties or other persons than the run's, such as with planted accounts; None: the run's own.
    ranks
        n · PageRank of the persons against whom a percentile rank is taken; None: of ``ground`` itself. An attack gives
        :func:`rank_values` of the base run, so that a portfolio's size moves nobody.

    Returns
    -------
    VariantScores

    Raises
    ------
    UsageError
        When there is no such rule, or the run's model has no fitted weights.
    RenmaiError
        When a propagation did not come to its end.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> from scoring.recall import recall
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     known = recall(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder))
    >>> nina = known.graph.index("nina")
    >>> [int(scores_under(known, rule).score[nina]) for rule in ("vouch", "without")]
    [670, 664]
    """
    if rule not in RULES:
        raise UsageError(f"rule must be one of {', '.join(RULES)}; got {rule!r}")
    if ground is None and recalled.run.manifest["rule"] == rule:
        own = ground_of(recalled)
        return _scored(rule, own, _connections(own, recalled.standing, recalled.distress))
    return scores_on(ground or ground_of(recalled), rule, ranks=ranks)


def scores_on(ground: Ground, rule: str, *, ranks: Numbers | None = None) -> VariantScores:
    """Score everybody of a ground under a rule, as :func:`scores_under`."""
    if rule == "fitted_weights":
        ground, scored = refitted(ground), "vouch"
    else:
        scored = rule
    e = ground.assessment.tabular
    if scored == "without":
        return _scored(rule, ground, e)
    if scored == "pagerank":
        values = rank_values(ground.graph)
        rank = percentile_rank(values, values if ranks is None else ranks)
        return _scored(rule, ground, np.where(ground.assessment.lift_allowed, rank, e))
    return _scored(rule, ground, _connections(ground, *_stand(ground, scored)))


def variants_of(recalled: Recalled) -> dict[str, str]:
    """Name the variants a run is evaluated with, and the rule of each: ``with`` is the run's own rule."""
    named = {"with": recalled.run.manifest["rule"], "without": "without", **{name: name for name in CHALLENGERS}}
    model = recalled.config.model
    if model is not None and model.fitted_weights is not None:
        named["fitted_weights"] = "fitted_weights"
    return named


def refitted(ground: Ground) -> Ground:
    """Put the weights a model fitted in place of the published ones: other e, other mean, other evidence."""
    model, known = ground.config.model, ground.assessment
    if model is None or model.fitted_weights is None:
        raise UsageError("this run has no model with fitted weights")
    tabular = weighted_mean(known.dimensions, model.fitted_weights)
    mean = math.fsum(tabular) / max(len(tabular), 1)
    evidence = known.credibility * tabular + (1 - known.credibility) * mean
    return replace(ground, assessment=replace(known, tabular=tabular, evidence=evidence))


def rank_values(graph: CreditGraph) -> Numbers:
    """Give n · PageRank by amount: 1 on average, whatever the size of the portfolio.

    Rounded to nine decimals: persons in the same place are equal, whatever floating point leaves of the order of sums.
    """
    return np.round(challengers.pagerank(graph) * len(graph), RANK_DECIMALS)


def percentile_rank(values: Numbers, among: Numbers) -> Numbers:
    """Say which share of ``among`` is below each value, equal ones counted half.

    Examples
    --------
    >>> percentile_rank(np.array([1.0, 2.0, 9.0]), np.array([1.0, 2.0, 2.0, 3.0])).tolist()
    [0.125, 0.5, 1.0]
    """
    order = np.sort(among)
    below, upto = np.searchsorted(order, values, "left"), np.searchsorted(order, values, "right")
    ranks: Numbers = (below + upto) / (2 * max(len(order), 1))
    return ranks


def _stand(ground: Ground, rule: str) -> tuple[Numbers, Numbers]:
    """Give x and r under a rule that gives a standing."""
    graph, known = ground.graph, ground.assessment
    if rule in _CHALLENGERS:
        flags = (known.distress_allowed, known.scale_withheld)
        fell = distress(graph, ground.severity, *flags, ground.config.propagation)
        return _CHALLENGERS[rule](ground), fell.distress
    found = stand(graph, known, ground.severity, ground.config, rule)
    if not found.convergence["converged"]:
        raise RenmaiError(f"rule {rule} did not converge; allow more with propagation.max_iterations")
    return found.standing, found.distress


_CHALLENGERS: dict[str, Callable[[Ground], Any]] = {
    "smoothing": lambda ground: challengers.smoothing(ground.graph, ground.assessment.evidence),
    "averages": lambda ground: challengers.row_averages(ground.graph, ground.assessment.evidence),
}


def _connections(ground: Ground, standing: Numbers, fell: Numbers) -> Numbers:
    known = ground.assessment
    lift = np.where(known.lift_allowed, standing - known.evidence, 0.0)
    burden = np.where(known.distress_allowed, ground.config.score.rho * (1 - known.credibility) * fell, 0.0)
    return np.clip(known.tabular + lift - burden, 0.0, 1.0)


def _scored(rule: str, ground: Ground, connections: Numbers) -> VariantScores:
    """Combine as a run does, in the same order of operations, so that its own rule gives its own scores to the bit."""
    e, weight = ground.assessment.tabular, weights(ground.assessment.credibility, ground.config)[:, 4]
    points = SPAN * (e + weight * (connections - e))
    whole = (np.rint(points * NANO).astype(np.int64) + NANO // 2) // NANO
    return VariantScores(rule, LOWEST + points, LOWEST + whole, connections)
