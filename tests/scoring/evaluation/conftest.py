"""Planted portfolios scored once for all tests of the room: connections help in one, and not in the other."""

from __future__ import annotations

from pathlib import Path

import pytest

import loaders
from scoring.batch.job import run
from scoring.evaluation.study import evaluate
from tests.scoring.evaluation.planted import BACK, Scored, planted


def scored(folder: Path, *, helps: bool) -> Scored:
    frames = planted(helps=helps)
    made = run(loaders.load(**frames), as_of=BACK, runs=folder)
    return Scored(frames, made, evaluate(made, frames["outcomes"]))


@pytest.fixture(scope="session")
def helping(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Connections tell the good thin files from the bad ones."""
    return scored(tmp_path_factory.mktemp("helping"), helps=True)


@pytest.fixture(scope="session")
def shuffled(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """As many connections, to thin files drawn at random."""
    return scored(tmp_path_factory.mktemp("shuffled"), helps=False)
