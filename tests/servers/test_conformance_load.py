"""Does either server take a log in whole, once, and refuse what contradicts it?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import neo4j
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from neo4j.exceptions import IncompleteCommit

from graph.stores import batches
from graph.stores.bolt import BoltStore
from graph.stores.connection import Connection, connect
from graph.stores.loading import Loaded, load
from graph.stores.schema import prepare
from graph.stores.settings import StoreSettings
from loaders.errors import ContractError, UnavailableError
from loaders.tables import Tables, plain
from tests.servers.logs import TABLES, hostile, hostile_texts, made, odd, town_tables, without

AT = datetime(2024, 5, 6, tzinfo=UTC)
CONSTRAINTS = "SHOW CONSTRAINTS YIELD name RETURN count(*) AS count"
COUNTED = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS relationships"


def standing(store: BoltStore, tables: Tables) -> None:
    """Everything stands in the database exactly as in the tables: values, types and order."""
    found = store.read()
    for name in TABLES:
        assert found[name].equals(plain(getattr(tables, name)), check_metadata=True), name


def counted(connection: Connection) -> tuple[int, int]:
    row = connection.read(COUNTED)[0]
    return row["nodes"], row["relationships"]


def written(loaded: dict[str, Loaded]) -> dict[str, int]:
    return {name: one.written for name, one in loaded.items()}


def test_preparing_twice_makes_every_constraint_once(bare: StoreSettings) -> None:
    """Preparing again changes nothing: each key has one constraint, and a second row of a key is refused."""
    with connect(bare) as connection:
        prepare(connection)
        first = {row["name"] for row in connection.read("SHOW CONSTRAINTS YIELD name RETURN name")}
        prepare(connection)
        again = [row["name"] for row in connection.read("SHOW CONSTRAINTS YIELD name RETURN name")]
        assert sorted(again) == sorted(first)
        assert len(first) >= 6 + 17
        connection.write(lambda tx: tx.run("CREATE (:Account {id: 'a'})").consume())
        with pytest.raises(UnavailableError, match="already holds something else under the same key"):
            connection.write(lambda tx: tx.run("CREATE (:Account {id: 'a'})").consume())


def test_a_loaded_log_reads_back_as_it_was(store: BoltStore) -> None:
    """The town comes back with the same values, types and order; loading it again writes nothing."""
    told: list[tuple[int, int]] = []
    tables = town_tables()
    loaded = store.load(tables, lambda done, of: told.append((done, of)))
    assert written(loaded) == {"accounts": 15, "holders": 14, "relations": 291, "outcomes": 1}
    assert told[-1] == (307, 307)
    standing(store, tables)
    before = counted(store.connection)
    assert set(written(store.load(tables)).values()) == {0}
    assert counted(store.connection) == before


def test_amounts_times_and_days_survive_to_the_last_digit(store: BoltStore) -> None:
    """Amounts beyond 2**53, microseconds, the contract's first and last moment and blanks come back unchanged."""
    store.load(odd())
    standing(store, odd())
    kinds = store.connection.read("MATCH (h:Holder) RETURN h.id AS id, h.kind AS kind ORDER BY id")
    assert [tuple(row.values()) for row in kinds] == [("bank", "institution"), ("one", "person"), ("shop", "merchant")]
    blank = "MATCH (a:Account {id: 'a'})-[r:CHAT]->(:Account) RETURN keys(a) AS account, keys(r) AS relation"
    keys = store.connection.read(blank)[0]
    assert sorted(keys["account"]) == ["id", "kind"]
    assert sorted(keys["relation"]) == ["at", "id"]
    zoned = "MATCH (:Account)-[r:TRANSFER {id: 'r1'}]->(:Account) RETURN r.at AS at"
    assert store.connection.read(zoned)[0]["at"].utcoffset().total_seconds() == 0


def test_hostile_ids_are_stored_as_given(store: BoltStore) -> None:
    """A hundred texts full of quotes, breaks and statements are ids like others: same counts, same characters."""
    store.load(hostile())
    standing(store, hostile())
    texts = hostile_texts()
    assert counted(store.connection) == (3 * len(texts), 3 * len(texts))
    assert set(written(store.load(hostile())).values()) == {0}
    stored = store.connection.read("MATCH (h:Holder) RETURN h.id AS id")
    assert sorted(row["id"] for row in stored) == sorted(f"{text}'s" for text in texts)


def test_overlapping_parts_add_only_what_is_new(store: BoltStore) -> None:
    """Two files that share a third of their rows give the log of one; a holder becomes what a later account says."""
    tables = town_tables()
    rows = tables.relations.num_rows
    first = without(tables, relations=tables.relations.slice(0, 2 * rows // 3), outcomes=tables.outcomes.slice(0, 0))
    second = without(tables, relations=tables.relations.slice(rows // 3))
    store.load(first)
    loaded = store.load(second)
    assert loaded["relations"] == Loaded(rows - 2 * rows // 3, 2 * rows // 3 - rows // 3)
    assert loaded["outcomes"] == Loaded(1, 0)
    standing(store, tables)
    store.load(made([("x", "h", "institution", None)], []))
    store.load(made([("x", "h", "institution", None), ("y", "h", "person", None)], []))
    assert store.connection.read("MATCH (h:Holder {id: 'h'}) RETURN h.kind AS kind") == [{"kind": "person"}]


def test_few_rows_beside_many_are_looked_up_by_id(store: BoltStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file over a large database asks for its own ids only, and finds conflicts of other kinds too."""
    tables = town_tables()
    store.load(tables)
    monkeypatch.setattr("graph.stores.presence.SCAN", 0)
    part = without(tables, relations=tables.relations.slice(100, 7))
    assert store.load(part)["relations"] == Loaded(0, 7)
    other = part.relations.set_column(1, "kind", pa.array(["donation"] * 7, pa.string()))
    with pytest.raises(ContractError, match=r"stands in the database with kind '.*'; here it is 'donation'"):
        store.load(without(tables, relations=other))
    standing(store, tables)


@pytest.mark.parametrize(
    ("column", "place", "value", "told"),
    [
        ("kind", 1, "loan", "kind 'transfer'; here it is 'loan'"),
        ("to_id", 3, "d", "to_id 'c'; here it is 'd'"),
        ("amount_minor", 4, 2**53, f"amount_minor {2**53 + 1}; here it is {2**53}"),
        ("currency", 5, "EUR", "currency 'CNY'; here it is 'EUR'"),
        ("at", 6, AT, "here it is 2024-05-06"),
        ("reverses", 7, "r2", "reverses blank; here it is 'r2'"),
    ],
)
def test_a_relation_that_stands_with_other_content_stops_the_load(
    store: BoltStore, column: str, place: int, value: object, told: str
) -> None:
    """One sentence names the id, the column and both contents; nothing of the load was written, new rows neither."""
    tables = odd()
    store.load(tables)
    row = tables.relations.slice(0, 1)
    changed = row.set_column(place, column, pa.array([value], row.schema.field(column).type))
    fresh = row.set_column(0, "relation_id", pa.array(["new"]))
    with pytest.raises(ContractError, match="tx_id_conflict") as stopped:
        store.load(without(tables, relations=pa.concat_tables([changed, fresh])))
    assert "relation_id 'r1'" in str(stopped.value)
    assert told in str(stopped.value)
    standing(store, tables)


def test_an_account_that_stands_with_other_content_stops_the_load(store: BoltStore) -> None:
    """An account can't change its holder, kind or day by being loaded again; nothing was written."""
    tables = odd()
    store.load(tables)
    moved = pc.if_else(pc.equal(tables.accounts["account_id"], "c"), "one", tables.accounts["holder_id"])
    with pytest.raises(ContractError, match=r"account_id_conflict.*'c'.*holder_id 'shop'; here it is 'one'"):
        store.load(without(tables, accounts=tables.accounts.set_column(1, "holder_id", moved)))
    standing(store, tables)


def test_an_id_that_comes_twice_in_one_table_is_refused(store: BoltStore) -> None:
    """Tables that no gate has seen may repeat an id: they are refused before anything is written."""
    tables = odd()
    twice = pa.concat_tables([tables.relations, tables.relations.slice(0, 1)])
    with pytest.raises(ContractError, match=r"1 row\(s\) repeat the relation_id"):
        store.load(without(tables, relations=twice))
    assert counted(store.connection) == (0, 0)


def test_empty_tables_load_and_read_back(store: BoltStore) -> None:
    """A log without a row is a log: it loads, and reads back with all its columns."""
    empty = made([], [])
    assert set(written(store.load(empty)).values()) == {0}
    standing(store, empty)


def test_a_batch_whose_commit_got_lost_is_not_doubled(wiped: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the answer to a commit never comes, the batch is looked up before it is tried again: nothing is doubled."""
    lost = []
    execute_write = neo4j.Session.execute_write

    def losing(session: neo4j.Session, work: Any) -> Any:
        done = execute_write(session, work)
        lost.append(len(lost) % 2 == 0)
        if lost[-1]:
            raise IncompleteCommit("the answer never came")
        return done

    monkeypatch.setattr(neo4j.Session, "execute_write", losing)
    monkeypatch.setattr(batches, "PAUSE", 0.0)
    with connect(replace(wiped, batch_rows=25)) as connection:
        load(connection, town_tables())
        standing(BoltStore(connection), town_tables())
    assert sum(lost) > 10
