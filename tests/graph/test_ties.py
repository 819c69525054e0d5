"""Do relations become ties as the method says: whitelist, netting, windows, strength?"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_logs import AS_OF, DAY, SCALE, Event, claim, credit_graph, logs, name, snapshot

from graph import twins
from graph.circles import net_circles
from graph.netting import net
from graph.parameters import TieParameters, steady_strength
from graph.payments import payments
from graph.ties import Ties, ties
from loaders.errors import ContractError

CYCLES = TieParameters(netting="cycles")


def as_payments(events) -> list[twins.Payment]:
    """The same events as the twins take them, in the order of (at, relation_id)."""
    order = sorted(range(len(events)), key=lambda number: (-events[number].ago, f"r{number:05d}"))
    return [
        twins.Payment(
            name(e.payer),
            name(e.payee),
            AS_OF - timedelta(microseconds=e.ago),
            e.amount,
            e.amount - e.taken_back,
            e.kind == "pay_on_behalf",
            e.currency,
        )
        for e in (events[number] for number in order)
    ]


singles = st.lists(
    st.builds(
        Event,
        st.integers(0, 3),
        st.integers(4, 7),
        st.integers(0, 70).map(lambda days: days * DAY) | st.integers(0, 70 * DAY),
        st.integers(1, 50),
        currency=st.sampled_from(["CNY", "CNY", "USD"]),
    ).map(lambda e: Event(e.payer, (e.payee - e.payer) % 4, e.ago, e.amount, currency=e.currency)),
    max_size=25,
).map(lambda events: [e for e in events if e.payer != e.payee])
USD = pa.table(
    {
        "currency": ["USD"] * 72,
        "on": [AS_OF.date() - timedelta(days=n) for n in range(72)],
        "rate": pa.array([Decimal(1)] * 72, pa.decimal128(38, 12)),
    }
)


@claim
@given(singles)
def test_netting_equals_its_twin(events: list[Event]) -> None:
    """What is left of each payment is, to the fen, what the plain twin leaves; currencies do not mix."""
    actual = payments(snapshot(events, 8, rates=USD)).net.tolist()
    assert actual == [payment.left for payment in twins.net(as_payments(events))]


@claim
@given(singles)
def test_netting_of_circles_equals_its_twin(events: list[Event]) -> None:
    """With ``netting = "cycles"`` money that went round over a third holder is gone as well."""
    actual = payments(snapshot(events, 8, rates=USD), parameters=CYCLES).net.tolist()
    assert actual == [payment.left for payment in twins.net_circles(twins.net(as_payments(events)))]


@claim
@given(logs(range(4)))
def test_ties_equal_their_twin(events: tuple[Event, ...]) -> None:
    """Money, count and months are equal, strengths to 1e-12."""
    graph = credit_graph(events, 4).to_networkx()
    twin = twins.ties(twins.net(as_payments(events)), {name(who): SCALE for who in range(4)}, AS_OF)
    assert set(graph.edges) == set(twin.edges)
    for payer, payee, tie in twin.edges(data=True):
        actual = graph.edges[payer, payee]
        assert {key: actual[key] for key in ("money", "count", "months")} == {
            key: tie[key] for key in ("money", "count", "months")
        }
        assert (actual["v"], actual["g"]) == pytest.approx((tie["v"], tie["g"]), abs=1e-12)


def monthly(months: int, amount: int = SCALE, **kind: str) -> list[Event]:
    return [Event(0, 1, window * 30 * DAY, amount, **kind) for window in range(months)]


def test_a_steady_monthly_tie_is_worth_kappa() -> None:
    """One payment of the payer's spending scale in each of 24 windows is the unit of all budgets: 2.467."""
    expected = sum(2 ** (-t / 6) for t in range(24)) * math.log(2) / math.log(5) * (0.5 + 0.5 / 3)
    tie = credit_graph(monthly(24), 2).ties
    assert steady_strength() == tie.v[0] == tie.g[0] == pytest.approx(expected, abs=1e-14)
    assert round(expected, 2) == 2.47


def test_the_strongest_tie_is_worth_8_6() -> None:
    """Four times the spending scale on three days of every window is as strong as it gets."""
    events = [Event(0, 1, (30 * t + day) * DAY, 40 * SCALE) for t in range(24) for day in (1, 2, 3)]
    assert credit_graph(events, 2).ties.v[0] == pytest.approx(sum(2 ** (-t / 6) for t in range(24)), abs=1e-12)


def test_one_burst_is_no_tie() -> None:
    """However much money in a single window: strength 0; the payment is still seen."""
    tie = credit_graph([Event(0, 1, day * DAY, 10**9) for day in range(10)], 2).ties
    assert (tie.v.tolist(), tie.g.tolist(), tie.count.tolist(), tie.months.tolist()) == ([0.0], [0.0], [10], [1])


def test_a_payment_on_behalf_counts_one_and_a_half_times() -> None:
    """Two payments on behalf are as strong as two transfers of 1.5 times the money, at face value in ``money``."""
    behalf, more = credit_graph(monthly(2, 200, kind="pay_on_behalf"), 2).ties, credit_graph(monthly(2, 300), 2).ties
    assert behalf.v.tolist() == more.v.tolist()
    assert (behalf.money.tolist(), more.money.tolist()) == ([400], [600])


@pytest.mark.parametrize(("later", "left"), [(30 * DAY, 0), (30 * DAY + 1, 100)])
def test_exactly_30_days_still_cancels(later: int, left: int) -> None:
    """Money that comes back after 30 days to the microsecond is cancelled, one microsecond later it is not."""
    found = payments(snapshot([Event(0, 1, later, 100), Event(1, 0, 0, 100)], 2))
    assert found.net.tolist() == [left, left]


@pytest.mark.parametrize(("ago", "window"), [(0, 0), (30 * DAY - 1, 0), (30 * DAY, 1), (720 * DAY - 1, 23)])
def test_a_window_ends_with_its_last_moment(ago: int, window: int) -> None:
    """Window t covers (as_of − 30(t+1) d, as_of − 30t d], to the microsecond."""
    other = 12  # a second window, so that there is a tie at all
    tie = credit_graph([Event(0, 1, ago, SCALE), Event(0, 1, other * 30 * DAY, SCALE)], 2).ties
    h = math.log(2) / math.log(5) * (0.5 + 0.5 / 3)
    assert tie.v[0] == pytest.approx((2 ** (-window / 6) + 2 ** (-other / 6)) * h * 2 / 6, abs=1e-14)


def test_what_is_older_than_24_windows_is_no_tie_but_still_nets() -> None:
    """A payment 720 days ago is outside; its answer within 30 days is cancelled all the same."""
    assert len(credit_graph([Event(0, 1, 720 * DAY, SCALE)], 2).ties) == 0
    tie = credit_graph([Event(0, 1, 721 * DAY, SCALE), Event(1, 0, 700 * DAY, SCALE), Event(1, 0, 0, SCALE)], 2).ties
    assert (tie.count.tolist(), tie.months.tolist()) == ([2], [1])


def test_a_tie_keeps_money_count_first_and_last_at_face_value() -> None:
    """Gross, within the windows; what was taken back is still in it."""
    events = [Event(0, 1, 40 * DAY, 70, taken_back=70), Event(0, 1, 5 * DAY, 30), Event(0, 1, 900 * DAY, 999)]
    graph = credit_graph(events, 2)
    row = graph.ties.to_arrow(graph.holders).to_pylist()[0]
    expected = {"from_id": "h00", "to_id": "h01", "money": 100, "count": 2, "months": 1}
    expected |= {"first_at": AS_OF - timedelta(days=40), "last_at": AS_OF - timedelta(days=5)}
    assert row == row | expected


def test_days_are_distinct_utc_days_with_something_left() -> None:
    """Two payments of one UTC day are one day; a day whose money came back is none for v."""
    twice = [Event(0, 1, t * 30 * DAY + hour, SCALE) for t in (0, 1) for hour in (1, DAY // 2)]
    once = [Event(0, 1, t * 30 * DAY + 1, 2 * SCALE) for t in (0, 1)]
    assert credit_graph(twice, 2).ties.v.tolist() == credit_graph(once, 2).ties.v.tolist()
    returned = [*once, Event(0, 1, 9 * DAY, SCALE, taken_back=SCALE)]
    assert credit_graph(returned, 2).ties.v.tolist() == credit_graph(once, 2).ties.v.tolist()
    assert credit_graph(returned, 2).ties.g[0] > credit_graph(once, 2).ties.g[0]


def test_only_money_between_two_persons_counts_and_the_rest_is_told() -> None:
    """Other kinds, reversals, moves within a holder and accounts of companies are counted, not tied."""
    at, base = AS_OF - timedelta(days=3), {"currency": "CNY", "amount_minor": 5, "reversed_minor": 0}
    extra = [
        base | {"relation_id": "a", "kind": "chat", "from_id": "h00", "to_id": "h01", "at": at, "amount_minor": None},
        base | {"relation_id": "b", "kind": "purchase", "from_id": "h00", "to_id": "h01", "at": at},
        base | {"relation_id": "c", "kind": "transfer", "from_id": "h00", "to_id": "h00", "at": at},
        base | {"relation_id": "d", "kind": "transfer", "from_id": "h00", "to_id": "not-open-yet", "at": at},
    ]
    found = payments(snapshot([Event(0, 1, 9 * DAY, 7, taken_back=7)], 2, extra=extra))
    expected = {"payments": 1, "reversals": 1, "within_holder": 1, "not_person": 1, "contact": 1, "other": 1}
    assert found.counts == expected


@claim
@given(logs(range(4)), st.lists(st.sampled_from(["chat", "friend", "purchase", "payroll", "loan"]), max_size=9))
def test_other_kinds_change_no_bit(events: tuple[Event, ...], kinds: list[str]) -> None:
    """Chats, purchases and wages between tied persons leave every tie as it was."""
    row = {"from_id": "h01", "to_id": "h00", "amount_minor": 5, "currency": "CNY", "reversed_minor": 0}
    extra = [
        row | {"relation_id": f"z{i}", "kind": kind, "at": AS_OF - timedelta(days=i)} for i, kind in enumerate(kinds)
    ]
    before, after = credit_graph(events, 4).ties, credit_graph(events, 4, extra=extra).ties
    assert before.to_arrow(pa.array("abcd")).equals(after.to_arrow(pa.array("abcd")))


def test_money_is_netted_in_its_own_currency_before_it_is_converted() -> None:
    """100 dollars answered by 99 leave 1 dollar, at the rate of the day on which the 100 were paid."""
    on = [date(2025, 12, 30), date(2025, 12, 31)]
    rates = pa.table(
        {"currency": ["USD"] * 2, "on": on, "rate": pa.array([Decimal(7), Decimal(8)], pa.decimal128(38, 12))}
    )
    events = [Event(0, 1, 2 * DAY, 100, currency="USD"), Event(1, 0, DAY, 99, currency="USD")]
    found = payments(snapshot(events, 2, rates=rates))
    assert (found.gross.tolist(), found.net.tolist()) == ([700, 792], [7, 0])


def test_a_sum_beyond_64_bits_is_refused_with_both_names() -> None:
    """Ten payments of 10^18 do not wrap to a negative number."""
    with pytest.raises(ContractError, match=r"ABORT\(amount_range\): the payments from h00 to h01 add up"):
        credit_graph(monthly(10, 10**18), 2)


def test_a_payment_later_than_the_moment_is_refused() -> None:
    """Ties are made of what was known; later rows are set aside before."""
    found = payments(snapshot(monthly(2), 2))
    with pytest.raises(ValueError, match="payments must not be later than as_of"):
        ties(found, np.ones(2), AS_OF - timedelta(days=1))


def test_a_spending_scale_of_nothing_is_refused() -> None:
    """Nothing is divided by zero."""
    with pytest.raises(ValueError, match=r"scale must be greater than 0; got 0.0 at holder 1"):
        ties(payments(snapshot(monthly(2), 2)), np.array([1.0, 0.0]), AS_OF)


def test_a_hub_of_200_000_counterparties_is_summed_at_once() -> None:
    """No step is quadratic in the counterparties of one holder: this would be 4·10^10 steps."""
    n = 200_000
    both = np.concatenate([np.zeros(n - 1, np.int32), np.arange(1, n, dtype=np.int32)])
    other = np.concatenate([np.arange(1, n, dtype=np.int32), np.zeros(n - 1, np.int32)])
    kept = np.full(2 * n - 2, 100)
    log = both, other, np.zeros(2 * n - 2, np.int32), np.arange(2 * n - 2)
    left = net(*log, kept, 30 * DAY)
    assert left.sum() == 0
    assert net_circles(*log, kept, 30 * DAY).tolist() == kept.tolist()


def test_ties_say_which_column_is_too_short() -> None:
    """All columns have one value per tie."""
    with pytest.raises(ValueError, match=r"g must have 1 values; got shape \(0,\)"):
        Ties([0], [1], [1.0], [], [1], [1], [1], [0], [0])
