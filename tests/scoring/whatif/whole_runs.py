"""A portfolio as frames that can be changed, and everyone's numbers by the stages of a whole run on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import loaders
from loaders.simulate import simulate
from loaders.tables import Tables
from scoring.batch import stages
from scoring.batch.job import run
from scoring.combination import ScoreTable, combine
from scoring.config import Config
from scoring.recall import Recalled, recall
from scoring.whatif.standing import Solved, scores
from tests.portfolios import AS_OF, random_portfolio

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Portfolio:
    """Tables of text, the run of them, and what was recalled of it."""

    frames: Frames
    known: Recalled
    runs: Path

    def changed(self, **tables: Callable[[pd.DataFrame], pd.DataFrame]) -> Frames:
        """Change some tables."""
        return {**self.frames, **{name: change(self.frames[name].copy()) for name, change in tables.items()}}

    def whole(self, frames: Frames) -> ScoreTable:
        """Score everyone by the stages of a whole run, with the constants of the base run."""
        config = self.known.config
        rule = self.known.run.manifest["rule"]
        order = stages.Order(AS_OF, config, rule, self.known.assessment.constants)
        known = stages.know(tables_of(frames), order)
        standing = stages.spread(known, stages.tie(known, order), order).standing
        return combine(known.assessment, standing["standing"].to_numpy(), standing["distress"].to_numpy(), config)


def tables_of(frames: Frames) -> Tables:
    settings = loaders.LoadSettings(max_reject_rate=1.0)
    return loaders.load(**frames, settings=settings)


def made(frames: Frames, runs: Path, **options: object) -> Portfolio:
    opened = run(tables_of(frames), as_of=AS_OF, runs=runs, **options)
    return Portfolio(frames, recall(opened), runs)


def dense(runs: Path, seed: int = 5, *, holders: int = 40, relations: int = 2500, **options: object) -> Portfolio:
    """Ready-made dimensions, several accounts per holder, consents, currencies, reversals; many ties."""
    tables = random_portfolio(seed, holders, relations)
    return made({name: pd.DataFrame(rows) for name, rows in tables.items()}, runs, **options)


def featured(folder: Path, runs: Path, accounts: int = 300) -> Portfolio:
    """A simulated portfolio: features, consents, some of them withheld."""
    simulate(folder, accounts=accounts, seed=11)
    frames = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(folder.glob("*.csv"))}
    return made(frames, runs)


def assert_same(expected: ScoreTable, solved: Solved, config: Config) -> None:
    """Everyone has the same score, points and connections, to the bit."""
    actual = scores(solved, np.arange(len(solved.standing)), config)
    assert actual.holders.to_pylist() == expected.holders.to_pylist()
    assert actual.tabular.tolist() == expected.tabular.tolist()
    assert actual.connections.tolist() == expected.connections.tolist()
    assert actual.points.tolist() == expected.points.tolist()
    assert actual.score.tolist() == expected.score.tolist()
