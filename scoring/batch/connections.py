"""May connections enter the scores of this run? Only where an evaluation or a look back shows that they help."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from loaders.errors import UsageError
from scoring.evaluation.dates import Dates
from scoring.evaluation.lookback import look_back
from scoring.evaluation.policy import policy_digest
from scoring.evaluation.rounding import rounded
from scoring.training.labels import Horizon

if TYPE_CHECKING:
    from collections.abc import Callable

    from loaders.tables import Tables
    from scoring.batch.stages import Order
    from scoring.evaluation.results import Uplift

BACK = Horizon(12, "m")
SEED, DRAWS = 7, 1000


@dataclass(frozen=True)
class Permit:
    """What was decided.

    Attributes
    ----------
    order : Order
        What is asked of the batch, its policy neutral (C = e for everyone) where no uplift is shown.
    facts : dict
        For the manifest; empty where nothing was asked.
    """

    order: Order
    facts: dict[str, Any]


def is_asked(order: Order) -> bool:
    """Say whether connections need evidence; a dimension that is switched off needs none."""
    return order.config.gate.connections == "require_uplift" and order.config.score.connections


def permit(order: Order, tables: Tables, progress: Callable[[float], None] | None = None) -> Permit:
    """Decide by the evaluation that ``gate.evaluation`` names, else by a look back of twelve months.

    Parameters
    ----------
    order
        What is asked of the batch.
    tables
        The accepted input; the look back sees of it what was known twelve months before ``as_of``, and judges by
        outcomes known at ``as_of``.
    progress
        Is told which share of a look back is done.

    Raises
    ------
    UsageError
        When ``gate.evaluation`` names a file that was never read: the policy did not come from a file.
    """
    if not is_asked(order):
        return Permit(order, {})
    found, source = _named(order) if order.config.gate.evaluation else _looked_back(order, tables, progress)
    sentence = found.sentence if found.shown else f"This run is neutral (C = e for everyone). {found.sentence}"
    facts = {**asdict(found), **source, "neutral": not found.shown, "sentence": sentence}
    made = order if found.shown else replace(order, config=order.config.neutral())
    return Permit(made, {"uplift": rounded(facts)})


def _named(order: Order) -> tuple[Uplift, dict[str, Any]]:
    """Judge by the evaluation that is named: of the same policy, and with thin files in it."""
    filed = order.config.evaluation
    if filed is None:
        raise UsageError(
            f"gate.evaluation names {order.config.gate.evaluation!r}, which was not read: read the policy from its file"
            " with load_config, or use Config.with_evaluation"
        )
    told = filed.evaluation
    source: dict[str, Any] = {
        "by": "evaluation",
        "evaluation": filed.sha256,
        "run_id": told.run_id,
        "as_of": told.as_of,
    }
    source["observed_until"] = told.observed_until
    if told.policy != policy_digest(order.config, order.rule):
        other = (
            f"The evaluation {order.config.gate.evaluation} is of run {told.run_id}, which another policy made: it says"
            " nothing about this one. An uplift is not shown."
        )
        return replace(filed.uplift, shown=False, sentence=other), source
    return filed.uplift, source


def _looked_back(
    order: Order, tables: Tables, progress: Callable[[float], None] | None
) -> tuple[Uplift, dict[str, Any]]:
    """Judge by what the policy would have said twelve months ago, and what came until now."""
    then = BACK.before(order.as_of)
    dates = Dates(order.as_of, BACK, BACK, count=1)
    tell = None if progress is None else lambda done: progress(done / DRAWS)
    row = look_back(tables, order, then, dates, undated_ok=False, seed=SEED, draws=DRAWS, tell=tell)
    note = {"note": row.note} if row.note else {}
    return row.uplift, {"by": "backtest", "as_of": row.as_of, "until": row.until, **note}
