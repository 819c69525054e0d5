"""What do outcomes say about a run? With the fifth dimension, without it, and with what one would try first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scoring.evaluation.bootstrap import RESAMPLING, require_draws
from scoring.evaluation.comparing import WITH, WITHOUT, compared
from scoring.evaluation.drift import drift, within
from scoring.evaluation.figures import curves, segment_of
from scoring.evaluation.followed import Followed, follow, refuse_later_relations
from scoring.evaluation.measures import Numbers, Scores
from scoring.evaluation.monitoring import Monitoring, groups_of, refuse_unfit
from scoring.evaluation.policy import policy_digest
from scoring.evaluation.probability import learnt_until, probability_of
from scoring.evaluation.results import FORMAT, SEGMENTS, Drift, Evaluation
from scoring.evaluation.variants import scores_under, variants_of
from scoring.recall import Recalled, recall
from scoring.runs.run import open_run
from scoring.runs.upkeep import in_order
from scoring.training.labels import Horizon, read_outcomes

if TYPE_CHECKING:
    import pandas as pd

    from scoring.runs.run import Run

Tell = Callable[[int, int], None]


def evaluate(
    run: Run,
    outcomes: Path | str | pd.DataFrame,
    *,
    horizon: str = "12m",
    group: Monitoring | None = None,
    reference: Run | None = None,
    seed: int = 7,
    draws: int = 1000,
    progress: Tell | None = None,
) -> Evaluation:
    """Evaluate a run by what happened after it.

    Bad is a default or a court order in (as_of, as_of + horizon]; the unit is the person; figures are of the score in
    whole points, as published, and exist for all, thin and thick files.

    Parameters
    ----------
    run
        The run.
    outcomes
        A CSV or Parquet file, or a DataFrame, with the columns of the contract's ``outcomes``.
    horizon
        ``12m`` or ``90d``.
    group
        By which column groups are monitored.
    reference
        The run that PSI and CSI compare with; None: the shares a model keeps, and the run made before this one.
    seed, draws
        Of the bootstrap; 1 to 100,000 draws.
    progress
        Told how many of how many draws are done.

    Returns
    -------
    Evaluation

    Raises
    ------
    UsageError
        When an argument is not usable.
    ContractError, GateError
        When the file of outcomes does not pass the gate.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> import pandas as pd
    >>> from loaders.town import AS_OF, town
    >>> late = pd.DataFrame({"account_id": ["dan"], "kind": ["default"], "severity": ["1"],
    ...                      "at": ["2026-05-01T00:00:00Z"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = evaluate(scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder), late)
    >>> found.segments[0].observed.bad, found.segments[0].auc, found.uplift.shown
    (1, 0.7272727272727273, False)
    """
    require_draws(draws)
    span = Horizon.parse(horizon)
    as_of = refuse_later_relations(run)
    known = recall(run)
    if group is not None:
        refuse_unfit(group, known)
    holders, config = known.assessment.holders, known.config
    found = follow(read_outcomes(outcomes, known.accounts, config.load_settings), holders, as_of, span)
    published = _published(known)
    scores = {name: scores_under(known, rule).score for name, rule in variants_of(known).items()}
    probability = probability_of(run, holders, published, found.bad)
    parts = {segment: within(known, segment) for segment in SEGMENTS}
    tell = None if progress is None else lambda done: progress(done, draws)
    result = compared(scores, found.bad, parts["thin"], draws=draws, seed=seed, tell=tell)
    both = {name: scores[name] for name in (WITH, WITHOUT)}
    return Evaluation(
        format=FORMAT,
        headline=result.uplift.sentence,
        run_id=run.id,
        as_of=as_of.isoformat(),
        rule=run.manifest["rule"],
        policy=policy_digest(config, run.manifest["rule"]),
        horizon=str(span),
        until=found.until.isoformat(),
        observed_until=None if found.observed_until is None else found.observed_until.isoformat(),
        complete=found.complete,
        outcomes=found.counts,
        seed=seed,
        draws=draws,
        resampling=RESAMPLING,
        probability=probability.sentence,
        uplift=result.uplift,
        segments=tuple(
            segment_of(name, published[here], found.bad[here], _of(probability.values, here), config)
            for name, here in parts.items()
        ),
        variants=result.variants,
        curves=tuple(
            curve
            for name, here in parts.items()
            for curve in curves({each: score[here] for each, score in both.items()}, found.bad[here], name)
        ),
        differences=result.differences,
        drift=_drift(known, published, reference),
        groups=None if group is None else groups_of(group, known, published, found.bad, probability.values),
        notes=_notes(known, found),
    )


def _published(known: Recalled) -> Scores:
    """Give the run's own scores, per person."""
    import pyarrow.compute as pc

    scores = known.run.table("scores", ["holder_id", "score"])
    first = pc.index_in(known.assessment.holders, value_set=scores["holder_id"].combine_chunks())
    return scores["score"].take(first).to_numpy().astype(np.int64)


def _of(values: Numbers | None, here: npt.NDArray[np.bool_]) -> Numbers | None:
    return None if values is None else values[here]


def _drift(known: Recalled, published: Scores, reference: Run | None) -> Drift:
    """Compare with the run named; without one with the model's training, and with the run made before this one."""
    model = known.config.model if reference is None else None
    if reference is None:
        root = known.run.path.parent
        order = in_order(root)
        earlier = order[: order.index(known.run.id)] if known.run.id in order else []
        reference = open_run(root, earlier[-1]) if earlier else None
    if reference is None:
        return drift(known, published, None, model)
    before = recall(reference)
    return drift(known, published, (before, _published(before)), model)


def _notes(known: Recalled, found: Followed) -> tuple[str, ...]:
    """Tell what a reader must know before believing a figure."""
    notes = []
    if not found.complete:
        latest = "there are none" if found.observed_until is None else f"the latest is of {found.observed_until.date()}"
        notes.append(
            f"The horizon ends on {found.until.date()}, but of outcomes {latest}: what came later is not known, so the "
            "horizon is not fully observed and rates may be too low."
        )
    if found.counts.at_or_before:
        notes.append(f"Outcomes at or before as_of, known then, which make nobody bad: {found.counts.at_or_before:,}.")
    if found.counts.not_scored:
        notes.append(f"Outcomes of accounts that this run did not score: {found.counts.not_scored:,}.")
    if not known.config.score.connections:
        notes.append("This run is neutral (C = e): the variant with the dimension says what it would have added.")
    model = known.config.model
    if model is not None and model.horizon != str(found.horizon):
        notes.append(f"The model's probability looks {model.horizon} ahead, this evaluation {found.horizon}.")
    if model is not None and learnt_until(model) > datetime.fromisoformat(known.run.manifest["as_of"]):
        notes.append(
            f"Model {model.name} learnt from outcomes up to {learnt_until(model).date()}, after as_of: where it learnt "
            "from these persons, figures are too good to be true of others."
        )
    return tuple(notes)
