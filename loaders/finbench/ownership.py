"""Who holds which account of a FinBench sample?

Persons and companies number themselves apart, so the same number may name both: holders are ``person:N`` and
``company:N``. Companies are institutions here, not merchants: they borrow, guarantee and invest, and no file of
FinBench is about sales.
"""

from __future__ import annotations

from dataclasses import dataclass

from loaders.finbench.sample import Sample

LENDER = "lender"


@dataclass(frozen=True)
class Ownership:
    """Holder of each account, and the oldest account and its time of opening for each holder."""

    holder: dict[str, str]
    first_account: dict[str, str]
    first_opened: dict[str, str]

    def persons(self) -> list[str]:
        """Holders that are persons, in order of their ids."""
        return sorted(holder for holder in self.first_account if holder.startswith("person:"))


def find_owners(sample: Sample) -> Ownership:
    """Find the holder of each account; the first owner in file order stands, persons before companies."""
    holder: dict[str, str] = {}
    for file, kind in (("PersonOwnAccount", "person"), ("CompanyOwnAccount", "company")):
        for row in sample[file]:
            holder.setdefault(row["accountId"], f"{kind}:{row[f'{kind}Id']}")
    first: dict[str, tuple[str, str]] = {}
    for row in sample["Account"]:
        mine = (row["createTime"], row["accountId"])
        owner = holder.get(row["accountId"])
        if owner is not None:
            first[owner] = min(first.get(owner, mine), mine)
    accounts = {owner: account for owner, (_, account) in first.items()}
    return Ownership(holder, accounts, {owner: opened for owner, (opened, _) in first.items()})


def account_rows(sample: Sample, owners: Ownership) -> list[tuple[str, str, str, str]]:
    """Make the rows of ``accounts``: account_id, holder_id, kind, opened_on; last the one that lends.

    FinBench names no lender, and a loan is no account: the institution ``lender`` stands for all who lend. An account
    that nobody owns holds itself and is no person.
    """
    rows = [(LENDER, "", "institution", "")]
    for row in sample["Account"]:
        holder = owners.holder.get(row["accountId"], "")
        kind = "person" if holder.startswith("person:") else "institution"
        rows.append((row["accountId"], holder, kind, row["createTime"][:10]))
    return rows[1:] + rows[:1]


def count_holders(sample: Sample, owners: Ownership) -> dict[str, int]:
    """Count holders, and where the files about persons and companies disagree with those about accounts."""
    counts: dict[str, int] = {}
    for kind, many in (("person", "persons"), ("company", "companies")):
        owning = {row[f"{kind}Id"] for row in sample[f"{kind.title()}OwnAccount"]}
        named = {row[f"{kind}Id"] for row in sample[kind.title()]}
        counts |= {
            f"{many}_with_account": len(owning),
            f"{many}_missing_from_{kind}_file": len(owning - named),
            f"{many}_without_account": len(named - owning),
        }
    counts["accounts_without_owner"] = sum(row["accountId"] not in owners.holder for row in sample["Account"])
    owned = len(sample["PersonOwnAccount"]) + len(sample["CompanyOwnAccount"])
    counts["further_owners_ignored"] = owned - len(owners.holder)
    return counts
