"""Is what counts as of a moment what a patient reader would find, row by row?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import Tables, at
from loaders.contract import SOURCES
from loaders.id_order import by_bytes
from loaders.tables import REJECTS_SCHEMA

START, TIME = datetime(2025, 1, 1, tzinfo=UTC), pa.timestamp("us", "UTC")
NAMES = ["a", "a-1", "account-0000001", "account-0000002", "b", "z" * 20]
claim = settings(max_examples=100, deadline=None, derandomize=True)

names, days = st.sampled_from(NAMES), st.integers(0, 6)
accounts = st.lists(
    st.tuples(
        names,
        st.sampled_from(["h", "ann", "holder-of-many"]),
        st.sampled_from(["person", "merchant"]),
        days | st.none(),
    ),
    unique_by=lambda row: row[0],
    min_size=1,
).map(lambda rows: sorted(rows, key=lambda row: row[0].encode()))
profiles = st.lists(st.tuples(names, days | st.none(), st.integers(0, 99)), unique_by=lambda row: row[:2])
consents = st.lists(
    st.tuples(names, st.sampled_from(SOURCES[:3]), days, st.booleans()), unique_by=lambda row: row[:3], max_size=12
)
outcomes = st.lists(st.tuples(names, st.sampled_from(["default", "court"]), days), max_size=4)
relations = st.lists(
    st.tuples(names, names, days, st.integers(1, 9), st.sampled_from([None, *range(4), 99])), max_size=9
)


def when(day: int | None) -> datetime | None:
    return None if day is None else START + timedelta(days=day)


def table(rows: list[tuple[Any, ...]], **columns: pa.DataType) -> pa.Table:
    return pa.table({name: pa.array([row[k] for row in rows], kind) for k, (name, kind) in enumerate(columns.items())})


def log(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Payments and reversals: where a row takes another back, it goes the other way round."""
    made = []
    for number, (payer, payee, day, amount, aim) in enumerate(rows):
        if aim is not None and aim < len(rows) and rows[aim][4] is None:
            payer, payee = rows[aim][1], rows[aim][0]
        elif aim is not None:
            aim = 99
        reverses = None if aim is None else f"r{aim:02}"
        row = {"relation_id": f"r{number:02}", "from_id": payer, "to_id": payee, "amount_minor": amount}
        made.append(row | {"at": when(day), "reverses": reverses})
    return sorted(made, key=lambda row: (row["at"], row["relation_id"]))


def tables(drawn: dict[str, Any], *, coded: bool = False, piece: int = 99) -> Tables:
    named = {row[0] for row in drawn["accounts"]}
    own = {name: [row for row in rows if row[0] in named] for name, rows in drawn.items()}
    owned = [(name, holder, kind, None if day is None else when(day)) for name, holder, kind, day in own["accounts"]]
    money = [
        ("relation_id", pa.string()),
        ("from_id", pa.string()),
        ("to_id", pa.string()),
        ("amount_minor", pa.int64()),
    ]
    rows = [row for row in drawn["relations"] if {row[0], row[1]} <= named]
    relations = pa.Table.from_pylist(log(rows), schema=pa.schema([*money, ("at", TIME), ("reverses", pa.string())]))
    known = table(owned, account_id=pa.string(), holder_id=pa.string(), kind=pa.string(), opened_on=pa.date32())
    if coded:
        ids = known["account_id"].combine_chunks()
        for place, side in ((1, "from_id"), (2, "to_id")):
            codes = pc.index_in(relations[side].combine_chunks(), value_set=ids)
            relations = relations.set_column(place, side, pa.DictionaryArray.from_arrays(codes, ids))
    pieces = [relations.slice(lo, piece) for lo in range(0, max(1, len(relations)), piece)]
    told = sorted(own["profiles"], key=lambda row: (row[0].encode(), -1 if row[1] is None else row[1]))
    said = sorted(own["consents"], key=lambda row: (row[0].encode(), row[1], row[2]))
    bad = sorted(own["outcomes"], key=lambda row: (row[0].encode(), row[2], row[1]))
    return Tables(
        accounts=known,
        relations=pa.concat_tables(pieces),
        profiles=table([(a, when(d), n) for a, d, n in told], account_id=pa.string(), known_at=TIME, degree=pa.int64()),
        consents=table(
            [(a, source, granted, when(d)) for a, source, d, granted in said],
            account_id=pa.string(), source=pa.string(), granted=pa.bool_(), at=TIME,
        ),
        outcomes=table(
            [(a, kind, 1.0, when(d)) for a, kind, d in bad],
            account_id=pa.string(), kind=pa.string(), severity=pa.float64(), at=TIME,
        ),
        rates=table([], currency=pa.string(), on=pa.date32(), rate=pa.decimal128(38, 12)),
        rejects=REJECTS_SCHEMA.empty_table(), files=(), ignored=(), counts={},
    )  # fmt: skip


everything = st.fixed_dictionaries(
    {"accounts": accounts, "profiles": profiles, "consents": consents, "outcomes": outcomes, "relations": relations}
)


@claim
@given(everything, days)
def test_holders_and_what_is_known_of_them(drawn: dict[str, Any], moment: int) -> None:
    """Holders, latest profile, latest word and outcomes, each found by looking at every row of every account."""
    loaded = tables(drawn)
    found = at(loaded, when(moment) or START)
    opened = {
        row["account_id"]: row
        for row in loaded.accounts.to_pylist()
        if row["opened_on"] is None or row["opened_on"] <= date(2025, 1, 1) + timedelta(days=moment)
    }
    names = sorted({row["holder_id"] for row in opened.values()}, key=str.encode)
    assert found.holders.to_pylist() == [
        {
            "holder_id": name,
            "person": any(row["kind"] == "person" for row in opened.values() if row["holder_id"] == name),
            "opened_on": min(
                (row["opened_on"] for row in opened.values() if row["holder_id"] == name and row["opened_on"]),
                default=None,
            ),
        }
        for name in names
    ]
    assert found.owners is not None
    owner = {row["account_id"]: row["holder_id"] for row in loaded.accounts.to_pylist()}
    assert found.owners.holder.tolist() == [names.index(owner[one]) if one in opened else -1 for one in owner]

    def rows(table: pa.Table, time: str) -> dict[str, list[dict[str, Any]]]:
        known = [row for row in table.to_pylist() if row[time] is None or row[time] <= found.as_of]
        return {name: [row for row in known if owner[row["account_id"]] == name] for name in names}

    early = datetime(1900, 1, 1, tzinfo=UTC)
    told = [(name, own) for name, own in rows(loaded.profiles, "known_at").items() if own]
    latest = [(name, max(own, key=lambda row: row["known_at"] or early)) for name, own in told]
    latest.sort(key=lambda chosen: chosen[1]["account_id"].encode())
    assert found.profiles.to_pylist() == [
        {"holder_id": name, "known_at": row["known_at"], "degree": row["degree"]} for name, row in latest
    ]
    assert loaded.consents is not None
    assert found.consents is not None
    words = rows(loaded.consents, "at")
    for row in found.consents.to_pylist():
        for source in SOURCES:
            said = [(one["at"], not one["granted"]) for one in words[row["holder_id"]] if one["source"] == source]
            assert row[source] == (bool(said) and not max(said)[1])
    bad = [(name, one["at"], one["kind"]) for name, own in rows(loaded.outcomes, "at").items() for one in own]
    assert [(row["holder_id"], row["at"], row["kind"]) for row in found.outcomes.to_pylist()] == sorted(bad)


@claim
@given(everything, days, st.integers(1, 4))
def test_reversals_match_whatever_the_layout(drawn: dict[str, Any], moment: int, piece: int) -> None:
    """What was taken back and what waits is what ids say, row by row, in text and in codes, in one piece or in many."""
    rows = log([row for row in drawn["relations"] if {row[0], row[1]} <= {one[0] for one in drawn["accounts"]}])
    known = [row for row in rows if row["at"] <= START + timedelta(days=moment)]
    originals = {row["relation_id"] for row in known if row["reverses"] is None}
    used = [row for row in known if row["reverses"] is None or row["reverses"] in originals]
    taken = [sum(one["amount_minor"] for one in used if one["reverses"] == row["relation_id"]) for row in used]
    expected = [row | {"reversed_minor": much} for row, much in zip(used, taken, strict=True)]
    for coded in (False, True):
        found = at(tables(drawn, coded=coded, piece=piece), when(moment) or START, threads=2)
        assert [row | {"at": row["at"]} for row in found.relations.to_pylist()] == expected
        assert found.counts["relations"] == {
            "accepted": len(rows), "used": len(used), "after_as_of": len(rows) - len(known),
            "pending": len(known) - len(used),
        }  # fmt: skip


def test_a_log_that_counts_whole_is_not_copied() -> None:
    """Where every row counts, the snapshot's columns are the input's, in the same memory and the same pieces."""
    drawn = {"accounts": [("a", "h", "person", 0), ("b", "k", "person", 0)], "profiles": [], "consents": []}
    loaded = tables(drawn | {"outcomes": [], "relations": [("a", "b", 1, 5, None)] * 6}, piece=2)
    found = at(loaded, START + timedelta(days=9))
    for name in ("relation_id", "amount_minor", "at"):
        assert len(found.relations[name].chunks) == 3
        for own, input_ in zip(found.relations[name].chunks, loaded.relations[name].chunks, strict=True):
            assert own.buffers()[1].address == input_.buffers()[1].address


@claim
@given(st.lists(st.text(st.characters(min_codepoint=1, max_codepoint=0x2FFF), max_size=30), unique=True))
def test_ids_are_in_the_order_of_their_bytes(ids: list[str]) -> None:
    """Whatever they have in common and however long they are; sliced arrays too."""
    ordered = sorted(ids, key=str.encode)
    assert [ids[place] for place in by_bytes(pa.array(ids, pa.string()))] == ordered
    padded = pa.array(["~", *ids, "!"], pa.string())[1 : len(ids) + 1]
    assert [ids[place] for place in by_bytes(padded)] == ordered
