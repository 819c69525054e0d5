"""A lender's portfolio with every feature of the contract: latent quality makes features and, later, defaults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import loaders
from loaders.features import Feature, features
from loaders.tables import Tables
from scoring.models.model import Model
from scoring.training import fitting
from scoring.training.learning import train

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("logistic", "tree", "forest")
Frames = dict[str, pd.DataFrame]
HIGH = {"count": 60, "days": 300, "months": 240, "minor units": 5_000_000, "level": 4, "share": 1, "yes or no": 1}


def lender(persons: int = 500, seed: int = 7, *, ends: bool = True) -> Frames:
    """Tables as text: one account per person, profiles of December 2025, outcomes of 2026.

    With ``ends`` two more persons: ``best`` has the best value of every feature, ``worst`` the worst.
    """
    dice = np.random.default_rng(seed)
    quality = dice.normal(size=persons)
    names = [f"p{number:04d}" for number in range(persons)]
    columns = {entry.name: _column(entry, quality, dice) for entry in features()}
    bad = dice.random(persons) < 1 / (1 + np.exp(2.2 + 1.8 * quality))
    days = [AS_OF - timedelta(days=int(day)) for day in dice.integers(100, 3000, persons)]
    profiles = pd.DataFrame({"account_id": names, "known_at": "2025-12-15T00:00:00Z", **columns})
    if ends:
        names, days = [*names, "best", "worst"], [*days, AS_OF - timedelta(days=3650), AS_OF - timedelta(days=3650)]
        profiles = pd.concat([profiles, pd.DataFrame([_end("best"), _end("worst")])], ignore_index=True)
    accounts = pd.DataFrame(
        {"account_id": names, "holder_id": names, "kind": "person", "opened_on": [str(day.date()) for day in days]}
    )
    owed = [name for name, defaulted in zip(names, bad, strict=False) if defaulted]
    outcomes = pd.DataFrame({"account_id": owed, "kind": "default", "severity": "1", "at": "2026-05-05T00:00:00Z"})
    relation = {"relation_id": "r1", "kind": "chat", "from_id": "p0001", "to_id": "p0002", "at": "2025-05-05T00:00:00Z"}
    relations = pd.DataFrame([{**relation, "amount": "", "currency": ""}])
    return {"accounts": accounts, "relations": relations, "profiles": profiles, "outcomes": outcomes}


def with_history(frames: Frames, quarters: int = 7) -> Frames:
    """Give everybody the same profile at each of the quarters before, and every default a year earlier as well."""
    rows = [frames["profiles"]]
    outcomes = [frames["outcomes"]]
    for quarter in range(1, quarters + 1):
        moment = AS_OF - timedelta(days=16 + 91 * quarter)
        rows.append(frames["profiles"].assign(known_at=moment.isoformat()))
    outcomes.append(frames["outcomes"].assign(at="2025-05-05T00:00:00Z"))
    accounts = frames["accounts"].assign(opened_on="2015-01-01")
    return {**frames, "accounts": accounts, "profiles": pd.concat(rows), "outcomes": pd.concat(outcomes)}


@cache
def tables() -> Tables:
    return loaders.load(**lender())


@cache
def model(kind: str) -> Model:
    """All four dimensions of the lender; a forest of 20 trees, as what is claimed of forests asks for no more."""
    return learnt(tables(), kind=kind)


@cache
def ability() -> Model:
    """The logistic model of one dimension, for what is true of each dimension alone."""
    return learnt(tables(), dimensions=["ability"])


def learnt(data: Tables | Frames, **more: Any) -> Model:
    """Train as of the lender's moment, forests small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "FOREST", 20)
        return train(data if isinstance(data, Tables) else loaders.load(**data), as_of=AS_OF, **more)


def _column(entry: Feature, quality: Any, dice: np.random.Generator) -> list[str]:
    sign = 1 if entry.direction == "up" else -1
    signal = 1 / (1 + np.exp(-(0.8 * sign * quality + dice.normal(size=len(quality)))))
    gaps = dice.random(len(quality)) < 0.05
    if entry.type == "boolean":
        cells = ["true" if value > 0.5 else "false" for value in signal]
    elif entry.type == "number" and entry.unit == "share":
        cells = [f"{value:.4f}" for value in signal]
    else:
        cells = [str(int(value * HIGH[entry.unit])) for value in signal]
    return ["" if gap else cell for cell, gap in zip(cells, gaps, strict=True)]


def _end(name: str) -> dict[str, str]:
    row = {"account_id": name, "known_at": "2025-12-15T00:00:00Z"}
    for entry in features():
        value = entry.high if (entry.direction == "up") == (name == "best") else entry.low
        row[entry.name] = ("false", "true")[value] if entry.type == "boolean" else str(value)
    return row
