"""Do the questions about payments get, on each server, the answer that pandas and NetworkX give?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.inquiry.catalog import load_query
from graph.inquiry.frames import answer_to, fill
from graph.stores.connection import Connection, connect
from graph.stores.settings import StoreSettings
from tests.servers.conftest import wipe
from tests.servers.investigations import accounts, circles, trails
from tests.servers.investigations.answers import assert_same
from tests.servers.investigations.data import Data, fill_database, finbench, mixed, small_town

WIDE = 2_000
"""A cap that nothing here reaches, but ways between hubs."""
ROOM = 6_300
HUB_OUT, HUB_IN, TRIANGLES = "4758053006316932351", "76561193665298918", "4798303927986554731"
PEOPLE = {
    "town": ("ann", "rita", "tom", "uma", "acme", "zoe", "nobody"),
    "finbench": (HUB_OUT, HUB_IN, TRIANGLES, "4818007176356300483", "4910330968717395509", "nobody"),
    "mixed": ("h01.0", "h02.0", "h05.0", "nobody"),
}
PAIRS = {
    "town": (("ann", "bob"), ("rita", "ruth"), ("rita", "rita"), ("ann", "zoe"), ("ann", "nobody"), ("zoe", "tom-2")),
    "mixed": (("h01.0", "h02.0"), ("h05.0", "h03.0")),
    "finbench": (
        *((HUB_OUT, HUB_IN), (HUB_IN, HUB_OUT), (TRIANGLES, "4818007176356300483"), (HUB_OUT, TRIANGLES)),
        *((HUB_OUT, "4910330968717395509"), ("nobody", HUB_OUT), ("lender", HUB_IN)),
    ),
}
WINDOWS = {
    "town": ({}, {"since": datetime(2025, 3, 1, tzinfo=UTC), "until": datetime(2025, 9, 1, tzinfo=UTC)}),
    "mixed": ({}, {"since": datetime(2025, 3, 1, tzinfo=UTC), "until": datetime(2025, 9, 1, tzinfo=UTC)}),
    "finbench": ({}, {"since": datetime(2021, 6, 1, tzinfo=UTC), "until": datetime(2022, 3, 1, tzinfo=UTC)}),
}


@dataclass(frozen=True)
class Case:
    """A portfolio beside the database that holds it."""

    data: Data
    reader: Connection

    @property
    def questions(self) -> list[tuple[str, dict[str, datetime]]]:
        """Each account of interest in each window."""
        return [(name, window) for name in PEOPLE[self.data.name] for window in WINDOWS[self.data.name]]

    def ask(self, question: str, **given: Any) -> list[tuple[Any, ...]]:
        asked = load_query(question)
        return answer_to(self.reader, asked, fill(asked, given)).rows

    def whole(self, question: str, **given: Any) -> list[tuple[Any, ...]]:
        """All rows, without the column that says whether there are more."""
        rows = self.ask(question, limit=WIDE, **given)
        assert not any(row[-1] for row in rows)
        return [row[:-1] for row in rows]


@pytest.fixture(scope="module")
def portfolios(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Data]:
    return {
        "town": small_town(),
        "mixed": mixed(),
        "finbench": finbench(tmp_path_factory.mktemp("finbench") / "tables"),
    }


@pytest.fixture(scope="module", params=["town", "mixed", "finbench"])
def case(request: pytest.FixtureRequest, server: StoreSettings, portfolios: dict[str, Data]) -> Iterator[Case]:
    data = portfolios[request.param]
    with connect(server) as connection:
        fill_database(connection, data, wipe)
    with connect(server, reader=True) as reader:
        yield Case(data, reader)


def test_account_card_counts_payments_and_troubles(case: Case) -> None:
    """Kind, holder, payments both ways and outcomes are those of the tables."""
    for name in PEOPLE[case.data.name]:
        assert_same([row[:-2] for row in case.ask("account-card", id=name)], accounts.account_card(case.data, name))


def test_flow_summary_groups_by_direction_kind_and_currency(case: Case) -> None:
    """Every kind of money has a row, and what was taken back stands beside it."""
    for name, window in case.questions:
        expected = accounts.flow_summary(case.data, name, **window)
        assert_same(case.ask("flow-summary", id=name, **window), expected)
    taken_back = [row[7] for name in PEOPLE[case.data.name] for row in case.ask("flow-summary", id=name)]
    assert any(taken_back) == (case.data.name != "finbench")


def test_top_counterparties_ranks_by_what_went_both_ways(case: Case) -> None:
    """Every counterparty is there, the greatest total first."""
    for name, window in case.questions:
        expected = accounts.top_counterparties(case.data, name, **window)
        assert_same(case.ask("top-counterparties", id=name, limit=WIDE, **window)[:WIDE], _said(expected, WIDE))
    assert case.ask("top-counterparties", id=PEOPLE[case.data.name][0], currency="XXX") == []


def test_threshold_flows_are_the_large_payments(case: Case) -> None:
    """Payments of exactly the threshold count; the largest come first."""
    for name, window in case.questions:
        for minimum in (0, 300_000, 10**9):
            expected = accounts.threshold_flows(case.data, name, minimum, **window)
            answer = case.ask("threshold-flows", id=name, minimum_minor=minimum, limit=WIDE, **window)
            assert_same(answer, _said(expected, WIDE))


def test_ego_network_is_cut_out_of_the_whole_graph(case: Case) -> None:
    """One step and two steps hold the payments NetworkX finds there."""
    for name, window in case.questions:
        for hops in (1, 2):
            expected = circles.ego_network(case.data, name, hops, **window)
            answer = case.ask("ego-network", id=name, hops=hops, limit=10_000, spread=WIDE, **window)
            assert_same(answer, _said(expected, 10_000))


def test_shared_counterparties_and_jaccard_are_those_of_networkx(case: Case) -> None:
    """The common neighbours; one row without any when there are none; nothing for an unknown account."""
    for one, other in PAIRS[case.data.name]:
        for window in WINDOWS[case.data.name]:
            answer = case.whole("shared-counterparties", id=one, other_id=other, **window)
            assert_same(answer, circles.shared_counterparties(case.data, one, other, **window))


def test_similar_accounts_are_the_nearest_of_the_whole_portfolio(case: Case) -> None:
    """With room for all candidates, the ranking is that of comparing with everybody."""
    for name, window in case.questions:
        answer = case.whole("similar-accounts", id=name, candidates=10_000, **window)
        assert_same(answer, circles.similar_accounts(case.data, name, **window)[:WIDE])


def test_three_account_cycles_have_the_sums_of_their_edges(case: Case) -> None:
    """All cycles of three through the account, whatever the order of time."""
    found = []
    for name, window in case.questions:
        found += case.whole("three-account-cycle", id=name, **window)
        expected = circles.three_account_cycle(case.data, name, **window)
        assert_same(case.whole("three-account-cycle", id=name, **window), expected)
    assert found


def test_shortest_money_path_is_the_first_of_the_shortest(case: Case) -> None:
    """Step by step with its sums; no row where there is no way."""
    for one, other in PAIRS[case.data.name]:
        for window in WINDOWS[case.data.name]:
            rows = case.ask("shortest-money-path", id=one, to_id=other, limit=ROOM, **window)
            assert not any(row[-1] for row in rows)
            assert_same([row[:-1] for row in rows], circles.shortest_money_path(case.data, one, other, **window))


def test_money_trails_are_chains_of_later_payments(case: Case) -> None:
    """Every trail of up to four payments, each soon after the one before, no account twice."""
    for name, window in case.questions:
        for hops, days in ((4, 7), (2, 30)):
            expected = trails.money_trail(case.data, name, hops, days, **window)
            assert_same(case.whole("money-trail", id=name, hops=hops, days=days, **window), expected)


def test_decaying_traces_pass_most_of_the_money_on(case: Case) -> None:
    """Trails whose payments stand in the proportion asked for."""
    days = {"town": 40, "mixed": 40, "finbench": 7}[case.data.name]
    found = []
    for name, window in case.questions:
        for share, most in ((0.5, 1.0), (0.9, 1e9)):
            answer = case.whole("decaying-trace", id=name, share=share, most=most, days=days, **window)
            assert_same(answer, trails.decaying_trace(case.data, name, share, most, days, **window))
            found += answer
    assert found


def test_rings_come_back_in_the_order_of_time(case: Case) -> None:
    """Rings of three to six payments, found from their other end."""
    found = []
    for name, window in case.questions:
        for longest, days in ((3, 500), (6, 30)):
            answer = case.whole("rings", id=name, longest=longest, days=days, **window)
            assert_same(answer, trails.rings(case.data, name, longest, days, **window))
            found += answer
    assert found


def test_pooling_finds_payments_out_of_what_many_paid_in(case: Case) -> None:
    """Each payment out beside the payments in before it."""
    payers = {"town": 1, "mixed": 2, "finbench": 3}[case.data.name]
    found = []
    for name, window in case.questions:
        given = {"days": 30, "minimum_payers": payers, "share": 0.2}
        answer = case.whole("pooling", id=name, **given, **window)
        assert_same(answer, trails.pooling(case.data, name, 30, payers, 0.2, **window))
        found += answer
    assert found


def test_fast_in_fast_out_finds_what_left_at_once(case: Case) -> None:
    """Each payment in beside the payments out after it."""
    hours = {"town": 10_000, "mixed": 500, "finbench": 200}[case.data.name]
    found = []
    for name, window in case.questions:
        answer = case.whole("fast-in-fast-out", id=name, hours=hours, share=0.5, **window)
        assert_same(answer, trails.fast_in_fast_out(case.data, name, hours, 0.5, **window))
        found += answer
    assert found


def test_fan_in_fan_out_finds_the_mules_around(case: Case) -> None:
    """Of the account and its counterparties, those who take from many and pass it on to many."""
    least = {"town": 1, "mixed": 2, "finbench": 3}[case.data.name]
    found = []
    for name, window in case.questions:
        given = {"minimum_payers": least, "minimum_payees": least, "share": 0.6}
        answer = case.whole("fan-in-fan-out", id=name, **given, **window)
        assert_same(answer, trails.fan_in_fan_out(case.data, name, least, least, 0.6, **window))
        found += answer
    assert found


LOOSE = {
    "minimum_minor": 0,
    "days": 500,
    "hours": 10_000,
    "share": 0.01,
    "most": 1e9,
    "minimum_payers": 1,
    "minimum_payees": 1,
    "other_id": "28710447624489049",
}
TRAILS = ("money-trail", "decaying-trace", "rings")
CAPPED = {
    "town": ("rita", (*TRAILS, "threshold-flows", "top-counterparties", "ego-network", "fast-in-fast-out")),
    "mixed": ("h01.0", ("threshold-flows", "top-counterparties", "ego-network", "money-trail")),
    "finbench": (
        TRIANGLES,
        ("similar-accounts", "three-account-cycle", "pooling", "fast-in-fast-out", "fan-in-fan-out", "money-trail"),
    ),
}


def test_a_cap_that_bites_says_so_on_every_row(case: Case) -> None:
    """With room for one, what is left says by its last column that it is not all."""
    name, questions = CAPPED[case.data.name]
    for question in questions:
        known = {entry.name for entry in load_query(question).parameters}
        room = {"candidates": 1} if "candidates" in known else {"limit": 1}
        rows = case.ask(question, id=name, **room, **{key: value for key, value in LOOSE.items() if key in known})
        assert rows, question
        assert all(row[-1] is True for row in rows), question


def _said(rows: list[tuple[Any, ...]], limit: int) -> list[tuple[Any, ...]]:
    return [(*row, len(rows) > limit) for row in rows[:limit]]
