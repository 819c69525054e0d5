"""A run made by hand: five people, every number from the formulas written out plainly, no file and no batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scoring.config import Config
from scoring.scorecard.card import Scorecard

DIMENSIONS = ("credit_history", "ability", "behaviour", "identity", "connections")
WEIGHTS = (0.35, 0.25, 0.20, 0.15)
MEAN = 0.6
# holder: the four dimensions and months of history
PEOPLE = {
    "dan": ((0.25, 0.30, 0.40, 0.60), 45),
    "nina": ((0.55, 0.40, 0.50, 0.70), 4),
    "sam": ((0.98, 0.95, 0.90, 1.00), 160),
    "vera": ((0.65, 0.60, 0.60, 0.70), 18),
    "zoe": ((0.60, 0.55, 0.65, 0.60), 60),
}
LIFT = {"nina": {"sam": 0.07, "vera": 0.01}, "vera": {"sam": 0.02}}
DISTRESS = {"vera": 0.37}
TIES = [("sam", "nina", 2.0, 2.0), ("sam", "vera", 1.5, 1.6), ("vera", "dan", 2.4, 2.4), ("vera", "nina", 0.5, 0.5)]
BANDS = ((700, "excellent"), (650, "very good"), (600, "good"), (550, "medium"), (350, "poor"))
AT = datetime(2025, 12, 1, tzinfo=UTC)


@dataclass
class MadeRun:
    """Tables in memory with the verbs of a run."""

    id: str = "20260101-0123456789abcdef"
    tables: dict[str, pa.Table] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.tables)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        return self.tables[name] if columns is None else self.tables[name].select(list(columns))

    def rows(self, name: str, column: str, values: Sequence[str] | str) -> pa.Table:
        wanted = [values] if isinstance(values, str) else list(values)
        return self.tables[name].filter(pc.is_in(self.tables[name][column], pa.array(wanted, pa.string())))


def made_run(**renamed: str) -> MadeRun:
    """Make the run; a keyword gives a person another id."""
    rows = [_person(name) for name in PEOPLE]

    def named(name: str) -> str:
        return renamed.get(name, name)

    scores = [{"account_id": named(row["name"]), "holder_id": named(row["name"]), **row["score"]} for row in rows]
    standing = [{"holder_id": named(row["name"]), **row["standing"]} for row in rows]
    ties = [
        {
            "from_id": named(a),
            "to_id": named(b),
            "v": v,
            "g": g,
            "money": 100_000,
            "count": 24,
            "months": 24,
            "first_at": AT,
            "last_at": AT,
        }
        for a, b, v, g in TIES
    ]
    lifts = [
        {"holder_id": named(who), "supporter_id": named(by), "contribution": part}
        for who, parts in LIFT.items()
        for by, part in parts.items()
    ]
    reject = {"table": "relations", "reason": "amount_zero", "file": "relations.csv", "line": 7}
    bins = [
        {
            "holder_id": named(who),
            **{f"origin_{name}": "ready_made" for name in DIMENSIONS[:4]},
            "no_bad_record": who != "dan",
            "responsible_id": named("dan") if who == "vera" else None,
            "responsible_severity": 0.925 if who == "vera" else None,
        }
        for who in PEOPLE
    ]
    tables = {
        "bins": bins,
        "scores": scores,
        "standing": standing,
        "ties": ties,
        "contributions": lifts,
        "rejects": [reject],
    }
    return MadeRun(
        tables={name: pa.Table.from_pylist(found) for name, found in tables.items()},
        manifest={
            "as_of": "2026-01-01T00:00:00+00:00",
            "config": Config().model_dump(mode="json"),
            "scorecard": Scorecard.load().document(),
            "rule": "vouch",
            "certificate": 0.0,
            "counts": {"tables": {"relations": {"records": 9, "accepted": 8, "rejected": 1, "used": 8}}},
        },
    )


def whole_points(exact: Sequence[float]) -> list[int]:
    """Largest remainder, ties in order: the plain way."""
    total = math.floor(sum(exact) + 0.5)
    points = [math.floor(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda place: (points[place] - exact[place], place))
    for place in order[: total - sum(points)]:
        points[place] += 1
    return points


def _person(name: str) -> dict[str, Any]:
    values, months = PEOPLE[name]
    z = months / (months + 6)
    tabular = sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True)) / 0.95
    evidence = z * tabular + (1 - z) * MEAN
    lift, distress = sum(LIFT.get(name, {}).values()), DISTRESS.get(name, 0.0)
    connections = min(1.0, max(0.0, tabular + lift - 0.25 * (1 - z) * distress))
    own = 0.05 + 0.10 * (1 - z)
    weights = [*(weight * (1 - own) / 0.95 for weight in WEIGHTS), own]
    all_values = (*values, connections)
    points = whole_points([600 * weight * value for weight, value in zip(weights, all_values, strict=True)])
    score = 350 + sum(points)
    return {
        "name": name,
        "score": {
            "score": score,
            "band": next(band for low, band in BANDS if score >= low),
            **dict(zip(DIMENSIONS, all_values, strict=True)),
            **{f"points_{dimension}": part for dimension, part in zip(DIMENSIONS, points, strict=True)},
            "tabular": tabular,
            "thin": months < 12,
            "history_months": months,
        },
        "standing": {
            "evidence": evidence, "standing": evidence + lift, "lift": lift, "distress": distress, "credibility": z,
        },
    }  # fmt: skip
