"""How does an attack get into a copy of the input? Rows beside the run's own, in memory, sorted as a loader would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.asof import Snapshot
from loaders.contract import CREDIT_KINDS, SOURCES
from loaders.tables import Tables, plain
from scoring.attacks.plot import Newcomer, Payment

OWN = ("history_months", "spending_scale")
"""What a newcomer does not take from its twin: its history is planted, the portfolio's median scale is its own."""


@dataclass(frozen=True, slots=True)
class Soil:
    """Where attacks are planted: the run's tables without what can never be a tie, and what was known of everyone.

    Attributes
    ----------
    tables
        The input; of its relations only kinds that may carry credit, as no other changes a bit of any score.
    snapshot
        The same as it was known at the run's moment.
    currency
        The base currency.
    prefix
        With which no id of the input begins.
    """

    tables: Tables
    snapshot: Snapshot
    currency: str
    prefix: str


def without_idle_relations(tables: Tables) -> Tables:
    """Leave out the relations that can never be a tie."""
    credit = pc.is_in(tables.relations["kind"], value_set=pa.array(CREDIT_KINDS))
    return replace(tables, relations=tables.relations.filter(credit))


def free_prefix(tables: Tables) -> str:
    """Find a beginning that no account, holder or relation of the input has.

    Examples
    --------
    >>> from loaders import load
    >>> from loaders.town import town
    >>> free_prefix(load(**town()))
    'planted-'
    """
    taken = [tables.accounts["account_id"], tables.accounts["holder_id"], tables.relations["relation_id"]]
    prefix = "planted-"
    while any(pc.any(pc.starts_with(column, prefix)).as_py() for column in taken):
        prefix = f"x{prefix}"
    return prefix


def plant(soil: Soil, newcomers: Sequence[Newcomer], payments: Iterable[Payment]) -> Tables:
    """Put newcomers and payments beside the rows of the input.

    Parameters
    ----------
    soil
        The input.
    newcomers
        Holders of their own; each consents to everything.
    payments
        Relations in the base currency; a reversal is planted with the payment it takes back.

    Returns
    -------
    Tables
        The input's rows, unchanged, and the planted ones.
    """
    tables = soil.tables
    known = plain(tables.relations)  # as text: planted accounts have no code among those of the input
    relations = pa.Table.from_pylist(list(_relations(soil, payments)), schema=known.schema)
    return replace(
        tables,
        accounts=_beside(tables.accounts, _accounts(soil, newcomers), "account_id"),
        relations=_beside(known, relations, "at", "relation_id"),
        profiles=_profiles(soil, [newcomer for newcomer in newcomers if newcomer.kind == "person"]),
        consents=_consents(tables.consents, newcomers, soil.snapshot.as_of),
        outcomes=_beside(tables.outcomes, _outcomes(soil, newcomers), "account_id"),
    )


def _beside(table: pa.Table, more: pa.Table, *order: str) -> pa.Table:
    if not len(more):
        return table
    return pa.concat_tables([table, more]).sort_by([(name, "ascending") for name in order])


def _relations(soil: Soil, payments: Iterable[Payment]) -> Iterable[dict[str, Any]]:
    for number, payment in enumerate(payments):
        name, at = f"{soil.prefix}{number:06d}", soil.snapshot.as_of - payment.ago
        row: dict[str, Any] = {"relation_id": name, "kind": payment.kind, "currency": soil.currency, "at": at}
        row |= {"from_id": payment.payer, "to_id": payment.payee, "amount_minor": payment.amount, "reverses": None}
        yield row
        if payment.taken_back is not None:
            back = {"from_id": payment.payee, "to_id": payment.payer, "at": at + payment.taken_back}
            yield row | back | {"relation_id": f"{name}-back", "reverses": name}


def _accounts(soil: Soil, newcomers: Sequence[Newcomer]) -> pa.Table:
    rows = [
        {
            "account_id": newcomer.account(number),
            "holder_id": newcomer.id,
            "kind": newcomer.kind,
            "opened_on": _opened(soil.snapshot.as_of, newcomer),
        }
        for newcomer in newcomers
        for number in range(newcomer.accounts)
    ]
    return pa.Table.from_pylist(rows, schema=soil.tables.accounts.schema)


def _opened(as_of: datetime, newcomer: Newcomer) -> Any:
    """Give the day that makes its history so long; a fresh one has none on file."""
    return (as_of - timedelta(days=30 * newcomer.months)).date() if newcomer.months else None


def _profiles(soil: Soil, persons: Sequence[Newcomer]) -> pa.Table:
    """Give each newcomer the profile of its twin, with a history of its own."""
    known = soil.snapshot.profiles
    place = pc.index_in(pa.array([person.twin for person in persons], pa.string()), value_set=_flat(known["holder_id"]))
    own = {name: pa.nulls(len(persons), known.schema.field(name).type) for name in OWN if name in known.column_names}
    own |= {"history_months": pa.array([float(person.months) for person in persons], pa.float64())}
    copied = {name: _flat(known[name]).take(place) for name in known.column_names if name not in ("holder_id", *OWN)}
    names = pa.array([person.id for person in persons], pa.string())
    planted = pa.table({"account_id": names, **copied, **own})
    table = soil.tables.profiles
    if "history_months" not in table.column_names:
        table = table.append_column("history_months", pa.nulls(len(table), pa.float64()))
    return _beside(table, planted.select(table.column_names).cast(table.schema), "account_id", "known_at")


def _consents(table: pa.Table | None, newcomers: Sequence[Newcomer], at: datetime) -> pa.Table | None:
    if table is None:
        return None
    rows = [
        {"account_id": newcomer.id, "source": source, "granted": True, "at": at}
        for newcomer in newcomers
        for source in SOURCES
    ]
    return _beside(table, pa.Table.from_pylist(rows, schema=table.schema), "account_id")


def _outcomes(soil: Soil, newcomers: Sequence[Newcomer]) -> pa.Table:
    at = soil.snapshot.as_of - timedelta(days=30)
    rows = [
        {"account_id": newcomer.id, "kind": "default", "severity": newcomer.severity, "at": at}
        for newcomer in newcomers
        if newcomer.severity
    ]
    return pa.Table.from_pylist(rows, schema=soil.tables.outcomes.schema)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
