"""Where would everyone stand, and what would the scores be, if ties, evidence or outcomes were others?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.association import association
from graph.credit_graph import CreditGraph
from graph.distress import distress
from graph.resolving import changed_rows, resolve
from graph.vouch import vouch, vouching_weights
from loaders.errors import RenmaiError
from scoring.combination import ScoreTable, combine
from scoring.config import ALL_DIMENSIONS, Config
from scoring.recall import Recalled
from scoring.tabular.persons import Numbers
from scoring.tabular.portfolio import Assessment
from scoring.whatif.results import Card, Mover, Work

Places = npt.NDArray[np.int64]
PER_HOLDER = (
    *("dimensions", "tabular", "months", "credibility", "evidence", "scale", "lift_allowed"),
    *("distress_allowed", "scale_withheld", "no_bad_record", "origin"),
)
"""What an assessment says of each holder in an array."""


@dataclass(frozen=True, eq=False)
class State:
    """What standings follow from: the ties, everyone's own evidence, and how bad is what is known of each (d)."""

    graph: CreditGraph
    assessment: Assessment
    severity: Numbers


@dataclass(frozen=True, eq=False)
class Solved:
    """A state with where everyone stands in it: x, r, and how much was computed for it."""

    state: State
    standing: Numbers
    distress: Numbers
    work: Work


def as_it_stands(known: Recalled) -> Solved:
    """Give a run's own state and standings."""
    state = State(known.graph, known.assessment, known.severity)
    return Solved(state, known.standing, known.distress, Work(len(known.graph), 0, 0, 0, False))


def solve(known: Recalled, before: Solved, after: State) -> Solved:
    """Solve a changed state: row by row from the old standings, or all of it where that is not exact.

    Row by row it is exact for rule ``vouch`` iterated to its end, which is the default; ``association`` moves everybody
    and a tolerance above 0 stops before the end, so then everything is solved as a run would.

    Parameters
    ----------
    known
        The run: its rule and its policy.
    before
        The state it starts from; the same holders and the same ties, some perhaps of strength 0.
    after
        The state to be solved.

    Raises
    ------
    RenmaiError
        When the iteration does not come to its end.
    """
    parameters = known.config.propagation
    told = after.assessment
    fell = distress(after.graph, after.severity, told.distress_allowed, told.scale_withheld, parameters).distress
    if known.run.manifest["rule"] != "vouch" or parameters.tolerance > 0:
        return _anew(known, before, after, fell)
    was = before.state
    old, new = (
        vouching_weights(
            state.graph, state.assessment.credibility, state.severity, state.assessment.lift_allowed, parameters
        )
        for state in (was, after)
    )
    columns = (was.assessment.evidence, told.evidence), (was.assessment.months, told.months)
    rows = changed_rows(after.graph, old, new, *columns)
    found = resolve(
        after.graph, new, told.evidence, told.months, start=before.standing, changed=rows, parameters=parameters
    )
    if not found.converged:
        raise RenmaiError(_unfinished("vouch", found.passes))
    work = Work(len(after.graph), found.rows, found.passes, len(found.moved), False)
    return Solved(after, found.standing, fell, work)


def moves(before: Solved, after: Solved, config: Config, place: int) -> tuple[Card, Card, tuple[Mover, ...]]:
    """Tell the numbers of one holder before and after, and every other holder whose score moves.

    Only holders for whom anything moved are scored; each row gets the bits it gets in a batch.

    Returns
    -------
    tuple
        Before, after, and the others: the largest change first, equal ones in the order of ids.
    """
    moved = (before.standing != after.standing) | (before.distress != after.distress)
    moved[place] = True
    who = np.flatnonzero(moved)
    old, new = (scores(solved, who, config) for solved in (before, after))
    own = int(np.searchsorted(who, place))
    change = new.score - old.score
    change[own] = 0
    order = np.argsort(-np.abs(change), kind="stable")[: int(np.count_nonzero(change))]
    others = tuple(
        Mover(new.holders[int(i)].as_py(), int(old.score[i]), int(new.score[i]), int(change[i])) for i in order
    )
    return card(old, before, who, own, config), card(new, after, who, own, config), others


def scores(solved: Solved, who: Places, config: Config) -> ScoreTable:
    """Combine the scores of some holders."""
    return combine(only(solved.state.assessment, who), solved.standing[who], solved.distress[who], config)


def card(table: ScoreTable, solved: Solved, who: Places, row: int, config: Config) -> Card:
    """Tell the numbers of one row of a table of scores."""
    place = int(who[row])
    evidence, standing = float(solved.state.assessment.evidence[place]), float(solved.standing[place])
    points: Mapping[str, int] = dict(zip(ALL_DIMENSIONS, table.points[row].tolist(), strict=True))
    return Card(
        score=int(table.score[row]),
        band=str(table.band[row].as_py()),
        points=points,
        tabular=float(table.tabular[row]),
        evidence=evidence,
        standing=standing,
        lift=standing - evidence,
        distress=float(solved.distress[place]),
        history_months=float(solved.state.assessment.months[place]),
        thin=bool(table.thin[row]),
        **_likely(table.tabular[row : row + 1], solved.state.assessment.months[place : place + 1], config),
    )


def _likely(tabular: Numbers, months: Numbers, config: Config) -> dict[str, float]:
    """Read the probability of default off the model's calibration; nothing without a model."""
    if config.model is None:
        return {}
    found = config.model.calibration.probabilities(tabular, months)
    return {"pd": float(found.pd[0]), "pd_low": float(found.low[0]), "pd_high": float(found.high[0])}


def only(assessment: Assessment, who: Places) -> Assessment:
    """Take some holders out of an assessment, in their order and without their bins."""
    taken = {name: getattr(assessment, name)[who] for name in PER_HOLDER}
    return replace(assessment, holders=assessment.holders.take(pa.array(who)), bins=None, **taken)


def _anew(known: Recalled, before: Solved, after: State, fell: Numbers) -> Solved:
    """Solve everything as the run's stages do."""
    parameters, told, rule = known.config.propagation, after.assessment, known.run.manifest["rule"]
    if rule == "vouch":
        weights = vouching_weights(after.graph, told.credibility, after.severity, told.lift_allowed, parameters)
        support = after.graph.by_payee
        found = vouch(support.indptr, support.indices, weights, told.evidence, told.months, parameters=parameters)
        x, steps, converged = found.standing, found.iterations, found.converged
    else:
        drawn = association(after.graph, told.evidence, told.months, parameters=parameters)
        x = np.where(told.lift_allowed, drawn.standing, told.evidence)
        steps, converged = drawn.iterations, drawn.converged
    if not converged:
        raise RenmaiError(_unfinished(rule, steps))
    n = len(after.graph)
    return Solved(after, x, fell, Work(n, n * steps, steps, int((x != before.standing).sum()), True))


def _unfinished(rule: str, steps: int) -> str:
    return (
        f"rule {rule} did not converge in {steps} iterations after the change, so nothing is told; "
        f"a run with more propagation.max_iterations may"
    )
