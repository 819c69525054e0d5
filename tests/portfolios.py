"""Random small portfolios for tests: dense enough that everything the method names happens in a few hundred rows."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, str]


def random_portfolio(
    seed: int, holders: int = 12, relations: int = 400, *, consents: bool = True
) -> dict[str, list[Row]]:
    """Clean contract tables as lists of text rows: several accounts per holder, currencies, reversals, late rows."""
    dice = random.Random(seed)
    accounts, profiles, grants = [], [], []
    for number in range(holders):
        name = f"h{number:02d}"
        kind = "person" if number < holders - 1 else "merchant"
        for copy in range(dice.choice([1, 1, 2])):
            opened = "" if dice.random() < 0.1 else str((AS_OF - timedelta(days=dice.randrange(2500))).date())
            accounts.append({"account_id": f"{name}.{copy}", "holder_id": name, "kind": kind, "opened_on": opened})
            known = (AS_OF - timedelta(days=dice.randrange(-40, 300))).isoformat()
            profiles.append({"account_id": f"{name}.{copy}", "known_at": known, **_profile(dice)})
        for source in ("ecommerce", "finance", "public_records", "supplied", "connections"):
            for granted in ["true"] * (dice.random() < 0.95) + ["false"] * (dice.random() < 0.1):
                at = (AS_OF - timedelta(days=dice.randrange(-5, 30))).isoformat()
                grants.append({"account_id": f"{name}.0", "source": source, "granted": granted, "at": at})
    tables = {"accounts": accounts, "profiles": profiles, "relations": _relations(dice, accounts, relations)}
    tables["rates"] = _rates(dice, tables["relations"])
    tables["outcomes"] = [
        {"account_id": dice.choice(accounts)["account_id"], "kind": "default", "severity": f"{dice.random():.2f}",
         "at": (AS_OF - timedelta(days=dice.randrange(-50, 900), seconds=number)).isoformat()}
        for number in range(4)
    ]  # fmt: skip
    if consents:
        tables["consents"] = grants
    return tables


def _profile(dice: random.Random) -> Row:
    row = {name: "" if dice.random() < 0.1 else f"{dice.random():.3f}"
           for name in ("credit_history", "ability", "behaviour", "identity")}  # fmt: skip
    row["history_months"] = dice.choice(["", "0", "3", "11", "40", "120"])
    row["spending_scale"] = dice.choice(["", "50000", "200000", "900000"])
    return row


def _relations(dice: random.Random, accounts: list[Row], count: int) -> list[Row]:
    names = [row["account_id"] for row in accounts]
    partners = {name: dice.sample(names, 3) for name in names}
    rows: list[Row] = []
    refunded: set[str] = set()
    while len(rows) < count:
        payer = dice.choice(names)
        payee = dice.choice(partners[payer])
        kind = dice.choice(["transfer"] * 8 + ["pay_on_behalf"] * 3 + ["purchase", "chat"])
        if payer == payee:
            continue
        at = AS_OF - timedelta(days=dice.randrange(-20, 800), seconds=dice.randrange(3) * 3600)
        row = {"relation_id": f"r{len(rows):05d}", "kind": kind, "from_id": payer, "to_id": payee,
               "amount": "", "currency": "", "at": at.isoformat(), "reverses": ""}  # fmt: skip
        if kind != "chat":
            row["currency"] = dice.choice(["CNY"] * 8 + ["JPY", "USD"])
            amount = dice.randrange(1000, 900_000)
            row["amount"] = str(amount) if row["currency"] == "JPY" else f"{amount // 100}.{amount % 100:02d}"
        original = dice.choice(rows) if rows and dice.random() < 0.1 else None
        if original and original["kind"] in ("transfer", "pay_on_behalf") and not original["reverses"]:
            if original["relation_id"] in refunded:
                continue
            refunded.add(original["relation_id"])
            row |= {"kind": original["kind"], "from_id": original["to_id"], "to_id": original["from_id"],
                    "currency": original["currency"], "amount": original["amount"],
                    "reverses": original["relation_id"]}  # fmt: skip
            later = datetime.fromisoformat(original["at"]) + timedelta(days=dice.randrange(1, 60))
            row["at"] = later.isoformat()
            if dice.random() < 0.5 and row["currency"] != "JPY":
                row["amount"] = "1.23"
        rows.append(row)
    return rows


def _rates(dice: random.Random, relations: list[Row]) -> list[Row]:
    days = sorted({(row["currency"], row["at"][:10]) for row in relations if row["currency"] in ("JPY", "USD")})
    middle = {"JPY": 0.048, "USD": 7.1}
    return [
        {"currency": currency, "on": day, "rate": f"{middle[currency] * (0.9 + 0.2 * dice.random()):.6f}"}
        for currency, day in days
    ]
