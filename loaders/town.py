"""What does a small, complete portfolio look like? One town of twelve people that docs, tests and notebooks share.

Planted truths, seen on 2026-01-01:

* *Ann* and *Bob* are a couple: Bob sends Ann 3,000 a month, Ann pays Bob's bills of 500 a month.
* *Sam* is a senior of excellent record who sends *Nina*, a newcomer of four months' history, 2,000 every month.
* *Acme* is an institution that pays wages to five people; *Shop* is a merchant. Neither is tied to anyone.
* *Rita*, *Rob* and *Ruth* are a ring of accounts without history that send 9,000 in circles every month.
* *Zoe* is a stranger: chats and friend requests, no money.
* *Dan* defaulted in October 2025; *Vera* had sent him 1,500 every month: she vouched for him.
* *Tom* took back within the month what he sent *Uma*: a refund trick. *Tom* holds two accounts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)

# name: account kind, opened_on, credit_history, ability, behaviour, identity, history_months
PEOPLE = {
    "ann": ("person", "2018-03-01", 0.80, 0.70, 0.75, 0.90, 90),
    "bob": ("person", "2017-06-01", 0.85, 0.80, 0.70, 0.90, 100),
    "sam": ("person", "2012-01-15", 0.98, 0.95, 0.90, 1.00, 160),
    "nina": ("person", "2025-04-20", 0.55, 0.40, 0.50, 0.70, 4),
    "rita": ("person", "2025-04-01", 0.30, 0.30, 0.30, 0.30, 0),
    "rob": ("person", "2025-04-01", 0.30, 0.30, 0.30, 0.30, 0),
    "ruth": ("person", "2025-04-01", 0.30, 0.30, 0.30, 0.30, 0),
    "zoe": ("person", "2020-05-20", 0.60, 0.55, 0.65, 0.60, 60),
    "dan": ("person", "2022-02-02", 0.25, 0.30, 0.40, 0.60, 45),
    "vera": ("person", "2024-07-01", 0.65, 0.60, 0.60, 0.70, 18),
    "tom": ("person", "2019-09-09", 0.90, 0.85, 0.80, 0.80, 75),
    "uma": ("person", "2025-04-10", 0.50, 0.45, 0.50, 0.60, 7),
}
COLUMNS = ("relation_id", "kind", "from_id", "to_id", "amount", "currency", "at", "reverses")


def town() -> dict[str, pd.DataFrame]:
    """Build the tables of the town as DataFrames of text, as a CSV file would hold them.

    Returns
    -------
    dict
        ``accounts``, ``relations``, ``profiles`` and ``outcomes``, ready for ``loaders.load(**town())``.

    Examples
    --------
    >>> from loaders.town import town
    >>> town()["accounts"].query("holder_id == 'tom'").account_id.tolist()
    ['tom', 'tom-2']
    """
    import pandas as pd

    accounts = [(name, name, kind, opened) for name, (kind, opened, *_) in PEOPLE.items()]
    accounts += [
        ("tom-2", "tom", "person", "2025-04-01"),
        ("acme", "", "institution", "2001-01-01"),
        ("shop", "", "merchant", "2010-10-10"),
    ]
    profiles = [(name, *map(str, values)) for name, (_, _, *values) in PEOPLE.items()]
    dimensions = ["credit_history", "ability", "behaviour", "identity"]
    return {
        "accounts": pd.DataFrame(accounts, columns=["account_id", "holder_id", "kind", "opened_on"]),
        "relations": pd.DataFrame(_relations(), columns=list(COLUMNS)),
        "profiles": pd.DataFrame(profiles, columns=["account_id", *dimensions, "history_months"]),
        "outcomes": pd.DataFrame(
            [("dan", "default", "1.0", "2025-10-10T09:00:00+00:00")], columns=["account_id", "kind", "severity", "at"]
        ),
    }


def _relations() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []

    def add(kind: str, payer: str, payee: str, amount: str, at: datetime, reverses: str = "") -> str:
        name = f"r{len(rows) + 1:04d}"
        rows.append((name, kind, payer, payee, amount, "CNY" if amount else "", at.isoformat(), reverses))
        return name

    for month in range(24):
        at = AS_OF - timedelta(days=30 * month + 10)
        add("transfer", "bob", "ann", "3000.00", at)
        add("pay_on_behalf", "ann", "bob", "500.00", at + timedelta(hours=5))
        add("transfer", "vera", "dan", "1500.00", at + timedelta(hours=6))
        for worker in ("ann", "bob", "vera", "zoe", "tom"):
            add("payroll", "acme", worker, "8000.00", at - timedelta(days=2))
        add("purchase", "zoe", "shop", "120.00", at + timedelta(hours=7))
        add("chat", "zoe", "sam", "", at + timedelta(hours=8))
    for month in range(8):
        at = AS_OF - timedelta(days=30 * month + 10)
        add("transfer", "sam", "nina", "2000.00", at)
        for payer, payee in (("rita", "rob"), ("rob", "ruth"), ("ruth", "rita")):
            add("transfer", payer, payee, "9000.00", at + timedelta(hours=1))
        sent = add("transfer", "tom-2", "uma", "5000.00", at + timedelta(hours=2))
        add("transfer", "uma", "tom-2", "5000.00", at + timedelta(days=4), sent)
    add("friend", "zoe", "bob", "", AS_OF - timedelta(days=3))
    add("nearby", "zoe", "tom", "", AS_OF - timedelta(days=2))
    add("shake", "zoe", "uma", "", AS_OF - timedelta(days=1))
    return rows
