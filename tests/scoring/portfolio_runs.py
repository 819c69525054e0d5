"""A small simulated portfolio, and runs of it with something changed: policy, data, consent, model, moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

import loaders
from loaders.simulate import simulate
from loaders.tables import Tables
from scoring.batch.job import run
from scoring.config import Config, load_config
from scoring.explanation import Policy, analyst_card
from scoring.explanation.cards import AnalystCard
from scoring.explanation.shelf import Index
from scoring.models.calibration import Calibration, Curve
from scoring.models.dimension import DimensionModel
from scoring.models.feature import ModelFeature
from scoring.models.model import Model
from scoring.models.points import Points
from scoring.models.trees import Tree, Trees
from scoring.runs.run import Run
from scoring.scorecard.card import Scorecard

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates")
Frames = dict[str, pd.DataFrame]


class Portfolio:
    """Tables of one simulated portfolio and a folder for runs of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        simulate(folder / "data", accounts=240, relations=4000)
        self.frames: Frames = {
            name: pd.read_csv(folder / "data" / f"{name}.csv", dtype=str, keep_default_na=False) for name in NAMES
        }

    def tables(self, change: Callable[[Frames], None] | None = None) -> Tables:
        frames = {name: frame.copy() for name, frame in self.frames.items()}
        if change is not None:
            change(frames)
        return loaders.load(**frames)

    def config(self, text: str, **files: str) -> Config:
        for name, content in files.items():
            (self.folder / f"{name}.toml").write_text(content, encoding="utf-8")
        path = self.folder / "renmai.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    def run(self, tables: Tables | None = None, config: Config | None = None, **choices: Any) -> Run:
        choices = {"as_of": AS_OF, "runs": self.folder / "runs", "force": True, **choices}
        return run(tables if tables is not None else self.tables(), config=config or Config(), **choices)


def cards(run: Run) -> list[AnalystCard]:
    """The analyst's card of every account of a run."""
    shelf, policy = Index(run), Policy.of(run.manifest)
    return [analyst_card(shelf, policy, account) for account in run.table("scores")["account_id"].to_pylist()]


def made_model(kind: str) -> Model:
    """A model of two dimensions made by hand: points per level, or two trees over levels."""
    card = Scorecard.load()
    return Model(
        name=f"hand-{kind}",
        kind=kind,
        as_of="2025-01-01T00:00:00+00:00",
        horizon="12m",
        currency="CNY",
        dimensions={name: _dimension(card, name, kind) for name in ("credit_history", "identity")},
        calibration=Calibration(12, {"all": Curve(0.5, -4.0, (0.01, 0.0, 0.02), 1000, 100)}),
        fitted_weights=None,
        facts={
            "fingerprint": "0" * 64,
            "outcomes": "made by hand",
            "versions": {},
            "undated_ok": False,
            "undated": 0,
            "split": {"method": "none", "text": "nothing was trained", "cohorts": [], "test": []},
            **{key: {} for key in ("counts", "auc", "bands", "kept", "left_out")},
            "notes": [],
            "folds": 5,
            "seed": 7,
        },
    )


def _dimension(card: Scorecard, name: str, kind: str) -> DimensionModel:
    features = tuple(_feature(entry) for entry in card.of(name))
    best = tuple(feature.best for feature in features)
    if kind == "logistic":
        steps = tuple(tuple(7 * place * (number + 1) for place in range(top + 1)) for number, top in enumerate(best))
        return DimensionModel(name, features, Points(steps))
    deep = Tree(
        (0, 1, -1, -1, -1), (best[0] - 1, 0, 0, 0, 0), (1, 2, 0, 0, 0), (4, 3, 0, 0, 0), (0.0, 0.0, 0.1, 0.4, 0.9)
    )
    flat = Tree((2, -1, -1), (0, 0, 0), (1, 0, 0), (2, 0, 0), (0.0, -0.3, 1 / 3))
    return DimensionModel(name, features, Trees((deep, flat), best))


def _feature(entry: Any) -> ModelFeature:
    """Bins that begin elsewhere than the scorecard's: every second one only."""
    edges = (*entry.at_least[:1], *entry.at_least[2::2]) if len(entry.at_least) > 2 else entry.at_least
    woe = tuple(0.3 * place for place in range(len(edges)))
    if entry.direction == "down":
        woe = woe[::-1]
    count = len(edges)
    missing = 0.0 if entry.source == "supplied" else woe[-1] if entry.direction == "down" else woe[0]
    return ModelFeature(
        *(entry.name, entry.dimension, entry.source, entry.unit, entry.direction),
        *(tuple(float(edge) for edge in edges), woe, missing, 0.1, (1 / count,) * count, (0.0, 0.0, 0.0)),
    )
