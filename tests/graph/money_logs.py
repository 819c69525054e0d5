"""Small logs of money relations for the property tests: streams of monthly payments, single ones, reversals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st

from graph.credit_graph import CreditGraph
from graph.parameters import TieParameters
from graph.payments import payments
from graph.propagation import Propagation, propagate
from graph.ties import ties
from loaders.asof import Snapshot

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
SCALE = 1_000

claim = settings(max_examples=120, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Event:
    """One payment, so many microseconds before AS_OF; ``taken_back`` of it is reversed a day later."""

    payer: int
    payee: int
    ago: int
    amount: int
    kind: str = "transfer"
    taken_back: int = 0
    currency: str = "CNY"


def name(holder: int) -> str:
    return f"h{holder:02d}"


def snapshot(
    events: Sequence[Event],
    holders: int,
    *,
    extra: Sequence[dict[str, Any]] = (),
    rates: pa.Table | None = None,
    names: Mapping[int, str] | None = None,
) -> Snapshot:
    """The snapshot a loader would give for these events; row numbers are the relation ids."""
    names = names or {holder: name(holder) for holder in range(holders)}
    rows = []
    for number, event in enumerate(events):
        row = {
            "relation_id": f"r{number:05d}",
            "kind": event.kind,
            "from_id": names[event.payer],
            "to_id": names[event.payee],
            "amount_minor": event.amount,
            "currency": event.currency,
            "at": AS_OF - timedelta(microseconds=event.ago),
            "reverses": None,
            "reversed_minor": event.taken_back,
        }
        rows.append(row)
        if event.taken_back:
            back = {"from_id": row["to_id"], "to_id": row["from_id"], "amount_minor": event.taken_back}
            back |= {"relation_id": f"x{number:05d}", "reverses": row["relation_id"], "reversed_minor": 0}
            rows.append(row | back | {"at": min(AS_OF, row["at"] + timedelta(days=1))})
    rows += extra
    rows.sort(key=lambda row: (row["at"], row["relation_id"].encode()))
    ids = sorted(names.values(), key=str.encode)
    schema = pa.schema(
        [(key, pa.string()) for key in ("relation_id", "kind", "from_id", "to_id", "currency", "reverses")]
        + [("amount_minor", pa.int64()), ("reversed_minor", pa.int64()), ("at", pa.timestamp("us", "UTC"))]
    )
    return Snapshot(
        as_of=AS_OF,
        accounts=pa.table({"account_id": ids, "holder_id": ids, "kind": ["person"] * len(ids)}),
        holders=pa.table({"holder_id": pa.array(ids, pa.string()), "person": pa.array([True] * len(ids), pa.bool_())}),
        relations=pa.Table.from_pylist(rows, schema=schema),
        profiles=pa.table({}),
        consents=None,
        outcomes=pa.table({}),
        rates=rates if rates is not None else pa.table({"currency": pa.array([], pa.string())}),
        counts={},
    )


def credit_graph(
    events: Sequence[Event], holders: int, *, parameters: TieParameters | None = None, **options: Any
) -> CreditGraph:
    found = payments(snapshot(events, holders, **options), parameters=parameters)
    made = ties(found, np.full(holders, float(SCALE)), AS_OF, parameters)
    return CreditGraph(found.holders, made, parameters or TieParameters())


@dataclass(frozen=True)
class Town:
    """A log with what is known about its holders."""

    events: tuple[Event, ...]
    evidence: tuple[float, ...]
    months: tuple[float, ...]
    severity: tuple[float, ...]

    @property
    def holders(self) -> int:
        return len(self.evidence)

    def run(self, *more: Event, **changed: Any) -> Propagation:
        """Propagate, with more events or other evidence."""
        known = {"evidence": self.evidence, "months": self.months, "severity": self.severity} | changed
        graph = credit_graph([*self.events, *more], self.holders)
        return propagate(
            graph, np.array(known["evidence"]), np.array(known["months"]), severity=np.array(known["severity"])
        )


@st.composite
def streams(draw: st.DrawFn, payers: Sequence[int], payees: Sequence[int]) -> list[Event]:
    """One payer's payments to one payee: several months, sometimes several times a month, partly taken back."""
    payer = draw(st.sampled_from(payers))
    others = [payee for payee in payees if payee != payer]
    if not others:
        return []
    payee = draw(st.sampled_from(others))
    first, months = draw(st.integers(0, 3) | st.integers(0, 24)), draw(st.sampled_from([1, 2, 4, 6, 9]))
    every = draw(
        st.lists(st.integers(0, 30 * DAY - 1) | st.sampled_from([0, DAY, 30 * DAY - 1]), min_size=1, max_size=3)
    )
    amount = draw(st.sampled_from([SCALE // 10, SCALE, 5 * SCALE]) | st.integers(1, 5 * SCALE))
    kind = draw(st.sampled_from(["transfer", "transfer", "pay_on_behalf"]))
    back = draw(st.sampled_from([0, 0, 0, 0, 0, amount, amount // 2]))
    return [
        Event(payer, payee, (first + m) * 30 * DAY + ago, amount, kind, back) for m in range(months) for ago in every
    ]


@st.composite
def logs(
    draw: st.DrawFn, payers: Sequence[int], payees: Sequence[int] | None = None, most: int = 8
) -> tuple[Event, ...]:
    parts = draw(st.lists(streams(payers, payees if payees is not None else payers), max_size=most))
    return tuple(event for part in parts for event in part)


shares = st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0])


@st.composite
def towns(draw: st.DrawFn, least: int = 3, most: int = 6) -> Town:
    n = draw(st.integers(least, most))
    return Town(
        draw(logs(range(n), most=14)),
        tuple(draw(st.lists(shares, min_size=n, max_size=n))),
        tuple(draw(st.lists(st.sampled_from([6.0, 0.0, 1.0, 18.0, 40.0]), min_size=n, max_size=n))),
        tuple(draw(st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.0, 0.4, 1.0]), min_size=n, max_size=n))),
    )
