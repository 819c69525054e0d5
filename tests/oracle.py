"""What would a patient reader of the method compute by hand? The whole job in plain Python, slow and separate.

It shares no code with the product: dictionaries and loops instead of arrays and kernels, exact fractions for money.
It covers ready-made dimensions, one currency and foreign ones, reversals, netting, consents, distress and points;
it has no gate, so its input must be clean. The product must give the same integer scores.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

DIMENSIONS = ("credit_history", "ability", "behaviour", "identity")
WEIGHTS = {"credit_history": 35, "ability": 25, "behaviour": 20, "identity": 15}
SOURCE = {"credit_history": "finance", "ability": "finance", "behaviour": "ecommerce", "identity": "supplied"}
MONTH = timedelta(days=30)
EXPONENT = {"CNY": 2, "USD": 2, "HKD": 2, "JPY": 0}
Row = dict[str, str]


def half_even(value: Fraction) -> int:
    return round(value)  # Python rounds fractions half to even


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def score_all(tables: dict[str, list[Row]], as_of: datetime) -> dict[str, dict[str, Any]]:
    """Score every holder; answers holder -> its evidence, standing, dimension values, score and points."""
    portfolio = _portfolio(tables, as_of)
    ties = _ties(tables, portfolio, as_of)
    return _score(portfolio, ties, _standing(portfolio, ties))


def _portfolio(tables: dict[str, list[Row]], as_of: datetime) -> dict[str, dict[str, Any]]:
    owner = {row["account_id"]: row["holder_id"] or row["account_id"] for row in tables["accounts"]}
    holders: dict[str, dict[str, Any]] = {}
    for row in sorted(tables["accounts"], key=lambda row: row["account_id"]):
        opened = datetime.fromisoformat(row["opened_on"]).date() if row["opened_on"] else None
        if opened and opened > as_of.date():
            continue
        holder = holders.setdefault(owner[row["account_id"]], {"person": False, "opened": None, "profile": {}})
        holder["person"] |= row["kind"] == "person"
        if opened:
            holder["opened"] = min(opened, holder["opened"] or opened)
    persons = {name: holders[name] for name in sorted(holders, key=str.encode) if holders[name]["person"]}
    latest: dict[str, tuple[Any, ...]] = {}
    for row in tables.get("profiles", []):
        name, known = owner[row["account_id"]], row.get("known_at", "")
        if name in persons and (not known or when(known) <= as_of):
            # the latest row counts; among equals the smallest account
            key = (when(known).timestamp() if known else -math.inf, [-byte for byte in row["account_id"].encode()])
            if name not in latest or key > latest[name]:
                latest[name] = key
                persons[name]["profile"] = row
    _consents(tables, persons, owner, as_of)
    for holder in persons.values():
        holder["d"] = 0.0
    for row in tables.get("outcomes", []):
        if owner[row["account_id"]] in persons and when(row["at"]) <= as_of:
            days = (as_of - when(row["at"])) / timedelta(days=1)
            person = persons[owner[row["account_id"]]]
            person["d"] = max(person["d"], float(row["severity"]) * 2 ** (-days / 730))
    _tabular(persons, as_of)
    for account, name in owner.items():
        if name in persons:
            persons[name].setdefault("accounts", []).append(account)
    return persons


def _consents(tables: dict[str, list[Row]], persons: dict[str, Any], owner: dict[str, str], as_of: datetime) -> None:
    for holder in persons.values():
        holder["consent"] = defaultdict(lambda: "consents" not in tables)
    latest: dict[tuple[str, str], tuple[datetime, bool]] = {}
    for row in tables.get("consents", []):
        name = owner[row["account_id"]]
        if name in persons and when(row["at"]) <= as_of:
            key, new = (name, row["source"]), (when(row["at"]), row["granted"] == "false")
            latest[key] = max(latest.get(key, new), new)
    for (name, source), (_, denied) in latest.items():
        persons[name]["consent"][source] = not denied


def _tabular(persons: dict[str, Any], as_of: datetime) -> None:
    for holder in persons.values():
        cells = {name: holder["profile"].get(name, "") for name in DIMENSIONS}
        readable = {name for name in DIMENSIONS if cells[name] and holder["consent"][SOURCE[name]]}
        holder["D"] = {name: float(cells[name]) for name in readable}
    for dimension in DIMENSIONS:
        known = sorted(holder["D"][dimension] for holder in persons.values() if dimension in holder["D"])
        place = (len(known) - 1) * 0.25
        low = int(place)
        quartile = known[low] + (place - low) * (known[min(low + 1, len(known) - 1)] - known[low])
        for holder in persons.values():
            # without consent nothing is read, so it counts as the worst whether there was something or not
            holder["D"].setdefault(dimension, quartile if holder["consent"][SOURCE[dimension]] else 0.0)
    scales = []
    for holder in persons.values():
        finance = holder["consent"]["finance"]
        months, scale = holder["profile"].get("history_months", ""), holder["profile"].get("spending_scale", "")
        opened = max(0, (as_of.date() - holder["opened"]).days // 30) if holder["opened"] else 0
        holder["n"] = (float(months) if finance else 0.0) if months else float(opened)
        holder["a"] = float(scale) if scale and finance else None
        holder["scale_withheld"] = bool(scale) and not finance
        scales += [holder["a"]] if holder["a"] else []
        holder["e"] = sum(WEIGHTS[name] * holder["D"][name] for name in DIMENSIONS) / 95
    mean = math.fsum(holder["e"] for holder in persons.values()) / len(persons)
    scales.sort()
    middle = (scales[(len(scales) - 1) // 2] + scales[len(scales) // 2]) / 2 if scales else 200_000.0
    for holder in persons.values():
        holder["a"] = holder["a"] or middle
        holder["z"] = holder["n"] / (holder["n"] + 6)
        holder["b"] = holder["z"] * holder["e"] + (1 - holder["z"]) * mean


def _ties(tables: dict[str, list[Row]], persons: dict[str, Any], as_of: datetime) -> dict[tuple[str, str], Any]:
    owner = {account: name for name, holder in persons.items() for account in holder["accounts"]}
    rows = [row for row in tables["relations"] if when(row["at"]) <= as_of]
    rows.sort(key=lambda row: (when(row["at"]), row["relation_id"].encode()))
    rate = {(row["currency"], row["on"]): Fraction(row["rate"]) for row in tables.get("rates", [])}
    taken_back: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.get("reverses"):
            taken_back[row["reverses"]] += _minor(row)
    waiting: dict[tuple[str, str, str], deque[dict[str, Any]]] = defaultdict(deque)
    payments = []
    for row in rows:
        payer, payee = owner.get(row["from_id"]), owner.get(row["to_id"])
        credit = row["kind"] in ("transfer", "pay_on_behalf") and not row.get("reverses")
        if not credit or payer is None or payee is None or payer == payee:
            continue
        at, minor = when(row["at"]), _minor(row)
        day = at.astimezone(as_of.tzinfo).date().isoformat()
        unit = (
            Fraction(1)
            if row["currency"] == "CNY"
            else rate[row["currency"], day] * 10 ** (2 - EXPONENT[row["currency"]])
        )
        one = {"payer": payer, "payee": payee, "at": at, "day": day, "gross": minor, "unit": unit,
               "left": minor - taken_back[row["relation_id"]], "behalf": row["kind"] == "pay_on_behalf"}  # fmt: skip
        other = waiting[payee, payer, row["currency"]]
        while one["left"] and other:
            if at - other[0]["at"] > MONTH or not other[0]["left"]:
                other.popleft()
                continue
            cancelled = min(one["left"], other[0]["left"])
            one["left"] -= cancelled
            other[0]["left"] -= cancelled
        waiting[payer, payee, row["currency"]].append(one)
        payments.append(one)
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in payments:
        if as_of - one["at"] < 24 * MONTH:
            pairs[one["payer"], one["payee"]].append(one)
    return {pair: _tie(group, persons[pair[0]]["a"], as_of) for pair, group in pairs.items()}


def _minor(row: Row) -> int:
    return int(Fraction(row["amount"]) * 10 ** EXPONENT[row["currency"]])


def _tie(group: list[dict[str, Any]], scale: float, as_of: datetime) -> dict[str, float]:
    tie = {"money": sum(half_even(one["gross"] * one["unit"]) for one in group), "count": len(group)}
    for strength, column in (("v", "left"), ("g", "gross")):
        money: dict[int, Fraction] = defaultdict(Fraction)
        days: dict[int, set[str]] = defaultdict(set)
        for one in group:
            base = half_even(one[column] * one["unit"])
            if base:
                window = (as_of - one["at"]) // MONTH
                money[window] += base * (Fraction(3, 2) if one["behalf"] else 1)
                days[window].add(one["day"])
        active = len(money)
        tie[strength] = 0.0 if active < 2 else sum(
            2 ** (-window / 6) * min(1, math.log1p(float(money[window]) / scale) / math.log(5))
            * (0.5 + 0.5 * min(1, len(days[window]) / 3)) * min(1, active / 6)
            for window in money
        )  # fmt: skip
        tie["months"] = active if strength == "v" else tie["months"]
    return tie


KAPPA = sum(2 ** (-window / 6) for window in range(24)) * math.log(2) / math.log(5) * (0.5 + 0.5 / 3)


def _standing(persons: dict[str, Any], ties: dict[tuple[str, str], Any]) -> dict[str, float]:
    budget: dict[str, float] = defaultdict(float)
    for (payer, _), tie in ties.items():
        budget[payer] += tie["g"]
    support: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (payer, payee), tie in ties.items():
        receiver, giver = persons[payee], persons[payer]
        if receiver["consent"]["finance"] and receiver["consent"]["connections"]:
            share = tie["v"] / max(KAPPA, budget[payer])
            support[payee].append((payer, 6 * giver["z"] * (1 - giver["d"]) * share))
    standing = {name: holder["b"] for name, holder in persons.items()}
    for _ in range(200):
        standing = {
            name: holder["b"] + 0.8 * _pull(holder, [(standing[giver], w) for giver, w in support[name]])
            for name, holder in persons.items()
        }
    return standing


def _pull(holder: dict[str, Any], supporters: list[tuple[float, float]]) -> float:
    """Find y of (k+n) y = Σ w max(0, x − b − y) by halving the interval: no cleverness to get wrong."""
    low, high = 0.0, 1.0
    for _ in range(80):
        y = (low + high) / 2
        pulled = sum(w * max(0.0, x - holder["b"] - y) for x, w in supporters)
        low, high = (y, high) if pulled > (6 + holder["n"]) * y else (low, y)
    return low


def _score(persons: dict[str, Any], ties: dict[Any, Any], standing: dict[str, float]) -> dict[str, dict[str, Any]]:
    answer = {}
    for name, holder in persons.items():
        falls_back = [
            (1.0 if holder["scale_withheld"] and tie["g"] > 0 else min(1, tie["g"] / KAPPA)) * persons[payee]["d"]
            for (payer, payee), tie in ties.items()
            if payer == name
        ]
        r = 0.4 * max(falls_back, default=0.0) if holder["consent"]["connections"] else 0.0
        z, e, lift = holder["z"], holder["e"], standing[name] - holder["b"]
        C = min(1.0, max(0.0, e + lift - 0.25 * (1 - z) * r))
        weight = 0.05 + 0.10 * (1 - z)
        parts = [600 * (1 - weight) * WEIGHTS[d] / 95 * holder["D"][d] for d in DIMENSIONS] + [600 * weight * C]
        total = math.floor(round(sum(parts), 9) + 0.5)
        answer[name] = {"score": 350 + total, "standing": standing[name], "evidence": holder["b"], "distress": r,
                        "connections": C, "tabular": e, "parts": parts, "accounts": holder["accounts"]}  # fmt: skip
    return answer
