"""Is the simulated portfolio what it says: exact in number, the same to the byte, accepted whole, with its truths?"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import loaders
from loaders.contract import RELATION_KINDS, SOURCES
from loaders.errors import UnavailableError, UsageError
from loaders.features import features
from loaders.simulate import simulate
from loaders.simulate.plan import MIN_RELATIONS, make_plan
from loaders.simulate.planted import ROLES, planted_rows

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
SMALL = {"accounts": 900, "relations": 25_003}
Row = dict[str, str]


class Town:
    """A simulated portfolio in CSV, with its rows as text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth: dict[str, Any] = simulate(folder, **SMALL)
        self.planted: dict[str, Any] = self.truth["planted"]
        self.owner = {row["account_id"]: row["holder_id"] or row["account_id"] for row in self.rows("accounts")}
        self.relations = self.rows("relations")

    def rows(self, table: str) -> list[Row]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def credit(self) -> list[Row]:
        return [row for row in self.relations if row["kind"] in ("transfer", "pay_on_behalf")]

    def accounts_of(self, *roles: str) -> set[str]:
        holders = {holder for role in roles for holder in self.planted[role]["holders"]}
        return {account for account, holder in self.owner.items() if holder in holders}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    simulate(folder, **SMALL, format="parquet")
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def when(row: Row) -> datetime:
    return datetime.fromisoformat(row["at"])


def test_the_same_arguments_give_the_same_bytes(town: Town, tmp_path: Path) -> None:
    """Simulating twice writes the same files to the byte, truth included."""
    simulate(tmp_path, **SMALL)
    assert digests(tmp_path) == digests(town.folder)


def test_parquet_has_the_same_bytes_again(parquet: Path, tmp_path: Path) -> None:
    """Parquet files are equal to the byte as well."""
    simulate(tmp_path, **SMALL, format="parquet")
    assert digests(tmp_path) == digests(parquet)


def test_another_seed_gives_another_log(town: Town, tmp_path: Path) -> None:
    """The seed decides: with another one the log differs."""
    simulate(tmp_path, **SMALL, seed=8)
    assert digests(tmp_path)["relations.csv"] != digests(town.folder)["relations.csv"]


def test_there_are_exactly_as_many_rows_as_asked_for(town: Town) -> None:
    """Accounts and relations are exactly those asked for, each with an id of its own."""
    expected = (SMALL["accounts"], SMALL["relations"])
    assert (len(town.owner), len({row["relation_id"] for row in town.relations})) == expected
    assert len(town.relations) == SMALL["relations"]


@pytest.mark.parametrize(
    ("accounts", "relations", "months"), [(100, 3_000, 6), (300, 7_777, 120), (1_000, 4_001, 24), (450, 30_000, 12)]
)
def test_the_number_of_relations_is_exact_for_every_shape(
    accounts: int, relations: int, months: int, tmp_path: Path
) -> None:
    """Few or many relations per account, short or long logs: the number is exact and nothing is refused."""
    simulate(tmp_path, accounts=accounts, relations=relations, months=months)
    tables = loaders.read(tmp_path)
    assert tables.counts["relations"].accepted == relations
    assert tables.rejects.num_rows == 0


def test_the_gate_accepts_every_record(town: Town) -> None:
    """All six tables pass the contract without one reject."""
    tables = loaders.read(town.folder)
    assert tables.reasons().to_pylist() == []
    assert all(counts.accepted == counts.records > 0 for counts in tables.counts.values())


def test_csv_and_parquet_hold_the_same_content(town: Town, parquet: Path) -> None:
    """Decimal text and integer minor units are the same portfolio once read."""
    assert loaders.fingerprint(loaders.read(parquet)) == loaders.fingerprint(loaders.read(town.folder))


def test_a_large_log_comes_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log too large for one file becomes a folder of parts whose rows are those of the one file."""
    simulate(tmp_path / "one", **SMALL, format="parquet")
    monkeypatch.setattr("loaders.simulate.portfolio.ONE_FILE_RELATIONS", 10_000)
    simulate(tmp_path / "parts", **SMALL, format="parquet")
    assert len(list((tmp_path / "parts" / "relations").iterdir())) == 24
    one, parts = (loaders.fingerprint(loaders.read(tmp_path / name)) for name in ("one", "parts"))
    assert parts == one


def test_months_in_several_parts_keep_the_number_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month made in parts, as for 100 million relations, has the same number of relations and no reject."""
    monkeypatch.setattr("loaders.simulate.plan.ROWS_PER_PART", 400)
    truth = simulate(tmp_path, **SMALL)
    assert sum(truth["totals"]["relations"].values()) == SMALL["relations"]
    assert loaders.read(tmp_path).rejects.num_rows == 0


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


def test_the_smallest_portfolio_has_every_part(tmp_path: Path) -> None:
    """A hundred accounts and no word about relations still hold each planted role, pair, hub and shop."""
    planted = simulate(tmp_path, accounts=100)["planted"]
    assert [role for role, told in planted.items() if not told["accounts"]] == []


def test_the_planted_need_no_more_than_the_least_log() -> None:
    """All planted relations fit into the smallest log that can be asked for."""
    plan = make_plan(300, MIN_RELATIONS, 120, 7, AS_OF)
    assert 2_000 < sum(len(planted_rows(plan, month, 0, 0)) for month in range(120)) <= MIN_RELATIONS


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    """Progress is told month by month and ends at the relations asked for."""
    told: list[tuple[int, int]] = []
    simulate(tmp_path, accounts=300, relations=5_000, progress=lambda done, total: told.append((done, total)))
    assert len(told) == 24
    assert told[-1] == (5_000, 5_000)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"accounts": 99}, "accounts must be in 100..50000000; got 99"),
        ({"relations": 2_999}, "relations must be in 3000..2000000000; got 2999"),
        ({"months": 5}, "months must be in 6..120; got 5"),
        ({"seed": -1}, "seed must be in"),
        ({"format": "xlsx"}, "format must be one of csv, parquet; got 'xlsx'"),
        ({"as_of": datetime(2026, 1, 1)}, "as_of must have an offset"),  # noqa: DTZ001 (the fault under test)
        ({"as_of": datetime(1999, 1, 1, tzinfo=UTC)}, "the year of as_of must be in 2005..2098; got 1999"),
    ],
)
def test_wrong_arguments_are_told(wrong: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    """An argument out of range is refused with its name, its range and what was given."""
    with pytest.raises(UsageError, match=sentence):
        simulate(tmp_path, **wrong)


def test_tables_of_someone_else_are_not_overwritten(tmp_path: Path) -> None:
    """A folder with tables that no simulation wrote is refused and stays as it is."""
    (tmp_path / "rates.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"holds rates.csv and no truth.json"):
        simulate(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["rates.csv"]


def test_a_new_simulation_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """Tables of another format are gone afterwards, other files stay."""
    simulate(tmp_path, accounts=300, relations=4_000)
    (tmp_path / "renmai.toml").write_text("")
    simulate(tmp_path, accounts=300, relations=4_000, format="parquet")
    names = {path.name for path in tmp_path.iterdir()}
    assert {path for path in names if path.endswith(".csv")} == set()
    assert {"renmai.toml", "truth.json", "accounts.parquet", "relations.parquet"} <= names


def test_an_interrupted_simulation_leaves_the_old_one(tmp_path: Path) -> None:
    """Stopped while it writes, a simulation changes no file and leaves none behind."""
    simulate(tmp_path, accounts=300, relations=4_000)
    expected = digests(tmp_path)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, accounts=400, relations=4_000, progress=stop)
    assert digests(tmp_path) == expected


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A place where no folder can be made is an error that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="can't be written"):
        simulate(tmp_path / "file" / "town", **SMALL)


def test_truth_json_is_what_is_returned(town: Town) -> None:
    """The file beside the tables holds what the function returned."""
    assert json.loads((town.folder / "truth.json").read_text(encoding="utf-8")) == town.truth
