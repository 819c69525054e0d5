"""Do the planted persons do what the truth says of them?"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from loaders.simulate import simulate
from loaders.simulate.plan import MIN_RELATIONS, make_plan
from loaders.simulate.planted import planted_rows
from tests.loaders.simulated import AS_OF, Town, when


@pytest.mark.parametrize("group", ["households", "friends"])
def test_households_and_friends_support_each_other_for_months(group: str, town: Town) -> None:
    """Each pair listed sent money both ways in at least six months."""
    months: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in town.credit():
        months[town.owner[row["from_id"]], town.owner[row["to_id"]]].add(row["at"][:7])
    pairs = town.planted[group]["holders"]
    assert len(pairs) > 3
    assert all(len(months[one, other]) >= 6 and len(months[other, one]) >= 6 for one, other in pairs)


def test_payroll_hubs_pay_every_month(town: Town) -> None:
    """The largest hub pays wages in each of the 24 months."""
    hub = town.planted["payroll_hubs"]["accounts"][0]
    paid = {row["at"][:7] for row in town.relations if row["kind"] == "payroll" and row["from_id"] == hub}
    assert len(paid) == 24


@pytest.mark.parametrize(
    "roles",
    [("wash_ring_fresh",), ("wash_ring_aged",), ("sybils_alone",), ("sybils_supported", "sybils_supporter")],
)
def test_no_money_from_outside_reaches_a_ring_or_sybils(roles: tuple[str, ...], town: Town) -> None:
    """Whatever credit money a ring or sybil receives comes from its own members and declared supporter."""
    inside = town.accounts_of(*roles)
    payers = {row["from_id"] for row in town.credit() if row["to_id"] in inside}
    assert payers
    assert payers <= inside


@pytest.mark.parametrize("role", ["wash_ring_fresh", "sybils_supported", "sybils_alone"])
def test_fresh_accounts_have_no_history(role: str, town: Town) -> None:
    """Fresh rings and sybils have history_months 0."""
    accounts = town.accounts_of(role)
    history = {row["history_months"] for row in town.rows("profiles") if row["account_id"] in accounts}
    assert history == {"0"}


def test_the_trickster_gets_everything_back_within_thirty_days(town: Town) -> None:
    """Each payment to the returner comes back by transfers, each to the other by a reversal, all within 30 days."""
    trickster, returner, taken = (
        town.accounts_of(name) for name in ("refund_trickster", "refund_returner", "refund_reversed")
    )
    open_minor, oldest = 0, AS_OF
    for row in town.credit():
        minor = int(row["amount"].replace(".", ""))
        if row["from_id"] in trickster and row["to_id"] in returner:
            assert open_minor == 0
            open_minor, oldest = minor, when(row)
        if row["from_id"] in returner:
            assert when(row) - oldest < timedelta(days=30)
            open_minor -= minor
    assert open_minor == 0
    paid = {row["relation_id"]: row for row in town.credit() if row["to_id"] in taken}
    back = {row["reverses"]: row for row in town.credit() if row["from_id"] in taken}
    assert paid.keys() == back.keys()
    assert len({row["from_id"] for row in paid.values()}) == 2
    assert all(back[name]["amount"] == row["amount"] for name, row in paid.items())


def test_reversals_swap_the_parties_of_an_earlier_payment(town: Town) -> None:
    """Every reversal has kind, currency and swapped accounts of an original that is older and not smaller."""
    known = {row["relation_id"]: row for row in town.relations}
    reversals = [row for row in town.relations if row["reverses"]]
    assert len(reversals) > 60
    for row in reversals:
        original = known[row["reverses"]]
        expected = (original["kind"], original["currency"], original["to_id"], original["from_id"])
        assert (row["kind"], row["currency"], row["from_id"], row["to_id"]) == expected
        assert (original["at"], original["relation_id"]) < (row["at"], row["relation_id"])
        assert Decimal(row["amount"]) <= Decimal(original["amount"])


def test_many_payers_grieve_one_victim(town: Town) -> None:
    """Eight payers send the thin-file victim money month after month, and it has an honest friend as well."""
    victim = town.accounts_of("griefing_victim")
    payers = Counter(town.owner[row["from_id"]] for row in town.credit() if row["to_id"] in victim)
    expected = {*town.planted["griefing_payer"]["holders"], *town.planted["griefing_friend"]["holders"]}
    assert set(payers) == expected
    assert min(payers.values()) >= 40


def test_defaulters_defaulted_before_as_of_and_were_sent_money(town: Town) -> None:
    """Each defaulter has an outcome before as_of, and its two vouchers sent it money in every month."""
    told = town.planted["defaulter"]
    defaults = {row["account_id"]: when(row) for row in town.rows("outcomes") if row["kind"] == "default"}
    for account, vouchers in told["vouched_by_accounts"].items():
        assert defaults[account] < AS_OF
        months = [{row["at"][:7] for row in town.credit() if (row["from_id"], row["to_id"]) == (voucher, account)}
                  for voucher in vouchers]  # fmt: skip
        assert [len(found) for found in months] == [24, 24]


def test_the_newcomer_is_supported_and_sends_nothing_back(town: Town) -> None:
    """The newcomer's credit money comes from its supporter alone, in eight months, and none goes back."""
    newcomer, supporter = town.accounts_of("newcomer"), town.accounts_of("newcomer_supporter")
    received = [row for row in town.credit() if row["to_id"] in newcomer]
    assert {row["from_id"] for row in received} == supporter
    assert len({row["at"][:7] for row in received}) == 8
    assert not [row for row in town.credit() if row["from_id"] in newcomer]


def test_the_stranger_has_contacts_and_no_money(town: Town) -> None:
    """All of the stranger's relations are contacts."""
    stranger = town.accounts_of("stranger")
    kinds = {row["kind"] for row in town.relations if {row["from_id"], row["to_id"]} & stranger}
    assert kinds == {"chat", "friend", "nearby", "shake"}


def test_the_smallest_portfolio_has_every_part(tmp_path: Path) -> None:
    """A hundred accounts and no word about relations still hold each planted role, pair, hub and shop."""
    planted = simulate(tmp_path, accounts=100)["planted"]
    assert [role for role, told in planted.items() if not told["accounts"]] == []


def test_the_planted_need_no_more_than_the_least_log() -> None:
    """All planted relations fit into the smallest log that can be asked for."""
    plan = make_plan(300, MIN_RELATIONS, 120, 7, AS_OF)
    assert 2_000 < sum(len(planted_rows(plan, month, 0, 0)) for month in range(120)) <= MIN_RELATIONS
