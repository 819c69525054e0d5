"""Portfolios whose truth is known: in one the good thin files are vouched for, in the other anybody is."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from scoring.evaluation.results import Evaluation
from scoring.runs.run import Run

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
BACK = datetime(2025, 1, 1, tzinfo=UTC)
"""When profiles and payments are known; bads come after it, up to ``AS_OF``, and again after that."""
THIN, THICK, SUPPORTERS = 300, 120, 60


@dataclass(frozen=True)
class Scored:
    """A portfolio, its run as of ``BACK`` and what the year after says about it."""

    frames: dict[str, pd.DataFrame]
    run: Run
    evaluation: Evaluation

    @property
    def folder(self) -> Path:
        return self.run.path.parent


def planted(*, helps: bool, seed: int = 7, after: int = 0) -> dict[str, pd.DataFrame]:
    """Make the tables; ``helps``: money comes to thin files that stay good, else to as many drawn at random.

    ``after`` adds that many relations and outcomes later than ``AS_OF``.
    """
    dice = random.Random(seed)
    thin, thick = [f"t{number:03d}" for number in range(THIN)], [f"k{number:03d}" for number in range(THICK)]
    supporters = [f"s{number:03d}" for number in range(SUPPORTERS)]
    bad = [name for name in (*thin, *thick) if dice.random() < 0.2]
    good_thin = [name for name in thin if name not in set(bad)]
    among = good_thin if helps else thin
    paid = dice.sample(among, len(good_thin) * 2 // 3)
    relations = [
        _payment(f"p{name}{month:02d}", supporters[place % SUPPORTERS], name, BACK - timedelta(days=30 * month + 5))
        for place, name in enumerate(paid)
        for month in range(12)
    ]
    relations += [
        _payment(f"later{number}", supporters[number], bad[number], AS_OF + timedelta(days=number + 1))
        for number in range(after)
    ]
    people = [(name, 2) for name in thin] + [(name, 60) for name in thick] + [(name, 150) for name in supporters]
    return {
        "accounts": pd.DataFrame(
            {"account_id": [name for name, _ in people], "holder_id": "", "kind": "person", "opened_on": "2024-01-01"}
        ),
        "relations": pd.DataFrame(relations),
        "profiles": pd.DataFrame([_profile(name, months, name in set(bad), dice) for name, months in people]),
        "outcomes": outcomes(bad, BACK),
    }


def outcomes(bad: list[str], since: datetime) -> pd.DataFrame:
    """Let each of them default at some day of the year after ``since``."""
    days = [since + timedelta(days=20 + 300 * place // max(len(bad), 1)) for place in range(len(bad))]
    return pd.DataFrame(
        {"account_id": bad, "kind": "default", "severity": "1", "at": [day.isoformat() for day in days]}, dtype=str
    )


def _profile(name: str, months: int, bad: bool, dice: random.Random) -> dict[str, str]:
    """Give everybody a little noise; of the thick the file itself tells who is bad."""
    middle = 0.95 if months == 150 else 0.5 - 0.05 * (bad and months > 12)
    cells = {name: f"{middle + 0.05 * dice.random():.4f}" for name in ("credit_history", "ability", "behaviour")}
    known = (BACK - timedelta(days=30)).isoformat()
    return {
        "account_id": name,
        "known_at": known,
        **cells,
        "identity": f"{middle:.4f}",
        "history_months": str(months),
        "spending_scale": "200000",
    }


def _payment(number: str, payer: str, payee: str, at: datetime) -> dict[str, str]:
    return {
        "relation_id": number,
        "kind": "transfer",
        "from_id": payer,
        "to_id": payee,
        "amount": "2000.00",
        "currency": "CNY",
        "at": at.isoformat(),
    }
