"""Is the graph of FinBench loaded once, and never over something else? On a small part of the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

import loaders
from graph.stores.bolt import BoltStore
from graph.stores.connection import Connection
from graph.stores.finbench_graph import load_graph
from loaders.errors import ContractError, UsageError
from loaders.finbench import convert
from loaders.finbench.graph_tables import FOLDER
from tests.loaders.finbench_rows import write_part

COUNTED = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS relationships"


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables and graph of 150 accounts."""
    folder = tmp_path_factory.mktemp("part")
    convert(write_part(folder / "files"), folder / "tables", with_graph=True)
    return folder / "tables"


@pytest.fixture
def loaded(connection: Connection, part: Path) -> Connection:
    BoltStore(connection).load(loaders.read(part))
    written = load_graph(connection, part / FOLDER)
    assert min(written[name].written for name in ("person", "loan", "account_transfer_account")) > 0
    return connection


def test_loading_the_graph_again_adds_nothing(loaded: Connection, part: Path) -> None:
    """A replay writes no row, and there are as many nodes and relationships as before."""
    before = loaded.read(COUNTED)
    assert {one.written for one in load_graph(loaded, part / FOLDER).values()} == {0}
    assert loaded.read(COUNTED) == before


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (
            "MATCH ()-[r:DEPOSIT]->() WITH r ORDER BY r.id LIMIT 1 SET r.amount_micro = r.amount_micro + 1",
            "amount_micro",
        ),
        ("MATCH (r:Loan) WITH r ORDER BY r.id LIMIT 1 SET r.balance_micro = r.balance_micro + 1", "balance_micro"),
    ],
    ids=["relationship", "node"],
)
def test_a_row_that_stands_with_other_content_is_refused(
    change: str, column: str, loaded: Connection, part: Path
) -> None:
    """A relationship or node of the same id that says something else ends the load."""
    loaded.write(lambda transaction: transaction.run(change).consume())
    with pytest.raises(ContractError, match=f"stands in the database with {column} "):
        load_graph(loaded, part / FOLDER)


def test_a_graph_without_its_accounts_is_refused(connection: Connection, part: Path) -> None:
    """Accounts come with our tables: without them nothing of FinBench hangs in the air."""
    with pytest.raises(UsageError, match="150 of 150 rows of account name accounts that are not in the database"):
        load_graph(connection, part / FOLDER)
