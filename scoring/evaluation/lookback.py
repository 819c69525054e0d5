"""What would a policy have said at an earlier date, and what came of it? Point in time: known then, judged later.

Undated profile rows, of which nobody knows when they were known, are set aside unless they are let in on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.credit_graph import CreditGraph
from graph.distress import severity
from scoring.batch import stages
from scoring.evaluation.comparing import WITH, WITHOUT, compared
from scoring.evaluation.measures import power
from scoring.evaluation.probability import learnt_until
from scoring.evaluation.results import BacktestRow
from scoring.evaluation.variants import Ground, scores_on
from scoring.evaluation.verdict import judge
from scoring.tabular.dimensions import FROM_CARD, FROM_MODEL, READY_MADE
from scoring.training.labels import bad_within, of_holders

if TYPE_CHECKING:
    from collections.abc import Callable

    from loaders.tables import Tables
    from scoring.batch.stages import Order
    from scoring.evaluation.dates import Dates


def look_back(
    tables: Tables,
    order: Order,
    moment: datetime,
    dates: Dates,
    *,
    undated_ok: bool,
    seed: int,
    draws: int,
    tell: Callable[[int], None] | None = None,
) -> BacktestRow:
    """Score as of an earlier date, and judge by the outcomes from then to one horizon later.

    Parameters
    ----------
    tables
        The log, as loaded; outcomes after ``dates.until`` are not looked at.
    order
        Policy, rule and engine; its ``as_of`` and its constants, which a later run may have made, are not used.
    moment
        The date.
    dates
        Its horizon, and when the log ends.
    undated_ok
        Whether profile rows without ``known_at`` count.
    seed, draws
        Of the bootstrap.
    tell
        Is told how many draws are done.
    """
    until = min(dates.horizon.after(moment), dates.until)
    complete = dates.horizon.after(moment) <= dates.until
    then = replace(order, as_of=moment, constants=None)
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
    found = compared(scores, bad, thin, draws=draws, seed=seed, tell=tell)
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
    if model is not None and learnt_until(model) > moment:
        told.append(f"model {model.name} learnt from outcomes after this date")
    return "; ".join(told)
