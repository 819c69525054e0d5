"""Who of a run turned out bad, and what became of every row of the outcomes?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.errors import RenmaiError
from scoring.evaluation.measures import Flags
from scoring.evaluation.results import OutcomeCounts
from scoring.training.labels import BAD, Horizon, Outcomes, bad_within

if TYPE_CHECKING:
    from scoring.runs.run import Run

MARGIN_DAYS = 31
"""A file whose last outcome is of the horizon's last month counts as complete: outcomes do not happen every day."""


@dataclass(frozen=True, eq=False)
class Followed:
    """What outcomes say of persons.

    Attributes
    ----------
    bad : bool[n]
        A default or court order in (as_of, as_of + horizon].
    horizon, until
        The horizon, and its end in UTC.
    observed_until
        The latest outcome of any scored account in the file; None without one.
    complete
        Whether outcomes reach the last day of the horizon.
    counts
        Every row of the outcomes.
    """

    bad: Flags
    horizon: Horizon
    until: datetime
    observed_until: datetime | None
    complete: bool
    counts: OutcomeCounts


def follow(outcomes: Outcomes, holders: pa.StringArray, as_of: datetime, horizon: Horizon) -> Followed:
    """Label persons by outcomes in (as_of, as_of + horizon]; what was known at ``as_of`` labels nobody.

    Parameters
    ----------
    outcomes
        As :func:`scoring.training.labels.read_outcomes` gives them.
    holders : n
        The persons.
    as_of
        Of the run.
    horizon
        How far to look.

    Examples
    --------
    >>> stamp = pa.timestamp("us", tz="UTC")
    >>> at = pa.array([datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)], stamp)
    >>> table = pa.table({"holder_id": ["a", "b"], "kind": ["default", "default"], "at": at})
    >>> found = follow(Outcomes(table, 0, 0), pa.array(["a", "b"]), datetime(2026, 1, 1, tzinfo=UTC),
    ...                Horizon.parse("12m"))
    >>> found.bad.tolist(), found.counts.at_or_before, found.complete
    ([False, True], 1, False)
    """
    table, until = outcomes.table, horizon.after(as_of)
    stamp = table["at"].type
    at, scored = table["at"], pc.is_in(table["holder_id"], value_set=holders)
    before = _sum(pc.and_(scored, pc.less_equal(at, pa.scalar(as_of, stamp))))
    after = _sum(pc.and_(scored, pc.greater(at, pa.scalar(until, stamp))))
    inside = _sum(scored) - before - after
    kinds = pc.is_in(table["kind"], value_set=pa.array(BAD))
    within = pc.and_(pc.greater(at, pa.scalar(as_of, stamp)), pc.less_equal(at, pa.scalar(until, stamp)))
    bad = _sum(pc.and_(pc.and_(scored, within), kinds))
    elsewhere = outcomes.not_scored + table.num_rows - _sum(scored)
    counts = OutcomeCounts(
        rows=table.num_rows + outcomes.not_scored + outcomes.rejected,
        bad=bad,
        other_kind=inside - bad,
        at_or_before=before,
        after=after,
        not_scored=elsewhere,
        rejected=outcomes.rejected,
    )
    latest = pc.max(at).as_py()
    complete = latest is not None and (until - latest).days < MARGIN_DAYS
    return Followed(bad_within(table, holders, as_of, horizon), horizon, until, latest, complete, counts)


def refuse_later_relations(run: Run) -> datetime:
    """Make sure that no tie of a run knows a relation later than its ``as_of``, and give that moment.

    Raises
    ------
    RenmaiError
        When one does: the run is not what its manifest says, and nothing it predicts can be evaluated.
    """
    as_of = datetime.fromisoformat(run.manifest["as_of"]).astimezone(UTC)
    latest = pc.max(run.table("ties", ["last_at"])["last_at"]).as_py()
    if latest is not None and latest > as_of:
        raise RenmaiError(
            f"run {run.id} holds a tie with a payment at {latest.isoformat()}, after its as_of {as_of.isoformat()}; "
            "it knew its own future and can't be evaluated"
        )
    return as_of


def _sum(flags: pa.Array) -> int:
    return int(np.asarray(pc.fill_null(flags, False)).sum())
