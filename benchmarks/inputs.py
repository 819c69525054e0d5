"""What do tricks work on? The middling portfolio in the states that it passes through, each made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import loaders
from benchmarks.asked import Asked
from benchmarks.portfolios import AS_OF, files, portfolio, score
from graph.credit_graph import CreditGraph
from graph.payments import payments
from graph.ties import ties
from loaders.asof import Snapshot
from loaders.contract import TABLES
from loaders.gate.lanes import Doubtful, Lane
from loaders.gate.pieces import Piece
from loaders.gate.rates import RateDays
from loaders.quick import AccountIndex, Context
from loaders.raw import Batch
from loaders.readers.parquet_file import ParquetFile, read_parquet_file
from loaders.readers.source import source_of
from loaders.settings import LoadSettings
from loaders.tables import Tables
from scoring.config import Config
from scoring.runs.run import Run, open_run
from scoring.tabular.portfolio import Assessment, assess

MOMENT = datetime.fromisoformat(AS_OF)
PARTS = 6
"""So many files of the log stand for all of it where less is enough to see a trick."""
_PIECES: dict[Path, list[Piece]] = {}


def tables(asked: Asked) -> Tables:
    """The portfolio as the gate let it in."""
    return _tables(portfolio(asked, asked.middling))


def snapshot(asked: Asked) -> Snapshot:
    """What was known of it at the moment."""
    return _snapshot(portfolio(asked, asked.middling))


def assessment(asked: Asked) -> Assessment:
    """What each person is worth on its own."""
    return _assessment(portfolio(asked, asked.middling))


def network(asked: Asked) -> CreditGraph:
    """The ties between them."""
    return _network(portfolio(asked, asked.middling))


@cache
def _network(data: Path) -> CreditGraph:
    own = _assessment(data)
    return CreditGraph(own.holders, ties(payments(_snapshot(data)), own.scale, MOMENT))


@cache
def _tables(data: Path) -> Tables:
    return loaders.read(data)


@cache
def _snapshot(data: Path) -> Snapshot:
    return loaders.at(_tables(data), MOMENT)


@cache
def _assessment(data: Path) -> Assessment:
    return assess(_snapshot(data), Config())


def log_files(asked: Asked) -> list[ParquetFile]:
    """Some files of the log, opened."""
    paths = files(portfolio(asked, asked.middling), "relations")[:PARTS]
    sources = [replace(source_of("relations", path), even=True) for path in paths]
    return [read_parquet_file(source, number, LoadSettings()) for number, source in enumerate(sources)]


def batches(asked: Asked) -> list[Batch]:
    """Some batches of the log as they are read."""
    return [batch for file in log_files(asked) for batch in file.batches()]


def context(asked: Asked) -> Context:
    """By what they are judged."""
    return Context(LoadSettings(), AccountIndex(ids(asked)))


def ids(asked: Asked) -> pa.StringArray:
    """All accounts."""
    return tables(asked).accounts["account_id"].combine_chunks()


def pieces(asked: Asked) -> list[Piece]:
    """Some records of the log that passed for themselves."""
    place = portfolio(asked, asked.middling)
    if place not in _PIECES:
        _PIECES[place] = let_in(asked, asked.threads)
    return _PIECES[place]


def let_in(asked: Asked, threads: int) -> list[Piece]:
    """Let some of the log through the row checks."""
    contract, found = TABLES["relations"], log_files(asked)
    days = RateDays(tables(asked).rates, LoadSettings().base_currency)
    with duckdb.connect() as connection:
        present = {"amount" if name == "amount_minor" else name for name in found[0].columns}
        lane = Lane(contract, present, context(asked), Doubtful(connection, contract, present), days)
        return lane.read(found, threads, lambda _: None)


def run(asked: Asked) -> Run:
    """A run of the smaller portfolio that servers and commands are measured on."""
    return _run(portfolio(asked, asked.servers_relations, asked.servers_accounts), asked.data / "runs-tricks")


@cache
def _run(data: Path, place: Path) -> Run:
    shutil.rmtree(place, ignore_errors=True)
    score(data, place)
    return open_run(place)


def scratch(asked: Asked) -> Path:
    """An empty folder for one trick at a time."""
    place = asked.data / "scratch"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def fresh(asked: Asked, work: Callable[[Path], Any]) -> Callable[[], Any]:
    """A work that gets a folder which is not there yet, and leaves none."""

    def done() -> Any:
        place = asked.data / "trick"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            return work(place)
        finally:
            shutil.rmtree(place)

    return done
