"""Do the 18 reads of the LDBC FinBench transaction workload get, on each server, the answer of plain Python?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import loaders
from graph.inquiry.catalog import load_query
from graph.inquiry.frames import answer_to, fill
from graph.stores.bolt import BoltStore
from graph.stores.connection import Connection, connect
from graph.stores.finbench_graph import load_graph
from graph.stores.settings import StoreSettings
from loaders.finbench import convert
from loaders.finbench.graph_tables import FOLDER, RELATIONSHIPS
from tests.loaders.finbench_rows import SAMPLE
from tests.servers.conftest import wipe
from tests.servers.finbench.cases import EVER, READS, TRUNCATED, Case, cases

COUNTED = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS relationships"
NODES = 6200 + 1 + 2948 + 1957 + 42 + 967 + 33 + 3465 + 1464
"""Accounts, the lender, holders, persons, companies, loans and media; the lender holds itself."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "tables"
    convert(SAMPLE, folder, with_graph=True)
    return folder


@pytest.fixture(scope="module")
def reader(server: StoreSettings, sample: Path) -> Iterator[Connection]:
    """Each server in turn, with the accounts of the sample and its graph."""
    tables = loaders.read(sample)
    few = replace(tables, relations=tables.relations.slice(0, 0), outcomes=tables.outcomes.slice(0, 0))
    with connect(server) as connection:
        wipe(connection)
        BoltStore(connection).load(few)
        load_graph(connection, sample / FOLDER)
    with connect(server, reader=True) as opened:
        yield opened


def ask(reader: Connection, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
    query = load_query(name)
    return answer_to(reader, query, fill(query, parameters)).rows


@pytest.mark.parametrize("read", READS)
def test_a_read_answers_as_the_raw_files_do(read: str, reader: Connection) -> None:
    """Every row, its order and each third decimal: ever, in a window, in none, and cut in each order."""
    for case in cases(read):
        assert ask(reader, case.query, **case.parameters) == case.expected(), case


def test_defaults_are_all_of_time_and_the_newest_500_edges(reader: Connection) -> None:
    """Asked for a node alone, a read looks at every edge there is, as no node of the sample has 500 of a kind."""
    for read in ("tcr1", "tcr5", "tcr11", "tsr6"):
        about = cases(read)[0].about
        assert ask(reader, f"finbench-{read}", id=about[0]) == Case(read, about, EVER).expected()


def test_an_order_the_benchmark_does_not_know_gives_no_rows(reader: Connection) -> None:
    """A misspelt order is never taken for another."""
    for read in TRUNCATED:
        case = cases(read)[0]
        assert ask(reader, case.query, **{**case.parameters, "truncationOrder": "TIMESTAMP_DESC"}) == []


@pytest.mark.parametrize("read", READS)
def test_the_questions_of_a_read_are_worth_asking(read: str) -> None:
    """One at least has an answer, one is about nothing, and where edges are cut, one answer changes by it."""
    asked = cases(read)
    assert any(case.expected() not in ([], [(-1.0,)], [(-1,)]) for case in asked)
    assert any(case.expected() in ([], [(0.0,)], [(-1,)]) for case in asked)
    if read in TRUNCATED:
        assert any(
            case.expected() != replace(case, window=replace(case.window, limit=500)).expected() for case in asked
        )


def test_nodes_and_relationships_are_as_many_as_the_sample_has(reader: Connection, sample: Path) -> None:
    """Nothing of the sample is missing and nothing is there twice."""
    assert reader.read(COUNTED) == [{"nodes": NODES, "relationships": 6201 + sum(load_counts(sample))}]


def load_counts(sample: Path) -> list[int]:
    from loaders.finbench.graph_tables import read_table

    return [read_table(sample / FOLDER, table).num_rows for table in RELATIONSHIPS]
