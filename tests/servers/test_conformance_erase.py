"""Is nothing left of a holder that was erased, on either server?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pyarrow.compute as pc
import pytest

from graph.stores.bolt import BoltStore, open_store
from graph.stores.erasing import Erased
from loaders.tables import plain
from tests.servers.logs import hostile, made, town_tables

NAMES = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS facts"
LINES = "MATCH ()-[r]->() RETURN type(r) AS type, properties(r) AS facts"


def texts(store: BoltStore) -> set[str]:
    """Every text that stands in any node or relationship."""
    rows = [*store.connection.read(NAMES), *store.connection.read(LINES)]
    return {value for row in rows for value in row["facts"].values() if isinstance(value, str)}


def test_nothing_that_names_an_erased_holder_is_left(store: BoltStore) -> None:
    """Accounts, relations both ways, outcomes, scores and ties go, in batches; others keep theirs."""
    tables = town_tables()
    store.load(tables)
    publish = """
        MATCH (h:Holder) CREATE (h)-[:SCORED]->(:Score {run_id: 'one', holder_id: h.id})
        WITH h ORDER BY h.id WITH collect(h) AS all UNWIND all AS payer UNWIND all AS payee
        WITH payer, payee WHERE payer <> payee CREATE (payer)-[:TIE {run_id: 'one', v: 1.0}]->(payee)"""
    store.connection.write(lambda tx: tx.run(publish).consume())
    with open_store(replace(store.connection.settings, batch_rows=5)) as small:
        counts = small.erase("nina")
    mine = tables.accounts.filter(pc.equal(tables.accounts["holder_id"], "nina"))["account_id"]
    touched = pc.or_(pc.is_in(tables.relations["from_id"], mine), pc.is_in(tables.relations["to_id"], mine))
    assert counts.relations == pc.sum(touched).as_py() > 5
    assert (counts.ties, counts.scores, counts.holders, counts.accounts) == (26, 1, 1, len(mine))
    assert not {"nina", *mine.to_pylist()} & texts(store)
    found = store.read()
    assert found["relations"].equals(plain(tables.relations).filter(pc.invert(touched)).combine_chunks())
    assert found["accounts"].num_rows == tables.accounts.num_rows - len(mine)
    assert store.connection.read("MATCH (s:Score) RETURN count(s) AS count") == [{"count": 13}]
    assert store.erase("nina") == Erased(0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("place", [0, 30, 99])
def test_an_erased_holder_takes_nobody_with_it(store: BoltStore, place: int) -> None:
    """A holder whose id looks like Cypher is erased alone: of the ring of a hundred two relations go."""
    tables = hostile()
    store.load(tables)
    account = tables.accounts["account_id"][place].as_py()
    assert store.erase(f"{account}'s") == Erased(2, 0, 0, 1, 1, 1)
    assert store.read()["relations"].num_rows == tables.relations.num_rows - 2


def test_an_account_loaded_again_after_erasure_stands_as_new(store: BoltStore) -> None:
    """Erasing frees the ids: the same log loads again and is whole."""
    tables = made(
        [("a", "h", "person", None), ("b", "other", "person", None)],
        [("r", "transfer", "a", "b", 1, "CNY", datetime(2024, 1, 1, tzinfo=UTC), None)],
    )
    store.load(tables)
    assert store.erase("h") == Erased(1, 0, 0, 0, 1, 1)
    assert store.load(tables)["relations"].written == 1
    assert store.read()["relations"].equals(plain(tables.relations))
