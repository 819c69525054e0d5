"""Is the simulated town like a town: its persons, profiles, consents, rates and hours?"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import loaders
from loaders.contract import RELATION_KINDS, SOURCES
from loaders.features import features
from loaders.simulate import simulate
from loaders.simulate.planted import ROLES
from tests.loaders.simulated import AS_OF, Town, when


def test_the_truth_counts_relations_and_money_as_the_files_do(town: Town) -> None:
    """Relations per kind, reversals and minor units per currency and kind are those of the file."""
    counts = Counter(row["kind"] for row in town.relations)
    money: dict[str, Counter[str]] = defaultdict(Counter)
    for row in town.relations:
        if row["currency"]:
            money[row["currency"]][row["kind"]] += int(row["amount"].replace(".", ""))
    actual = town.truth["totals"]
    assert actual["relations"] == {kind: counts[kind] for kind in RELATION_KINDS}
    assert actual["amount_minor"] == {name: dict(money[name]) for name in actual["amount_minor"]}
    assert actual["reversals"] == sum(row["reverses"] != "" for row in town.relations)


def test_truth_json_is_what_is_returned(town: Town) -> None:
    """The file beside the tables holds what the function returned."""
    assert json.loads((town.folder / "truth.json").read_text(encoding="utf-8")) == town.truth


def test_every_kind_of_relation_happens(town: Town) -> None:
    """No kind of the contract is missing from the log."""
    assert {row["kind"] for row in town.relations} == set(RELATION_KINDS)


def test_the_log_ends_before_as_of_and_outcomes_go_on(town: Town) -> None:
    """Relations are of the 24 months before as_of; outcomes lie on both sides of it."""
    times = [when(row) for row in town.relations]
    assert datetime(2024, 1, 1, tzinfo=UTC) <= min(times)
    assert max(times) < AS_OF
    after = [when(row) > AS_OF for row in town.rows("outcomes")]
    assert any(after)
    assert not all(after)


def test_about_a_third_of_the_persons_is_thin(town: Town) -> None:
    """Between 30 and 40 percent have less than 12 months of history, as the truth says."""
    holders = {town.owner[row["account_id"]]: int(row["history_months"]) for row in town.rows("profiles")}
    share = sum(months < 12 for months in holders.values()) / len(holders)
    assert 0.30 < town.planted["thin"]["share"] < 0.40
    assert share == pytest.approx(town.planted["thin"]["share"], abs=0.01)


def test_profiles_have_every_feature(town: Town) -> None:
    """The columns are the features of the contract and the spending scale, no other."""
    expected = {"account_id", "known_at", "spending_scale"} | {feature.name for feature in features()}
    assert set(town.rows("profiles")[0]) == expected


def test_some_values_are_missing_but_none_of_the_planted(town: Town) -> None:
    """Ordinary profiles have gaps, planted ones have none, and history and scale are always there."""
    gaps = {row["account_id"] for row in town.rows("profiles") if "" in row.values()}
    assert gaps
    assert not gaps & town.accounts_of(*ROLES)
    assert all(row["history_months"] and int(row["spending_scale"]) > 0 for row in town.rows("profiles"))


def test_holders_of_several_accounts_use_them(town: Town) -> None:
    """Holders listed with several accounts have them, and further accounts take part in the log."""
    accounts = Counter(town.owner.values())
    assert all(accounts[holder] > 1 for holder in town.planted["several_accounts"]["holders"])
    first = {row["account_id"] for row in town.rows("consents")}
    used = {row["from_id"] for row in town.credit()}
    persons = {row["account_id"] for row in town.rows("accounts") if row["kind"] == "person"}
    assert used & (persons - first)


def test_consents_are_withdrawn_by_some_and_by_no_planted_one(town: Town) -> None:
    """The withdrawals listed are the false rows; planted persons keep all five sources."""
    withdrawn = {(row["account_id"], row["source"]) for row in town.rows("consents") if row["granted"] == "false"}
    told = town.planted["consents_withdrawn"]
    assert set(zip(told["accounts"], told["sources"], strict=True)) == withdrawn
    granted = Counter(row["account_id"] for row in town.rows("consents") if row["granted"] == "true")
    cast = [account for role in ROLES for account in town.planted[role]["accounts"]]
    assert {granted[account] for account in cast} == {len(SOURCES)}
    assert not {account for account, _ in withdrawn} & set(cast)


def test_rates_are_those_that_the_log_needs(town: Town) -> None:
    """There is a rate for each foreign currency and day of the log, and no other."""
    expected = {(row["currency"], row["at"][:10]) for row in town.relations if row["currency"] not in ("", "CNY")}
    assert {(row["currency"], row["on"]) for row in town.rows("rates")} == expected
    assert {currency for currency, _ in expected} == {"USD", "HKD", "JPY"}


def test_activity_is_heavy_tailed(town: Town) -> None:
    """The busiest tenth of the persons makes more than a third of the purchases."""
    busy = sorted(Counter(row["from_id"] for row in town.relations if row["kind"] == "purchase").values(), reverse=True)
    assert sum(busy[: len(busy) // 10]) > sum(busy) / 3


def test_nobody_wakes_the_town_at_night(town: Town) -> None:
    """New relations happen between 08:00 and 24:00 at UTC+8; returns may come at any time."""
    hours = {when(row).hour for row in town.relations if row["kind"] != "refund" and not row["reverses"]}
    assert max(hours) < 16


def test_wages_are_not_paid_on_weekends(town: Town) -> None:
    """A pay day on a weekend moves to the Friday before."""
    days = Counter(date.fromisoformat(row["at"][:10]).weekday() for row in town.relations if row["kind"] == "payroll")
    assert days[5] + days[6] == 0


def test_better_quality_means_fewer_later_outcomes(tmp_path: Path) -> None:
    """Persons of the better half by repayments on time have at most half of the later outcomes."""
    simulate(tmp_path, accounts=5000, relations=5000)
    tables = loaders.read(tmp_path)
    profiles = tables.profiles.to_pandas().dropna(subset=["on_time_rate"])
    after = tables.outcomes.to_pandas().query("at > @AS_OF")
    bad = profiles.account_id.isin(after.account_id)
    better = profiles.on_time_rate > profiles.on_time_rate.median()
    assert 0 < (bad & better).sum() < (bad & ~better).sum() / 2
