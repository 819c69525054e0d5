"""The town under attack, and a plain reader's rows of what was planted, for the patient oracle."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pyarrow as pa

import loaders
from loaders.tables import Tables
from loaders.town import AS_OF, town
from scoring.attacks.catalogue import ATTACKS
from scoring.attacks.outcome import Outcome
from scoring.attacks.target import Target, target_of
from scoring.batch.job import run
from scoring.config import Config, load_config
from scoring.recall import recall
from scoring.runs.run import Run
from tests.oracle import Row

TABLES = ("accounts", "relations", "profiles", "outcomes")


@cache
def town_tables() -> Tables:
    return loaders.load(**town())


def town_run(runs: Path, config: Config | None = None) -> Run:
    return run(town_tables(), as_of=AS_OF, runs=runs, config=config)


def town_base(runs: Path, *, seed: int = 7, **sections: dict[str, object]) -> Target:
    """The town ready to be attacked, under a policy of its own if sections are given."""
    config = Config.model_validate(sections).with_card(load_config().card) if sections else None
    return target_of(recall(town_run(runs, config)), town_tables(), seed)


def carried_out(target: Target, name: str) -> Outcome:
    plot = ATTACKS[name].plot(target)
    before, after = (target.planted(plot.newcomers, payments) for payments in ((), plot.payments))
    whole = target.planted(plot.newcomers, plot.whole) if plot.whole else None
    return Outcome(name, target, plot, before, after, whole)


def text_rows(table: pa.Table) -> list[Row]:
    """Rows as a CSV file would hold them."""
    rows = []
    for row in table.to_pylist():
        if row.get("amount_minor") is not None:
            row["amount"] = f"{row['amount_minor'] // 100}.{row['amount_minor'] % 100:02d}"
        rows.append({name: _text(value) for name, value in row.items()})
    return rows


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
