"""Runs of three people, written without the batch: enough to try everything that can happen to a folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from scoring.runs.columns import RESULTS, SCHEMAS
from scoring.runs.draft import Draft
from scoring.runs.lock import Lock
from scoring.runs.log import read_log
from scoring.runs.run import Run

AT = datetime(2025, 1, 1, tzinfo=UTC)
PEOPLE = ("ann", "bob", "sam")
STANDING = ("evidence", "standing", "lift", "distress", "credibility")


def tables(shift: int = 0) -> dict[str, pa.Table]:
    points = {f"points_{name}": [40 + shift, 50, 60] for name in ("credit_history", "ability", "behaviour")}
    rows = {
        "scores": {
            "account_id": PEOPLE, "holder_id": PEOPLE, "score": [600 + shift, 650, 700], "band": ["good"] * 3,
            **{key: [0.4, 0.5, 0.6] for key in ("credit_history", "ability", "behaviour", "identity", "connections")},
            **points, "points_identity": [1, 2, 3], "points_connections": [1, 2, 3],
            "tabular": [0.4, 0.5, 0.6], "thin": [True, False, False], "history_months": [3, 30, 90],
        },
        "standing": {"holder_id": PEOPLE, **{key: [0.1, 0.2, 0.3] for key in STANDING}},
        "ties": {"from_id": ["sam"], "to_id": ["ann"], "v": [2.47], "g": [2.47], "money": [90_000], "count": [9],
                 "months": [9], "first_at": [AT], "last_at": [AT]},
        "contributions": {"holder_id": ["ann"], "supporter_id": ["sam"], "contribution": [0.05]},
    }  # fmt: skip
    made = {name: pa.table({key: list(value) for key, value in rows[name].items()}, SCHEMAS[name]) for name in RESULTS}
    made["rejects"] = pa.table({"table": ["relations"], "reason": ["amount_format"], "original": ["x,y"]})
    return made


def body(accepted: int = 10) -> dict[str, object]:
    counts = {"tables": {name: {"accepted": accepted} for name in ("accounts", "relations")}, "graph": {"persons": 3}}
    return {"as_of": AT.isoformat(), "rule": "vouch", "certificate": 0.0, "counts": counts, "config": {}}


def run_id(number: int) -> str:
    return f"20250101-{number:016x}"


def write_run(lock: Lock, number: int, shift: int = 0) -> Run:
    with Draft(lock, run_id(number)) as draft:
        for name, table in tables(shift).items():
            draft.add(name, table)
        draft.seal(body())
        return draft.publish()


def make_run(root: Path, number: int, shift: int = 0) -> Run:
    with Lock(root) as lock:
        return write_run(lock, number, shift)


def chain(root: Path, *numbers: int) -> None:
    for number in numbers:
        make_run(root, number)


def actions(root: Path) -> list[tuple[str, str]]:
    return [(line["action"], line["run_id"]) for line in read_log(root).lines]


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
