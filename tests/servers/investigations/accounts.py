"""What flows in and out of one account? By grouping DataFrames."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from tests.servers.investigations.data import PAYMENTS, Data

Rows = list[tuple[Any, ...]]
Time = datetime | None


def plain(value: Any) -> Any:
    """A value as the query layer gives it: no NumPy, no pandas."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, (list, tuple)):
        return type(value)(plain(entry) for entry in value)
    if value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value


def rows_of(frame: pd.DataFrame) -> Rows:
    return [plain(row) for row in frame.astype(object).itertuples(index=False, name=None)]


def account_card(data: Data, account: str) -> Rows:
    """Look the account up, and count its payments and its holder's troubles."""
    found = data.accounts[data.accounts.account_id == account]
    if found.empty:
        return []
    row, paid = found.iloc[0], data.payments(PAYMENTS)
    held = data.accounts[data.accounts.holder_id == row.holder_id]
    kinds = set(held.kind)
    holder_kind = next(kind for kind in ("person", "merchant", "institution") if kind in kinds)
    troubles = data.outcomes[data.outcomes.account_id.isin(held.account_id)]
    sides = []
    for mine, other in (("from_id", "to_id"), ("to_id", "from_id")):
        side = paid[paid[mine] == account]
        sides += [len(side), side[other].nunique(), side["at"].min(), side["at"].max()]
    opened = None if pd.isna(row.opened_on) else row.opened_on
    card = (account, row.kind, opened, row.holder_id, holder_kind, len(held), *sides, len(troubles))
    return [plain((*card, troubles.severity.max()))]


def flow_summary(data: Data, account: str, since: Time = None, until: Time = None) -> Rows:
    """Turn what takes back round, so that it stands where its payment stood, and group."""
    money = data.relations[data.relations.kind.isin((*PAYMENTS, "guarantee"))].astype({"amount_minor": "int64"})
    money = money[(money["at"] >= since) if since else money["at"].notna()]
    money = money[(money["at"] < until) if until else money["at"].notna()]
    back = money.reverses.notna()
    payer, payee = money.from_id.mask(back, money.to_id), money.to_id.mask(back, money.from_id)
    money = money.assign(payer=payer, payee=payee, back=back)
    rows = []
    for direction, mine, other in (("out", "payer", "payee"), ("in", "payee", "payer")):
        for (kind, currency), group in money[money[mine] == account].groupby(["kind", "currency"], observed=True):
            paid = group[~group.back]
            sums = (len(paid), paid[other].nunique(), paid.amount_minor.sum(), paid.amount_minor.max())
            taken = group[group.back].amount_minor.sum()
            rows.append(plain((direction, kind, currency, *sums, taken, paid["at"].min(), paid["at"].max())))
    return rows


def top_counterparties(
    data: Data, account: str, since: Time = None, until: Time = None, currency: str | None = None
) -> Rows:
    """Melt both directions into one table of flows and pivot it by counterparty."""
    paid = data.payments(PAYMENTS, since, until)
    paid = paid[paid.currency == currency] if currency else paid
    out, into = paid[paid.from_id == account], paid[paid.to_id == account]
    flows = pd.concat([out.assign(other=out.to_id, side="out"), into.assign(other=into.from_id, side="in")])
    rows = []
    for (other, code), group in flows.groupby(["other", "currency"], observed=True):
        went, came = group[group.side == "out"].amount_minor, group[group.side == "in"].amount_minor
        times = (group["at"].min(), group["at"].max())
        rows.append(
            plain((other, code, went.sum(), came.sum(), group.amount_minor.sum(), len(went), len(came), *times))
        )
    return sorted(rows, key=lambda row: (-row[4], row[0], row[1]))


def threshold_flows(
    data: Data, account: str, minimum: int, since: Time = None, until: Time = None, currency: str | None = None
) -> Rows:
    """Filter and sort."""
    paid = data.payments(PAYMENTS, since, until)
    large = paid[(paid.amount_minor >= minimum) & ((paid.from_id == account) | (paid.to_id == account))]
    large = large[large.currency == currency] if currency else large
    out = large.from_id == account
    large = large.assign(direction=out.map({True: "out", False: "in"}), other=large.to_id.where(out, large.from_id))
    large = large.sort_values(["amount_minor", "at", "relation_id"], ascending=[False, True, True])
    return rows_of(large[["direction", "relation_id", "kind", "other", "amount_minor", "currency", "at"]])
