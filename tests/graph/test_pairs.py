"""Do payments come together by pair, whatever the log's layout?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from money_logs import AS_OF, DAY, SCALE, Event, claim, logs, name, snapshot
from plain_ties import in_log, plain_ties

import graph.sifting
from graph import twins
from graph.ledger import written_from
from graph.netting import net
from graph.payments import Payments, payments
from graph.ties import Ties, ties
from loaders.asof import Snapshot
from loaders.owners import Owners

HOLDERS = 4
US = timedelta(microseconds=1)
CODES = {"kind": pa.int8(), "from_id": pa.int32(), "to_id": pa.int32(), "currency": pa.int16()}
few = hypothesis_settings(claim, max_examples=40)
patched = hypothesis_settings(few, suppress_health_check=[HealthCheck.function_scoped_fixture])


def coded(known: Snapshot, cuts: list[int]) -> Snapshot:
    """The same snapshot as a loader gives it: ids and words as codes, in pieces cut at these rows."""
    accounts = known.accounts["account_id"].combine_chunks()
    columns = {}
    for column in known.relations.column_names:
        values = known.relations[column].combine_chunks()
        if column in CODES:
            words = (
                accounts
                if column.endswith("_id")
                else pa.array(sorted(set(values.drop_null().to_pylist())), pa.string())
            )
            places = pa.compute.index_in(values, value_set=words).cast(CODES[column])
            values = pa.DictionaryArray.from_arrays(places, words)
        columns[column] = values
    whole = pa.table(columns)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    pieces = [whole.slice(lo, hi - lo) for lo, hi in pairwise(edges)]
    owners = Owners(accounts, np.arange(len(accounts), dtype=np.int32))
    return replace(known, relations=pa.concat_tables(pieces), owners=owners)


def columns(made: Ties) -> list[bytes]:
    return [getattr(made, field).tobytes() for field in made.__dataclass_fields__]


def everything(found: Payments, threads: int | None = None) -> list[bytes]:
    made = ties(found, np.full(len(found.holders), float(SCALE)), AS_OF, threads=threads)
    log = (found.payer, found.payee, found.at, found.behalf, found.gross, found.net)
    return [*(column.tobytes() for column in log), *columns(made), str(sorted(found.counts.items())).encode()]


@few
@given(logs(range(HOLDERS)))
def test_ties_are_those_of_one_payment_at_a_time_to_the_bit(events: tuple[Event, ...]) -> None:
    """Netting by its twin, windows in a table, added up latest first: every column is the same, floats included."""
    log = in_log(events)
    left = [
        payment.left
        for payment in twins.net(
            [
                twins.Payment(name(e.payer), name(e.payee), AS_OF - e.ago * US, e.amount, e.amount - e.taken_back)
                for e in log
            ]
        )
    ]
    found = payments(snapshot(events, HOLDERS))
    table = ties(found, np.full(HOLDERS, float(SCALE)), AS_OF).to_arrow(found.holders)
    times = {side: table[side].cast(pa.int64()) for side in ("first_at", "last_at")}
    actual = [
        tuple(row.values())
        for row in pa.table({**dict(zip(table.column_names, table.columns, strict=True)), **times}).to_pylist()
    ]
    assert actual == plain_ties(log, left)


@patched
@given(logs(range(HOLDERS)), st.lists(st.integers(0, 60), max_size=4), st.integers(1, 9), st.integers(1, 9))
def test_no_bit_depends_on_layout_or_threads(
    monkeypatch: pytest.MonkeyPatch, events: tuple[Event, ...], cuts: list[int], block: int, fill: int
) -> None:
    """Text in one piece, or codes in pieces cut anywhere, read in other blocks into other partitions by 3 threads."""
    known = snapshot(events, HOLDERS)
    expected = everything(payments(known))
    with monkeypatch.context() as changed:
        changed.setattr(graph.sifting, "BLOCK", block)
        changed.setattr(graph.sifting, "FILL", fill)
        assert everything(payments(coded(known, cuts), threads=3), threads=3) == expected


@few
@given(logs(range(HOLDERS)))
def test_payments_given_as_columns_make_the_same_ties(events: tuple[Event, ...]) -> None:
    """A log that is written into a ledger from its columns is the log that was read from relations."""
    found = payments(snapshot(events, HOLDERS))
    log = (found.payer, found.payee, found.at, found.behalf, found.gross, found.net)
    assert everything(Payments(found.holders, *log, found.counts)) == everything(found)


def test_an_account_that_is_not_open_is_nobodys() -> None:
    """Coded relations name accounts that the snapshot's holders do not have yet."""
    known = coded(snapshot([Event(0, 1, DAY, 5), Event(0, 2, DAY, 5)], 3), [])
    assert known.owners is not None
    owners = Owners(known.owners.accounts, np.array([0, 1, -1], np.int32))
    found = payments(replace(known, owners=owners))
    assert (found.counts["payments"], found.counts["not_person"]) == (1, 1)


def test_a_hub_fills_no_partition_of_its_own() -> None:
    """Of 300,000 counterparties of one holder, no partition gets twice its share."""
    many = 300_000
    hub, others = np.zeros(many, np.int32), np.arange(1, many + 1, dtype=np.int32)
    nothing = np.zeros(many, np.int64)
    ledger = written_from(hub, others, nothing, nothing, nothing, nothing, nothing)
    sizes = [len(page.order) for page in ledger.pages]
    assert len(sizes) > 4
    assert max(sizes) < 2 * many / len(sizes)


def test_one_pair_with_very_many_payments_is_netted_in_one_pass() -> None:
    """Half a million payments to and fro between two holders in 40 currencies: quadratic would be 10^11 steps."""
    many = 500_000
    payer = np.arange(many, dtype=np.int32) // 40 % 2
    currency, at = np.arange(many) % 40, np.arange(many)
    left = net(payer, 1 - payer, currency, at, np.full(many, 7), DAY)
    assert left.sum() == 7 * 20 * (many // 40 % 2) + 7 * (many % 40)
