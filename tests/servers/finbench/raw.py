"""What stands in the raw files of the FinBench sample, as the oracles read it: exact amounts, times as they are."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "data" / "finbench"
Order = str
NEWEST, OLDEST, LARGEST, SMALLEST = (
    "TIMESTAMP_DESCENDING", "TIMESTAMP_ASCENDING", "AMOUNT_DESCENDING", "AMOUNT_ASCENDING",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of a file of relationships; ``row`` counts from 1 and settles ties."""

    start: str
    to: str
    at: datetime
    amount: Decimal
    row: int
    file: str


@dataclass(frozen=True, slots=True)
class Window:
    """An open window of time, and how edges away from one node are cut."""

    start: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2100, 1, 1, tzinfo=UTC)
    limit: int = 500
    order: Order = NEWEST

    def holds(self, at: datetime) -> bool:
        return self.start < at < self.end

    def inside(self, edges: Iterable[Edge], over: Decimal = Decimal(-1)) -> list[Edge]:
        return [edge for edge in edges if self.holds(edge.at) and edge.amount > over]

    def cut(self, edges: Iterable[Edge]) -> list[Edge]:
        """First edges in the order, whatever their time and amount."""
        kept = sorted(edges, key=lambda edge: (edge.file, edge.row))
        by_amount = self.order in (LARGEST, SMALLEST)
        kept.sort(key=lambda edge: edge.amount if by_amount else edge.at, reverse=self.order in (NEWEST, LARGEST))
        return kept[: self.limit]


@cache
def rows(file: str) -> list[dict[str, str]]:
    with gzip.open(SAMPLE / f"{file}.csv.gz", "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter="|"))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@cache
def edges(file: str) -> list[Edge]:
    """All rows of a file of relationships, from its first column to its second."""
    start, to = list(rows(file)[0])[:2]
    return [
        Edge(row[start], row[to], moment(row["createTime"]), Decimal(row.get("amount", "0")), number, file)
        for number, row in enumerate(rows(file), start=1)
    ]


@cache
def leaving(file: str) -> dict[str, list[Edge]]:
    return _by(file, "start")


@cache
def arriving(file: str) -> dict[str, list[Edge]]:
    return _by(file, "to")


def _by(file: str, end: str) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges(file):
        found[getattr(edge, end)].append(edge)
    return found


@cache
def named(file: str) -> dict[str, dict[str, str]]:
    """Rows of a file of nodes, by their first column."""
    return {next(iter(row.values())): row for row in rows(file)}


def total(kept: Iterable[Edge]) -> Decimal:
    return sum((edge.amount for edge in kept), Decimal(0))


def rounded(amount: Decimal) -> float:
    """Three decimals, halves up."""
    return float(amount.quantize(Decimal("0.001"), ROUND_HALF_UP))


def ratio(over: Decimal, under: Decimal) -> float:
    return rounded(over / under) if under else -1.0


def number(name: str) -> int:
    """Ids in the order the benchmark sorts them."""
    return int(name)
