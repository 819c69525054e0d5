"""Which relations of our contract stand in the files of a FinBench sample?

Guarantees and investments are between persons and companies and have no amount: they go between the first accounts of
both, with the smallest amount that the contract knows, 0.01, which stands for "none stated". Neither is ever a tie.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal

from loaders.finbench.dimensions import utc
from loaders.finbench.ownership import LENDER, Ownership
from loaders.finbench.sample import Row, Sample

COLUMNS = ("relation_id", "kind", "from_id", "to_id", "amount", "currency", "at")
CURRENCY = "CNY"
NONE_STATED = "0.01"
CENT = Decimal("0.01")
# Enough digits that no sum of stated amounts is ever rounded.
EXACT = Context(prec=100)

# file, kind, columns of the two accounts; loans have one account, the other side is the lender
MONEY_FILES = (
    ("AccountTransferAccount", "transfer", "fromId", "toId"),
    ("AccountWithdrawAccount", "withdrawal", "fromId", "toId"),
    ("LoanDepositAccount", "loan", "", "accountId"),
    ("AccountRepayLoan", "repayment", "accountId", ""),
)
# file, kind, columns and kinds of the two holders
HOLDER_FILES = (
    ("PersonGuaranteePerson", "guarantee", "fromId", "person", "toId", "person"),
    ("CompanyGuaranteeCompany", "guarantee", "fromId", "company", "toId", "company"),
    ("PersonInvestCompany", "investment", "investorId", "person", "companyId", "company"),
    ("CompanyInvestCompany", "investment", "investorId", "company", "companyId", "company"),
)


@dataclass
class Tally:
    """What was written, left out and rounded, while the relations go by."""

    written: Counter[str] = field(default_factory=Counter)
    rounded: Counter[str] = field(default_factory=Counter)
    to_itself: Counter[str] = field(default_factory=Counter)
    without_account: Counter[str] = field(default_factory=Counter)
    stated_money: dict[str, Decimal] = field(default_factory=dict)
    written_money: dict[str, Decimal] = field(default_factory=dict)

    def count(self, kind: str, payer: str, payee: str) -> None:
        """Count one written relation."""
        self.written[kind] += 1
        self.to_itself[kind] += payer == payee

    def add(self, kind: str, stated: Decimal, written: Decimal) -> None:
        """Add one amount, as stated and as written."""
        self.rounded[kind] += stated != written
        self.stated_money[kind] = EXACT.add(self.stated_money.get(kind, Decimal(0)), stated)
        self.written_money[kind] = EXACT.add(self.written_money.get(kind, Decimal(0)), written)


def relation_rows(sample: Sample, owners: Ownership, tally: Tally) -> list[tuple[str, ...]]:
    """Make the rows of ``relations``; ids name the file's kind and data row, such as ``transfer-00000001``."""
    return [*_between_accounts(sample, tally), *_between_holders(sample, owners, tally)]


def _between_accounts(sample: Sample, tally: Tally) -> Iterator[tuple[str, ...]]:
    for file, kind, from_column, to_column in MONEY_FILES:
        for number, row in enumerate(sample[file], start=1):
            payer, payee = row.get(from_column, LENDER), row.get(to_column, LENDER)
            stated = Decimal(row["amount"])
            written = stated.quantize(CENT, ROUND_HALF_EVEN, EXACT)
            tally.count(kind, payer, payee)
            tally.add(kind, stated, written)
            yield _row(f"{kind}-{number:08d}", kind, payer, payee, str(written), row)


def _between_holders(sample: Sample, owners: Ownership, tally: Tally) -> Iterator[tuple[str, ...]]:
    for file, kind, from_column, from_kind, to_column, to_kind in HOLDER_FILES:
        for number, row in enumerate(sample[file], start=1):
            payer = owners.first_account.get(f"{from_kind}:{row[from_column]}")
            payee = owners.first_account.get(f"{to_kind}:{row[to_column]}")
            if payer is None or payee is None:
                tally.without_account[kind] += 1
                continue
            tally.count(kind, payer, payee)
            yield _row(f"{kind}-{from_kind}-{number:08d}", kind, payer, payee, NONE_STATED, row)


def _row(name: str, kind: str, payer: str, payee: str, amount: str, row: Row) -> tuple[str, ...]:
    return (name, kind, payer, payee, amount, CURRENCY, utc(row["createTime"]))
