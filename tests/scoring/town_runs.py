"""The small town as a real run on disk: read, tied, propagated, scored and published by the batch."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

import loaders
from loaders.town import AS_OF, town
from scoring.batch.job import run
from scoring.runs.run import Run

FEATURES = pd.DataFrame(
    [("uma", "0.9", "0", "true", "7"), ("zoe", "0.6", "3", "false", "60")],
    columns=["account_id", "on_time_rate", "court_enforcements", "id_document", "history_months"],
)


def town_run(runs: Path, as_of: datetime = AS_OF, *, months: int = 0) -> Run:
    """Run the town; ``months`` of 30 days earlier if asked for."""
    return run(loaders.load(**town()), as_of=as_of - timedelta(days=30 * months), runs=runs, force=True)


def town_of_features(runs: Path) -> Run:
    """Run the town with two people known by features of the scorecard, the others by ready-made dimensions."""
    tables = town()
    ready = tables["profiles"]
    both = pd.concat([ready[~ready.account_id.isin(FEATURES.account_id)], FEATURES]).fillna("")
    return run(loaders.load(**{**tables, "profiles": both}), as_of=AS_OF, runs=runs, force=True)


def everyone(run: Run) -> set[str]:
    """All account and holder ids of a run."""
    scores = run.table("scores")
    return set(scores["account_id"].to_pylist()) | set(scores["holder_id"].to_pylist())
