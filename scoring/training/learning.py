"""How does a portfolio with outcomes become a model? Gather, look for leaks, fit, test, calibrate."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import loaders
from loaders.contract import DIMENSIONS
from loaders.errors import UsageError
from loaders.spelling import did_you_mean
from loaders.tables import Tables
from scoring.config import Config, load_config
from scoring.models.layout import KINDS
from scoring.models.model import Model
from scoring.models.storing import checked_name
from scoring.tabular.dimensions import check_currency
from scoring.training.by_feature import TrainingError
from scoring.training.calibration import fit_calibration, fitted_weights
from scoring.training.cohorts import split
from scoring.training.labels import Horizon, of_holders, read_outcomes
from scoring.training.leaks import refuse_leaks
from scoring.training.lessons import Lessons, Models, Progress
from scoring.training.records import areas, calibrated_on, digest, facts
from scoring.training.stacks import Stack, Values

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def train(
    data: Path | str | Tables,
    *,
    as_of: datetime,
    horizon: str = "12m",
    kind: str = "logistic",
    dimensions: Collection[str] | None = None,
    name: str | None = None,
    outcomes: Path | str | pd.DataFrame | None = None,
    undated_ok: bool = False,
    cohorts: int = 4,
    every: str = "3m",
    config: Config | None = None,
    progress: Progress | None = None,
) -> Model:
    """Learn the tabular dimensions from what became of people.

    Parameters
    ----------
    data
        A folder with the tables, or what ``loaders.load`` gave.
    as_of
        The last moment at which features count, with an offset; labels are the outcomes in the horizon after it.
    horizon
        How far labels look ahead: ``12m`` or ``365d``.
    kind
        ``logistic``, ``tree`` or ``forest``.
    dimensions
        Which of the four tabular dimensions are learnt; all without it.
    name
        The model's name; without it kind and day.
    outcomes
        Where labels come from instead of the outcomes of ``data``: a file or a DataFrame.
    undated_ok
        Whether profiles without ``known_at`` may be learnt from; the model records it.
    cohorts, every
        How many earlier moments are trained on at most where profiles reach back, and how far apart.
    config
        The policy: base currency, weights, scorecard.
    progress
        Told how many of how many fits are done.

    Returns
    -------
    Model

    Raises
    ------
    TrainingError
        When profiles are undated, a column gives the label away, there are fewer than 20 bad ones, or no dimension
        has a feature that tells good from bad.
    ContractError, GateError, UsageError
        When the input or an argument is not usable.
    """
    checked_name(name)
    config = (config or load_config(None)).with_model(None)
    reach, step, wanted = Horizon.parse(horizon), Horizon.parse(every), _asked(kind, dimensions, cohorts, as_of)
    tables = data if isinstance(data, Tables) else loaders.read(Path(data), config.load_settings)
    loaders.check_rates(tables, config.load_settings)
    known, notes = _outcomes(tables, outcomes, config)
    parted = split(tables, known, as_of, reach, count=cohorts, every=step, undated_ok=undated_ok)
    refuse_leaks(parted.cohorts)
    stack = Stack(parted, config)
    lessons = Lessons(stack, kind, wanted, progress)
    models, kept, left_out = lessons.learn()
    if not models:
        why = "; ".join(f"{dimension}: {reason}" for dimension, reason in kept.items())
        raise TrainingError(f"no dimension can be learnt, so there is no model. {why}")
    told = {
        "fingerprint": loaders.fingerprint(tables),
        "outcomes": "" if outcomes is None else digest(known),
        "undated_ok": undated_ok,
        "kept": kept,
        "left_out": left_out,
        "notes": notes + calibrated_on(parted.method),
    }
    named = name or f"{kind}-{as_of.astimezone(UTC):%Y%m%d}"
    model = _assembled(stack, models, lessons.out_of_fold(models), told, name=named, kind=kind, horizon=str(reach))
    for cohort in parted.cohorts:
        check_currency(cohort.persons, config.with_model(model))
    return Model.from_document(model.document())


def _assembled(
    stack: Stack, models: Models, out_of_fold: Values, told: dict[str, Any], *, name: str, kind: str, horizon: str
) -> Model:
    """Measure, calibrate and put everything into one model."""
    final, train, bad = stack.values(models), stack.train, stack.bad
    fair = out_of_fold.of(train, final)
    # the youngest accounts are most of the thin files: without them these would have no curve
    rows = train | stack.test if stack.split.method == "vintage" else train
    thin = stack.config.score.thin_months
    return Model(
        name=name,
        kind=kind,
        as_of=stack.split.cohorts[-1].as_of.isoformat(),
        horizon=horizon,
        currency=stack.config.data.base_currency,
        dimensions={
            dimension: replace(models[dimension], auc=areas(stack, final, out_of_fold, dimension))
            for dimension in models
        },
        calibration=fit_calibration(fair.tabular[rows], bad[rows], stack.months[rows], thin, stack.split.repeats),
        fitted_weights=fitted_weights(out_of_fold.dimensions[train], bad[train]),
        facts={**facts(stack, final, out_of_fold, rows), **told},
    )


def _asked(kind: str, dimensions: Collection[str] | None, cohorts: int, as_of: datetime) -> tuple[str, ...]:
    """Check the arguments and give the dimensions to learn, in the order of the contract."""
    if as_of.utcoffset() is None:
        raise UsageError(f"as_of must have an offset; got {as_of.isoformat()}")
    if kind not in KINDS:
        raise UsageError(f"model must be one of {', '.join(KINDS)}; got {kind!r}")
    if cohorts < 1:
        raise UsageError(f"cohorts must be at least 1; got {cohorts}")
    for name in dimensions or ():
        if name not in DIMENSIONS:
            raise UsageError(
                f"dimension must be one of {', '.join(DIMENSIONS)}; got {name!r}{did_you_mean(name, DIMENSIONS)}"
            )
    return tuple(name for name in DIMENSIONS if not dimensions or name in dimensions)


def _outcomes(tables: Tables, outcomes: Path | str | pd.DataFrame | None, config: Config) -> tuple[pa.Table, list[str]]:
    if outcomes is None:
        return of_holders(tables.outcomes, tables.accounts), []
    found = read_outcomes(outcomes, tables.accounts, config.load_settings)
    told = f"outcomes are from a file of their own: {found.table.num_rows:,} records"
    return found.table, [f"{told}, {found.not_scored:,} about other accounts, {found.rejected:,} refused"]
