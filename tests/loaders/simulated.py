"""Which simulated portfolio do the tests of the simulation read?"""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loaders.simulate import simulate

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SMALL = {"accounts": 900, "relations": 25_003}
Row = dict[str, str]


class Town:
    """A simulated portfolio in CSV, with its rows as text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth: dict[str, Any] = simulate(folder, **SMALL)
        self.planted: dict[str, Any] = self.truth["planted"]
        self.owner = {row["account_id"]: row["holder_id"] or row["account_id"] for row in self.rows("accounts")}
        self.relations = self.rows("relations")

    def rows(self, table: str) -> list[Row]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def credit(self) -> list[Row]:
        return [row for row in self.relations if row["kind"] in ("transfer", "pay_on_behalf")]

    def accounts_of(self, *roles: str) -> set[str]:
        holders = {holder for role in roles for holder in self.planted[role]["holders"]}
        return {account for account, holder in self.owner.items() if holder in holders}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def when(row: Row) -> datetime:
    return datetime.fromisoformat(row["at"])
