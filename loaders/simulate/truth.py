"""Which truths were planted, and on whom? What ``truth.json`` says, so that every claim can be checked by id."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from loaders.contract import RELATION_KINDS, SOURCES
from loaders.simulate.plan import CURRENCIES, DAY, Plan
from loaders.simulate.planted import ROLES, members
from loaders.simulate.population import THIN_MONTHS, Population
from loaders.simulate.records import account_ids, consents, holder_ids
from loaders.simulate.rows import Rows
from loaders.simulate.support import Support
from loaders.simulate.work import make_work

Ints = npt.NDArray[np.int64]

LISTED = 100


class Totals:
    """Counts relations and money while the log goes by, and the days on which foreign currencies were paid in."""

    def __init__(self, plan: Plan) -> None:
        self._first_day = int(plan.bounds[0]) // DAY
        self._count = np.zeros((len(RELATION_KINDS), len(CURRENCIES)), dtype=np.int64)
        self._money = np.zeros_like(self._count)
        self._reversals = 0
        self.relations = 0
        self.foreign_days = np.zeros((len(CURRENCIES), plan.end_day - self._first_day + 1), dtype=np.bool_)

    def add(self, rows: Rows) -> None:
        """Take one part of the log into account."""
        cell = rows.kind.astype(np.int64) * len(CURRENCIES) + np.maximum(rows.currency, 0)
        shape, size = self._count.shape, self._count.size
        self._count += np.bincount(cell, minlength=size).reshape(shape)
        # Floats add whole numbers below 2^53 exactly, and a part holds about 10^12 minor units.
        self._money += np.bincount(cell, weights=rows.amount, minlength=size).astype(np.int64).reshape(shape)
        self._reversals += int((rows.original >= 0).sum())
        self.relations += len(rows)
        foreign = rows.currency > 0
        self.foreign_days[rows.currency[foreign], rows.at[foreign] // DAY - self._first_day] = True

    def describe(self) -> dict[str, Any]:
        """Relations per kind, minor units per currency and kind, reversals."""
        per_kind = self._count.sum(axis=1)
        money = {
            currency: {kind: int(total) for kind, total in zip(RELATION_KINDS, column, strict=True) if total}
            for currency, column in zip(CURRENCIES, self._money.T.tolist(), strict=True)
        }
        return {
            "relations": {kind: int(count) for kind, count in zip(RELATION_KINDS, per_kind, strict=True)},
            "reversals": self._reversals,
            "amount_minor": money,
        }


class _Names:
    """Turns numbers into account and holder ids."""

    def __init__(self, plan: Plan, population: Population) -> None:
        self.accounts: pa.Array = account_ids(plan, population)
        self.holders: pa.Array = holder_ids(plan, population)

    def of(self, persons: Ints) -> dict[str, list[str]]:
        """First accounts and holders of persons."""
        return {
            "accounts": self.accounts.take(pa.array(persons)).to_pylist(),
            "holders": self.holders.take(pa.array(persons)).to_pylist(),
        }


def describe(plan: Plan, population: Population, support: Support, totals: Totals) -> dict[str, Any]:
    """Say what was planted.

    Returns
    -------
    dict
        ``arguments``, ``totals`` and ``planted``: per truth a claim, ids of accounts and holders, counts. Long lists
        are cut to 100 entries, their counts are not.
    """
    names = _Names(plan, population)
    cast: dict[str, dict[str, Any]] = {
        role: {"claim": told.claim, **names.of(members(role) + population.ordinary)} for role, told in ROLES.items()
    }
    vouchers = cast["voucher"]
    for key in ("accounts", "holders"):
        cast["defaulter"][f"vouched_by_{key}"] = {
            name: vouchers[key][2 * place : 2 * place + 2] for place, name in enumerate(cast["defaulter"][key])
        }
    history = {"profile_history": plan.profile_history} if plan.profile_history else {}
    return {
        "arguments": {
            "accounts": plan.accounts, "relations": plan.relations, "months": plan.months, "seed": plan.seed,
            "as_of": plan.as_of.isoformat(), **history,
        },
        "totals": totals.describe(),
        "planted": {
            **cast, **_pairs(support, names), "thin": _thin(population, names), **_public(plan, population, names),
            "several_accounts": _several(population, names), "consents_withdrawn": _withdrawn(plan, population, names),
        },
    }  # fmt: skip


def _pairs(support: Support, names: _Names) -> dict[str, Any]:
    found = {}
    lasting = support.two_way & (support.payer < support.payee) & (support.end - support.start >= 6)
    for name, chosen in (("households", lasting & support.household), ("friends", lasting & ~support.household)):
        pair = np.flatnonzero(chosen)[:LISTED]
        one, other = names.of(support.payer[pair]), names.of(support.payee[pair])
        found[name] = {
            "claim": "both send each other money for six months or more",
            "count": int(chosen.sum()),
            **{key: [list(ends) for ends in zip(one[key], other[key], strict=True)] for key in one},
        }
    return found


def _thin(population: Population, names: _Names) -> dict[str, Any]:
    thin = np.flatnonzero(population.history < THIN_MONTHS)
    return {
        "claim": f"persons with less than {THIN_MONTHS} months of history",
        "count": len(thin),
        "share": round(len(thin) / population.persons, 6),
        **names.of(thin[:LISTED]),
    }


def _public(plan: Plan, population: Population, names: _Names) -> dict[str, Any]:
    employers, staff = np.unique(make_work(plan, population).employer, return_counts=True)
    largest = np.argsort(-staff, kind="stable")[:LISTED]
    merchants = population.first_merchant + np.arange(population.merchants)
    institutions = population.first_institution + np.arange(population.institutions)

    def listed(accounts: Ints) -> list[str]:
        found: list[str] = names.accounts.take(pa.array(accounts[:LISTED])).to_pylist()
        return found

    return {
        "payroll_hubs": {
            "claim": "pay wages every month and are tied to nobody",
            "count": len(employers), "accounts": listed(employers[largest]), "staff": staff[largest].tolist(),
        },
        "merchants": {"count": population.merchants, "accounts": listed(merchants)},
        "institutions": {"count": population.institutions, "accounts": listed(institutions)},
    }  # fmt: skip


def _several(population: Population, names: _Names) -> dict[str, Any]:
    owners = np.unique(population.owner)
    return {"claim": "hold two accounts or more", "count": len(owners), **names.of(owners[:LISTED])}


def _withdrawn(plan: Plan, population: Population, names: _Names) -> dict[str, Any]:
    count = 0
    person: list[int] = []
    source: list[int] = []
    for who, what, granted, _ in consents(plan, population):
        count += int((~granted).sum())
        if len(person) < LISTED:
            person += who[~granted].tolist()
            source += what[~granted].tolist()
    people = names.of(np.array(person[:LISTED], dtype=np.int64))
    sources = [SOURCES[number] for number in source[:LISTED]]
    return {"claim": "a source once granted was withdrawn", "count": count, **people, "sources": sources}
