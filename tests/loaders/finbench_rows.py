"""What does FinBench's sample hold, and what did the import make of it?"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import loaders
from loaders.finbench import convert
from loaders.finbench.sample import FILES

SAMPLE = Path(__file__).parents[1] / "data" / "finbench"
Row = dict[str, str]
ENDS = ("fromId", "toId", "investorId")
END = {
    "AccountTransferAccount": dict.fromkeys(ENDS, "account"),
    "AccountWithdrawAccount": dict.fromkeys(ENDS, "account"),
    "PersonGuaranteePerson": dict.fromkeys(ENDS, "person"),
    "CompanyGuaranteeCompany": dict.fromkeys(ENDS, "company"),
    "PersonInvestCompany": dict.fromkeys(ENDS, "person"),
    "CompanyInvestCompany": dict.fromkeys(ENDS, "company"),
}
"""Of whom the columns of a file speak that name nobody by themselves."""


def original(name: str) -> list[Row]:
    with gzip.open(SAMPLE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="|"))


def write_part(folder: Path, accounts: int = 150) -> Path:
    """Cut a whole small sample out of the large one: some accounts, what touches them, and what is between that."""
    kept = {"account": {row["accountId"] for row in original("Account")[:accounts]}}
    of = {"accountId": "account", "loanId": "loan", "personId": "person", "companyId": "company", "mediumId": "medium"}
    for name in (
        "LoanDepositAccount",
        "AccountRepayLoan",
        "PersonOwnAccount",
        "CompanyOwnAccount",
        "MediumSignInAccount",
    ):
        for row in original(name):
            if row["accountId"] in kept["account"]:
                for column, kind in of.items():
                    if column in row:
                        kept.setdefault(kind, set()).add(row[column])
    folder.mkdir()
    for name, columns in FILES.items():
        ends = [(column, of.get(column) or END[name][column]) for column in columns if column in of or column in ENDS]
        rows = [row for row in original(name) if all(row[column] in kept[kind] for column, kind in ends)]
        lines = ["|".join(columns), *("|".join(row[column] for column in columns) for row in rows)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


class Imported:
    """The converted sample: counts, rows as text, and what the gate makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: dict[str, Any] = convert(SAMPLE, folder)
        self.tables = loaders.read(folder)

    def rows(self, table: str) -> list[Row]:
        with (self.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
