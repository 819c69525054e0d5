"""How do dimensions become a score, a run and an explanation? Policy, models, runs on disk, and the analyst's desk.

``run`` scores tables and gives a :class:`Run`, ``open`` opens one that stands; what can be asked of it are methods of
the run and functions here. Stages of the batch stand in the modules of their names.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.combination import ScoreTable, combine
    from scoring.comparison import history, split_moves
    from scoring.config import Config, load_config
    from scoring.desk.cards import explain
    from scoring.desk.opening import open, run  # noqa: A004 (said as scoring.open)
    from scoring.desk.results import attack, compare, evaluate, what_if
    from scoring.desk.run import Run
    from scoring.desk.training import train
    from scoring.desk.updating import update
    from scoring.evaluation import Monitoring, backtest
    from scoring.models import Model, load_model, save_model
    from scoring.publishing import publication_of
    from scoring.tabular.portfolio import Assessment, Constants, assess
    from scoring.training import MonotoneForest, MonotoneTree, WoeBinner, WoeLogistic
    from scoring.whatif.placing import score_one
    from scoring.whatif.reaching import would_reach

_HOMES = {
    "Assessment": "scoring.tabular.portfolio",
    "Config": "scoring.config",
    "Constants": "scoring.tabular.portfolio",
    "Model": "scoring.models",
    "Monitoring": "scoring.evaluation",
    "MonotoneForest": "scoring.training",
    "MonotoneTree": "scoring.training",
    "Run": "scoring.desk.run",
    "ScoreTable": "scoring.combination",
    "WoeBinner": "scoring.training",
    "WoeLogistic": "scoring.training",
    "assess": "scoring.tabular.portfolio",
    "attack": "scoring.desk.results",
    "backtest": "scoring.evaluation",
    "combine": "scoring.combination",
    "compare": "scoring.desk.results",
    "evaluate": "scoring.desk.results",
    "explain": "scoring.desk.cards",
    "history": "scoring.comparison",
    "load_config": "scoring.config",
    "load_model": "scoring.models",
    "open": "scoring.desk.opening",
    "publication_of": "scoring.publishing",
    "run": "scoring.desk.opening",
    "score_one": "scoring.whatif.placing",
    "save_model": "scoring.models",
    "split_moves": "scoring.comparison",
    "train": "scoring.desk.training",
    "update": "scoring.desk.updating",
    "what_if": "scoring.desk.results",
    "would_reach": "scoring.whatif.reaching",
}

__all__ = [  # noqa: RUF022 (the order in which a reader meets them)
    "run",
    "update",
    "open",
    "Run",
    "explain",
    "evaluate",
    "Monitoring",
    "backtest",
    "what_if",
    "would_reach",
    "score_one",
    "attack",
    "compare",
    "split_moves",
    "history",
    "train",
    "Model",
    "save_model",
    "load_model",
    "WoeBinner",
    "WoeLogistic",
    "MonotoneTree",
    "MonotoneForest",
    "load_config",
    "Config",
    "publication_of",
    "assess",
    "Assessment",
    "Constants",
    "combine",
    "ScoreTable",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for on first use, so that ``import scoring`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'scoring' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
