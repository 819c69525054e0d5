"""What does FinBench's sample hold, and what did the import make of it?"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import loaders
from loaders.finbench import convert

SAMPLE = Path(__file__).parents[1] / "data" / "finbench"
Row = dict[str, str]


def original(name: str) -> list[Row]:
    with gzip.open(SAMPLE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


class Imported:
    """The converted sample: counts, rows as text, and what the gate makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: dict[str, Any] = convert(SAMPLE, folder)
        self.tables = loaders.read(folder)

    def rows(self, table: str) -> list[Row]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
