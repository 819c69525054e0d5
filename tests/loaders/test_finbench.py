"""Does the FinBench sample become our tables with every row written or counted, and all money exact to the rounding?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

import loaders
from loaders.finbench import convert
from loaders.finbench.dimensions import profile_rows
from loaders.finbench.ownership import find_owners
from loaders.finbench.sample import FILES, Sample
from tests.loaders.finbench_rows import SAMPLE, Imported, original

ROWS = {
    "Account": 6200, "Person": 1957, "Company": 967, "Medium": 1464, "Loan": 3465, "PersonOwnAccount": 4185,
    "CompanyOwnAccount": 2015, "AccountTransferAccount": 37861, "AccountWithdrawAccount": 42069,
    "AccountRepayLoan": 8398, "LoanDepositAccount": 8481, "PersonApplyLoan": 2324, "CompanyApplyLoan": 1141,
    "PersonGuaranteePerson": 916, "CompanyGuaranteeCompany": 435, "PersonInvestCompany": 3394,
    "CompanyInvestCompany": 1640, "MediumSignInAccount": 5146,
}  # fmt: skip


def test_all_132058_rows_are_read(imported: Imported) -> None:
    """Each of the 18 files has the number of rows that its makers name."""
    assert imported.counts["files"] == {name: ROWS[name] for name in FILES}
    assert sum(ROWS.values()) == 132_058


def test_every_row_about_money_or_trust_is_a_relation_or_counted(imported: Imported) -> None:
    """Per kind, relations written and those without an account add up to the rows of the files."""
    told = imported.counts["relations"]
    expected = {
        "transfer": 37_861, "withdrawal": 42_069, "loan": 8_481, "repayment": 8_398,
        "guarantee": 916 + 435, "investment": 3_394 + 1_640,
    }  # fmt: skip
    assert dict(Counter(told["written"]) + Counter(told["without_account"])) == expected
    assert Counter(row["kind"] for row in imported.rows("relations")) == told["written"]


def test_the_edges_of_the_sample_are_counted(imported: Imported) -> None:
    """42 owners missing from Person, 33 persons without account: 1,957 + 42 - 33 = 1,966 persons own accounts."""
    told = imported.counts["holders"]
    assert told["persons_missing_from_person_file"] == 42
    assert told["persons_without_account"] == 33
    assert told["persons_with_account"] == 1957 + 42 - 33 == 1966
    assert told["accounts_without_owner"] == told["further_owners_ignored"] == 0


def test_each_person_who_owns_an_account_is_a_person_and_companies_are_not(imported: Imported) -> None:
    """1,966 holders are persons, 981 companies are institutions, and the lender is one more."""
    kinds = {row["holder_id"] or row["account_id"]: row["kind"] for row in imported.rows("accounts")}
    assert Counter(kinds.values()) == {"person": 1966, "institution": 981 + 1}
    assert all(holder.startswith("person:") == (kind == "person") for holder, kind in kinds.items())


def test_ids_of_persons_and_companies_never_meet(imported: Imported) -> None:
    """37 numbers name a person and a company; they stay two holders each."""
    persons = {row["personId"] for row in original("Person")}
    both = persons & {row["companyId"] for row in original("Company")}
    holders = {row["holder_id"] for row in imported.rows("accounts")}
    assert len(both) == 37
    assert any({f"person:{number}", f"company:{number}"} <= holders for number in both)


def test_ids_are_kept_to_the_last_digit(imported: Imported) -> None:
    """Account ids fit in no float; all 6,200 come out as they went in."""
    expected = {row["accountId"] for row in original("Account")}
    assert {row["account_id"] for row in imported.rows("accounts")} == expected | {"lender"}
    assert any(str(int(float(name))) != name for name in expected)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("transfer", "AccountTransferAccount"),
        ("withdrawal", "AccountWithdrawAccount"),
        ("loan", "LoanDepositAccount"),
        ("repayment", "AccountRepayLoan"),
    ],
)
def test_money_is_exact_to_the_rounding(kind: str, name: str, imported: Imported) -> None:
    """Each amount is its original rounded half to even to two decimals; totals and changes are told exactly."""
    stated = [Decimal(row["amount"]) for row in original(name)]
    expected = [amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN) for amount in stated]
    actual = [Decimal(row["amount"]) for row in imported.rows("relations") if row["kind"] == kind]
    assert actual == expected
    told = imported.counts["relations"]
    assert told["rounded"][kind] == sum(one != other for one, other in zip(stated, expected, strict=True))
    assert Decimal(told["money"][kind]["written"]) == sum(expected)
    assert abs(Decimal(told["money"][kind]["stated"]) - sum(expected)) <= Decimal("0.005") * len(expected)


def test_half_cents_go_to_the_even_cent(small: Callable[..., Path], tmp_path: Path) -> None:
    """2.345 becomes 2.34 and 2.355 becomes 2.36."""
    source = small(AccountTransferAccount=["1|2|2.345|2021-01-01 00:00:00", "2|1|2.355|2021-01-02 00:00:00"])
    convert(source, tmp_path / "out")
    amounts = [line.split(",")[4] for line in (tmp_path / "out" / "relations.csv").read_text().splitlines()[1:]]
    assert amounts == ["2.34", "2.36"]


def test_guarantees_have_the_smallest_amount(imported: Imported) -> None:
    """FinBench states no amount of guarantees and investments: 0.01 stands for it, and neither is a tie."""
    amounts = {row["amount"] for row in imported.rows("relations") if row["kind"] in ("guarantee", "investment")}
    assert amounts == {"0.01"}


def test_loans_come_from_the_lender_and_go_back_to_it(imported: Imported) -> None:
    """The institution that lends pays every loan and receives every repayment, and does nothing else."""
    sides = {(row["kind"], row["from_id"] == "lender", row["to_id"] == "lender") for row in imported.rows("relations")}
    assert {side for side in sides if side[1] or side[2]} == {("loan", True, False), ("repayment", False, True)}


def test_relation_ids_name_the_row_of_the_file(imported: Imported) -> None:
    """The id of a relation leads back to the row it came from."""
    row = next(row for row in imported.rows("relations") if row["relation_id"] == "repayment-00000002")
    expected = original("AccountRepayLoan")[1]
    assert (row["from_id"], row["at"]) == (expected["accountId"], "2020-07-30T00:33:43.376+00:00")


def test_311_blocked_accounts_are_outcomes_known_at_the_end(imported: Imported) -> None:
    """Each blocked account is an outcome of severity 1 at the last time that the sample names."""
    last = max(row["createTime"] for name in FILES for row in original(name)).replace(" ", "T")
    blocked = {row["accountId"] for row in original("Account") if row["isBlocked"] == "true"}
    rows = imported.rows("outcomes")
    assert len(rows) == imported.counts["outcomes"]["blocked"] == 311
    assert {row["account_id"] for row in rows} == blocked
    assert {(row["kind"], row["severity"], row["at"]) for row in rows} == {("blocked", "1", f"{last}+00:00")}
    assert imported.counts["outcomes"]["medium_blocked_counted_only"] == 79


def test_only_relations_of_an_account_with_itself_are_refused(imported: Imported) -> None:
    """The one transfer and the one investment to the own account are refused by the gate and reported, nothing else."""
    assert imported.counts["relations"]["to_itself"] == {"transfer": 1, "investment": 1}
    assert imported.tables.reasons().to_pylist() == [{"table": "relations", "reason": "self_transfer", "count": 2}]
    loaders.check_rates(imported.tables, loaders.LoadSettings())


def test_1966_persons_are_there_on_new_year_2023(imported: Imported) -> None:
    """Seen on 2023-01-01 every owner of an account is a person with a profile, and nothing lies after it."""
    snapshot = loaders.at(imported.tables, datetime(2023, 1, 1, tzinfo=UTC))
    assert sum(snapshot.holders["person"].to_pylist()) == 1966
    assert snapshot.profiles.num_rows == 1966
    assert {counts["after_as_of"] for counts in snapshot.counts.values()} == {0}


def test_dimensions_are_shares_and_blank_without_a_loan(imported: Imported) -> None:
    """Values lie in 0..1; who had no loan paid out has the first three blank, and identity always."""
    rows = imported.rows("profiles")
    names = ("credit_history", "ability", "behaviour", "identity")
    assert all(0 <= Decimal(row[name]) <= 1 for row in rows for name in names if row[name])
    assert sum(row["credit_history"] == "" for row in rows) == imported.counts["profiles"]["without_loan"] == 898
    assert all((row["ability"] == "") == (row["credit_history"] == "") for row in rows)
    assert all(row["identity"] for row in rows)


def test_dimensions_follow_their_rule() -> None:
    """One loan of 100 with 50 back in one of four months: 1.5 / 3, 50 / 50,000,050, 1 / 4."""
    sample: Sample = {name: [] for name in FILES}
    time = "2021-01-01 00:00:00"
    sample["Person"] = [{"personId": "7", "personName": "P", "isBlocked": "false", "createTime": time}]
    sample["Account"] = [{"accountId": "1", "createTime": time, "isBlocked": "false", "accoutType": "x"}]
    sample["PersonOwnAccount"] = [{"personId": "7", "accountId": "1", "createTime": time}]
    sample["PersonApplyLoan"] = [{"personId": "7", "loanId": "9", "createTime": time}]
    sample["LoanDepositAccount"] = [{"loanId": "9", "accountId": "1", "amount": "100.0", "createTime": time}]
    sample["AccountRepayLoan"] = [
        {"accountId": "1", "loanId": "9", "amount": "50.0", "createTime": "2021-02-10 00:00:00"}
    ]
    sample["Medium"] = [{"mediumId": "3", "mediumType": "x", "isBlocked": "false", "createTime": "2021-04-11 00:00:00"}]
    expected = ("1", "2021-04-11T00:00:00+00:00", "0.5000", "0.0000", "0.2500", "0.5625", "3", "1250")
    assert profile_rows(sample, find_owners(sample)) == [expected]


def test_converting_again_gives_the_same_bytes(imported: Imported, tmp_path: Path) -> None:
    """A second conversion writes the same files."""
    convert(SAMPLE, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        path.name: path.read_bytes() for path in imported.folder.iterdir()
    }
