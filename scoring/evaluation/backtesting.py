"""Would it have helped before? The same policy at earlier dates of one log, judged by what the log tells came later.

Point in time: at each date the stages of a batch see what was known then and nothing else; undated profile rows,
of which nobody knows when they were known, are set aside unless they are let in on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.credit_graph import CreditGraph
from graph.distress import severity
from loaders.errors import UsageError
from scoring.batch import stages
from scoring.evaluation.bootstrap import RESAMPLING
from scoring.evaluation.comparing import WITH, WITHOUT, compared
from scoring.evaluation.measures import power
from scoring.evaluation.results import BACKTEST_FORMAT, Backtest, BacktestRow
from scoring.evaluation.variants import Ground, scores_on
from scoring.evaluation.verdict import judge
from scoring.tabular.dimensions import FROM_CARD, FROM_MODEL, READY_MADE
from scoring.training.labels import Horizon, bad_within, of_holders

if TYPE_CHECKING:
    from loaders.tables import Tables
    from scoring.batch.stages import Order

MOST_DATES, USUAL_DATES = 200, 4
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Dates:
    """Which dates are looked at: ``count`` of them, or all since a moment; the last is one horizon before ``until``."""

    until: datetime
    every: Horizon
    horizon: Horizon
    count: int | None = None
    since: datetime | None = None

    def listed(self) -> tuple[datetime, ...]:
        """List the dates, oldest first.

        Examples
        --------
        >>> from datetime import UTC
        >>> month, year = Horizon.parse("3m"), Horizon.parse("12m")
        >>> [day.date().isoformat() for day in Dates(datetime(2026, 1, 1, tzinfo=UTC), month, year, 2).listed()]
        ['2024-10-01', '2025-01-01']
        """
        last = self.horizon.before(self.until)
        found: list[datetime] = []
        most = self.count if self.count is not None else MOST_DATES if self.since is not None else USUAL_DATES
        while len(found) < most:
            day = self.every.shifted(last, -len(found))
            if self.since is not None and day < self.since:
                break
            found.append(day)
        if not found:
            raise UsageError(
                f"no date is left: the last one whose horizon of {self.horizon} is over by "
                f"{self.until.date()} is {last.date()}"
            )
        return tuple(reversed(found))


def backtest(
    tables: Tables,
    order: Order,
    dates: Dates,
    *,
    fingerprint: str,
    undated_ok: bool = False,
    seed: int = 7,
    draws: int = 1000,
    progress: Tell | None = None,
) -> Backtest:
    """Evaluate a policy at earlier dates of one log.

    Parameters
    ----------
    tables
        The log, as loaded; outcomes after ``dates.until`` are not looked at.
    order
        Policy, rule and engine; its ``as_of`` is not used.
    dates
        When to look.
    fingerprint
        Of the tables.
    undated_ok
        Whether profile rows without ``known_at`` count at every date.
    seed, draws
        Of the bootstrap.
    progress
        Told how many of how many dates are done.
    """
    listed, rows = dates.listed(), []
    for done, moment in enumerate(listed, start=1):
        rows.append(look_back(tables, order, moment, dates, undated_ok=undated_ok, seed=seed, draws=draws))
        if progress is not None:
            progress(done, len(listed))
    undated = int(pc.sum(pc.is_null(tables.profiles["known_at"])).as_py() or 0)
    notes = []
    if undated:
        what = "count at every date, whenever they became known" if undated_ok else "are set aside at every date"
        notes.append(f"{undated:,} profile rows say not when they were known; they {what}.")
    if any(dates.horizon.after(one) > two for one, two in pairwise(listed)):
        notes.append("Horizons of neighbouring dates overlap, so the dates are not independent of each other.")
    return Backtest(
        format=BACKTEST_FORMAT,
        headline=_headline(rows),
        horizon=str(dates.horizon),
        every=str(dates.every),
        seed=seed,
        draws=draws,
        resampling=RESAMPLING,
        fingerprint=fingerprint,
        rows=tuple(rows),
        notes=tuple(notes),
    )


def look_back(
    tables: Tables, order: Order, moment: datetime, dates: Dates, *, undated_ok: bool, seed: int, draws: int
) -> BacktestRow:
    """Score as of an earlier date, and judge by the outcomes from then to one horizon later.

    Parameters
    ----------
    tables, order, dates, undated_ok, seed, draws
        As :func:`backtest`.
    moment
        The date.
    """
    until = min(dates.horizon.after(moment), dates.until)
    complete = dates.horizon.after(moment) <= dates.until
    then = replace(order, as_of=moment)
    known = stages.know(tables if undated_ok else dated_only(tables), then)
    assessment, config = known.assessment, order.config
    holders, thin = assessment.holders, assessment.months < config.score.thin_months
    told = tables.outcomes.filter(pc.less_equal(tables.outcomes["at"], pa.scalar(until, tables.outcomes["at"].type)))
    bad = bad_within(of_holders(told, tables.accounts), holders, moment, dates.horizon)
    if note := _nothing_known(assessment.origin, holders):
        nothing = judge(int(thin.sum()), int(bad[thin].sum()), None, None)
        return BacktestRow(
            moment.isoformat(), until.isoformat(), complete, len(holders), int(bad.sum()),
            None, None, None, None, None, replace(nothing, sentence=f"{note}. An uplift is not shown."), note,
        )  # fmt: skip
    tied = stages.tie(known, then)
    ground = Ground(
        CreditGraph(holders, tied.ties, config.ties),
        assessment,
        severity(known.snapshot, holders, config.propagation),
        config,
    )
    scores = {WITH: scores_on(ground, order.rule).score, WITHOUT: scores_on(ground, WITHOUT).score}
    found = compared(scores, bad, thin, draws=draws, seed=seed)
    auc = {(row.variant, row.segment): row.auc for row in found.variants}
    return BacktestRow(
        as_of=moment.isoformat(),
        until=until.isoformat(),
        complete=complete,
        persons=len(holders),
        bad=int(bad.sum()),
        auc=auc[WITH, "all"],
        ks=power(scores[WITH], bad).ks,
        auc_without=auc[WITHOUT, "all"],
        thin_auc=auc[WITH, "thin"],
        thin_auc_without=auc[WITHOUT, "thin"],
        uplift=found.uplift,
        note=_note(bool(bad.any()), moment, order),
    )


def dated_only(tables: Tables) -> Tables:
    """Let go of profile rows that say not when they were known: they may come from after any date."""
    return replace(tables, profiles=tables.profiles.filter(pc.is_valid(tables.profiles["known_at"])))


def _nothing_known(origin: np.ndarray[tuple[int, int], np.dtype[np.int8]], holders: pa.StringArray) -> str:
    if not len(holders):
        return "nobody had an account yet"
    if not np.isin(origin, (READY_MADE, FROM_CARD, FROM_MODEL)).any():
        return "no dated profile was known yet, so there is nothing to add connections to"
    return ""


def _note(anybody: bool, moment: datetime, order: Order) -> str:
    told = [] if anybody else ["nobody turned out bad"]
    model = order.config.model
    if model is not None and Horizon.parse(model.horizon).after(datetime.fromisoformat(model.as_of)) > moment:
        told.append(f"model {model.name} learnt from outcomes after this date")
    return "; ".join(told)


def _headline(rows: Iterable[BacktestRow]) -> str:
    rows = list(rows)
    measured = [row for row in rows if row.uplift.difference is not None]
    shown = [row for row in measured if row.uplift.shown]
    if not measured:
        return f"On thin files nothing can be said about an uplift at any of {len(rows)} dates."
    if not shown:
        return (
            f"On thin files the interval of the uplift is above zero at none of {len(measured)} dates: an uplift is not"
            " shown."
        )
    return f"On thin files the interval of the uplift is above zero at {len(shown)} of {len(measured)} dates."
