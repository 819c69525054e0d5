"""Which points have those whose standing moved? The formula of a run, for their accounts alone."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from loaders.contract import DIMENSIONS
from scoring.combination import combine
from scoring.runs.patching import Revised, changes

if TYPE_CHECKING:
    from scoring.combination import ScoreTable
    from scoring.runs.run import Run
    from scoring.updating.portfolio import Portfolio
    from scoring.updating.terms import Terms

_OWN = ("tabular", "evidence", "credibility", "months", "lift_allowed", "distress_allowed")


@dataclass(frozen=True, eq=False)
class Points:
    """The scores, some of them new.

    Attributes
    ----------
    table : Revised
        ``scores`` of the run, with what is other.
    score : pyarrow.Table
        Its column ``score``.
    rows : pyarrow.Table
        The rows that were computed, in the columns that may be other.
    moved : int
        How many scores are others now.
    """

    table: Revised
    score: pa.Table
    rows: pa.Table
    moved: int


def scored(run: Run, before: Portfolio, who: Any, standing: Any, distress: Any, terms: Terms) -> Points:
    """Score the accounts of some persons anew.

    Parameters
    ----------
    run, before
        The run before, and what it found out of everybody.
    who : int64[k]
        The persons, ascending.
    standing, distress : float64[n]
        x and r of everybody.
    terms
        The policy.
    """
    own = SimpleNamespace(holders=before.holders.take(pa.array(who)), dimensions=before.dimensions(who))
    for name in _OWN:
        setattr(own, name, before.number(name)[who])
    rows, place = _accounts(before, who)
    # the points before come from the same formula: reading them back takes longer
    old, new = (
        _columns(combine(own, x[who], r[who], terms.scoring), place)  # type: ignore[arg-type]
        for x, r in ((before.standing, before.distress), (standing, distress))
    )
    patches = changes(rows, old, new)
    score = run.table("scores", ["score"])
    for patch in patches:
        score = patch.applied(score)
    computed = pa.table({name: pa.array(values) for name, values in new.items()})
    return Points(Revised(run, "scores", patches), score, computed, int((old["score"] != new["score"]).sum()))


def _columns(made: ScoreTable, place: Any) -> dict[str, Any]:
    """Tell the columns of ``scores`` that a standing changes, one row per account."""
    names = (*DIMENSIONS, "connections")
    points = {f"points_{name}": made.points[place, number] for number, name in enumerate(names)}
    words = np.asarray(made.band.to_pylist(), dtype=object)
    return {"score": made.score[place], "band": words[place], "connections": made.connections[place], **points}


def _accounts(before: Portfolio, who: Any) -> tuple[Any, Any]:
    """Find the rows of ``scores`` of some persons' accounts, ascending, and the place of each one's person in ``who``.

    ``scores`` has the accounts of persons in the order of all accounts.
    """
    person = before.people.person
    is_scored = person >= 0
    marked = np.flatnonzero(before.people.marked(who) & is_scored)
    rows = (np.cumsum(is_scored) - 1)[marked]
    return rows, np.searchsorted(who, person[marked])
