"""What is a score worth, with the fifth dimension and without it? Evaluation, backtest, groups, model card."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.evaluation.backtesting import backtest
    from scoring.evaluation.card import describe
    from scoring.evaluation.model_card import ModelCard
    from scoring.evaluation.monitoring import Monitoring
    from scoring.evaluation.results import Backtest, Evaluation
    from scoring.evaluation.study import evaluate
    from scoring.evaluation.variants import scores_under

_HOMES = {
    "Backtest": "results",
    "Evaluation": "results",
    "ModelCard": "model_card",
    "Monitoring": "monitoring",
    "backtest": "backtesting",
    "describe": "card",
    "evaluate": "study",
    "scores_under": "variants",
}

__all__ = [  # noqa: RUF022 (the order in which a reader meets them)
    "evaluate",
    "Evaluation",
    "Monitoring",
    "backtest",
    "Backtest",
    "describe",
    "ModelCard",
    "scores_under",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
