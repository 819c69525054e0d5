"""How do the tests start a batch over the town, watch it and stop it?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import loaders
from loaders.town import AS_OF, town
from scoring.batch import stages
from scoring.batch.job import run
from scoring.batch.progress import Silence
from scoring.config import Config, load_config
from scoring.runs.columns import RESULTS
from scoring.runs.run import Run

Frames = dict[str, pd.DataFrame]


def go(root: Path, data: Any = None, as_of: datetime = AS_OF, **more: Any) -> Run:
    return run(loaders.load(**town()) if data is None else data, as_of=as_of, runs=root, **more)


def folder(place: Path, frames: Frames | None = None) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    for name, frame in (frames or town()).items():
        frame.to_csv(place / f"{name}.csv", index=False, lineterminator="\n")
    return place


def config(text: str, place: Path) -> Config:
    place.mkdir(parents=True, exist_ok=True)
    (place / "renmai.toml").write_text(text)
    return load_config(place / "renmai.toml")


def result_bytes(made: Run) -> dict[str, bytes]:
    return {name: (made.path / f"{name}.parquet").read_bytes() for name in RESULTS}


def richer(frames: Frames) -> Frames:
    """Give the town in which everybody's profile became excellent."""
    profiles = frames["profiles"].copy()
    profiles[["credit_history", "ability", "behaviour", "identity"]] = "0.99"
    return {**frames, "profiles": profiles}


class Told(Silence):
    """A reporter that remembers, and stops the batch when a stage begins."""

    def __init__(self, stop_at: str = "") -> None:
        self.stages: list[str] = []
        self.notes: list[str] = []
        self.stop_at = stop_at

    def stage(self, name: str, *_: int) -> None:
        if name == self.stop_at:
            raise Stop
        self.stages.append(name)

    def note(self, text: str) -> None:
        self.notes.append(text)


class Stop(BaseException):
    """Ends a batch where a test wants it."""


def interrupted(after: str, root: Path, data: Path) -> None:
    """Start a batch and stop it when the named stage has ended."""
    follower = stages.STAGES[stages.STAGES.index(after) + 1]
    with pytest.raises(Stop):
        go(root, data, progress=Told(stop_at=follower))
