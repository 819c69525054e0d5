"""What do loans and repayments say about a person: four ready-made dimensions from 0 to 1?

The rule, per person, at the last time that the sample names:

* credit_history = (1 + Σ min(1, repaid / paid out)) / (2 + number of loans paid out): the share of each loan that came
  back, starting from one half.
* ability = repaid / (repaid + 50,000,000): what one could pay back so far, set against a usual loan of the sample.
* behaviour = 30-day months with a repayment / 30-day months since the first loan was paid out, at most 1.
* identity = one half for being in the person file, and one half × months of history / 24, at most a half.

Who never had a loan paid out gets no value in the first three: nothing is known, and nothing is made up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from loaders.finbench.ownership import Ownership
from loaders.finbench.sample import Row, Sample

COLUMNS = (
    "account_id", "known_at", "credit_history", "ability", "behaviour", "identity", "history_months", "spending_scale",
)  # fmt: skip
USUAL_LOAN = Decimal(50_000_000)
FULL_HISTORY_MONTHS = 24
MONTH = timedelta(days=30)


def last_time(sample: Sample) -> str:
    """Find the last time that any file names: what the sample says is known from then on."""
    return max(row["createTime"] for rows in sample.values() for row in rows)


def profile_rows(sample: Sample, owners: Ownership) -> list[tuple[str, ...]]:
    """Make one row of `COLUMNS` for each person who owns an account, known at the last time of the sample.

    ``spending_scale`` is what the person repays in a month, in minor units: outflow that is not scored itself.
    """
    end = last_time(sample)
    named = {f"person:{row['personId']}": row["createTime"] for row in sample["Person"]}
    loans = defaultdict(list)
    for row in sample["PersonApplyLoan"]:
        loans[f"person:{row['personId']}"].append(row["loanId"])
    paid_out, repaid = _by_loan(sample["LoanDepositAccount"]), _by_loan(sample["AccountRepayLoan"])
    rows: list[tuple[str, ...]] = []
    for holder in owners.persons():
        opened = owners.first_opened[holder]
        history = _months(min(opened, named.get(holder, opened)), end)
        mine = [loan for loan in loans[holder] if loan in paid_out]
        identity = Decimal(holder in named) / 2 + min(Decimal(1), Decimal(history) / FULL_HISTORY_MONTHS) / 2
        credit, ability, behaviour, spending = _from_loans(
            [paid_out[loan] for loan in mine], [repaid.get(loan, []) for loan in mine], end
        )
        account = owners.first_account[holder]
        rows.append((account, utc(end), credit, ability, behaviour, _text(identity), str(history), spending))
    return rows


def utc(time: str) -> str:
    """Write a FinBench time as ISO 8601 with offset.

    Examples
    --------
    >>> utc("2020-06-21 06:30:59.06")
    '2020-06-21T06:30:59.06+00:00'
    """
    return f"{time.replace(' ', 'T')}+00:00"


def _by_loan(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["loanId"]].append(row)
    return dict(found)


def _from_loans(paid_out: list[list[Row]], repaid: list[list[Row]], end: str) -> tuple[str, str, str, str]:
    """Credit history, ability, behaviour and spending scale of one person's loans; blank without a loan."""
    if not paid_out:
        return "", "", "", ""
    shares = [min(Decimal(1), _sum(back) / _sum(out)) for out, back in zip(paid_out, repaid, strict=True) if _sum(out)]
    start = min(row["createTime"] for rows in paid_out for row in rows)
    back = [row for rows in repaid for row in rows if row["createTime"] >= start]
    months = _months(start, end) + 1
    active = {_months(start, row["createTime"]) for row in back}
    total = _sum(back)
    monthly = int(total * 100 / months)
    return (
        _text((1 + sum(shares, Decimal(0))) / (2 + len(shares))),
        _text(total / (total + USUAL_LOAN)),
        _text(Decimal(len(active)) / months),
        str(monthly) if monthly else "",
    )


def _sum(rows: Iterable[Row]) -> Decimal:
    return sum((Decimal(row["amount"]) for row in rows), Decimal(0))


def _months(start: str, end: str) -> int:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)) // MONTH


def _text(share: Decimal) -> str:
    return str(share.quantize(Decimal("0.0001"), ROUND_HALF_EVEN))
