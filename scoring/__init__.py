"""How do dimensions become a score, a run and an explanation? Policy, runs on disk, the batch and the command line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scoring.batch.job import run
    from scoring.combination import ScoreTable, combine
    from scoring.config import Config, load_config
    from scoring.explanation import explain
    from scoring.runs import Run, open_run
    from scoring.tabular.portfolio import Assessment, Constants, assess

_HOMES = {
    "Assessment": "scoring.tabular.portfolio",
    "Config": "scoring.config",
    "Constants": "scoring.tabular.portfolio",
    "Run": "scoring.runs",
    "ScoreTable": "scoring.combination",
    "assess": "scoring.tabular.portfolio",
    "combine": "scoring.combination",
    "explain": "scoring.explanation",
    "load_config": "scoring.config",
    "open_run": "scoring.runs",
    "run": "scoring.batch.job",
}

__all__ = [  # noqa: RUF022 (the order in which a reader meets them)
    "run",
    "open_run",
    "Run",
    "explain",
    "load_config",
    "Config",
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
