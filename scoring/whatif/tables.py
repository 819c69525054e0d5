"""How do an applicant's fields become the tables that a run's code takes?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from loaders.asof import Snapshot, at
from loaders.contract import CREDIT_KINDS, DIMENSIONS
from loaders.tables import REJECTS_SCHEMA, Tables
from scoring.recall import Recalled
from scoring.whatif.application import Application
from scoring.whatif.records import Relation

ALL_GRANTED = "all granted"
"""How the manifest of a run without a table of consents begins to say so."""
TIME = pa.timestamp("us", "UTC")
ACCOUNTS = pa.schema(
    [("account_id", pa.string()), ("holder_id", pa.string()), ("kind", pa.string()), ("opened_on", pa.date32())]
)
RELATIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("relation_id", "kind", "from_id", "to_id")),
        ("amount_minor", pa.int64()),
        ("currency", pa.string()),
        ("at", TIME),
        ("reverses", pa.string()),
    ]
)
CONSENTS = pa.schema([("account_id", pa.string()), ("source", pa.string()), ("granted", pa.bool_()), ("at", TIME)])
OUTCOMES = pa.schema([("account_id", pa.string()), ("kind", pa.string()), ("severity", pa.float64()), ("at", TIME)])
RATES = pa.schema([("currency", pa.string()), ("on", pa.date32()), ("rate", pa.decimal128(38, 12))])


def snapshot_of(asked: Application, relations: Sequence[Relation], known: Recalled, as_of: datetime) -> Snapshot:
    """Say what is known of an applicant at a moment; those it pays and is paid by stand beside it as bare accounts.

    Parameters
    ----------
    asked
        The applicant.
    relations
        Those of its relations that count.
    known
        The run: whose accounts the others are, which features it uses, whether it asks for consents.
    as_of
        The run's moment.
    """
    ordered = sorted(relations, key=lambda one: (one.at, one.relation_id.encode()))
    tables = Tables(
        accounts=_accounts(asked, ordered, known),
        relations=_table(RELATIONS, [tuple(getattr(one, name) for name in RELATIONS.names) for one in ordered]),
        profiles=_profiles(asked, known),
        consents=_consents(asked, known, as_of),
        outcomes=_table(OUTCOMES, [(asked.account_id, *one) for one in asked.outcomes]),
        rates=_table(RATES, asked.rates),
        rejects=REJECTS_SCHEMA.empty_table(),
        files=(),
        ignored=(),
        counts={},
    )
    return at(tables, as_of)


def _accounts(asked: Application, relations: Sequence[Relation], known: Recalled) -> pa.Table:
    ends = {end for one in relations if one.kind in CREDIT_KINDS for end in (one.from_id, one.to_id)}
    others = known.accounts.filter(
        pc.is_in(known.accounts["account_id"], value_set=pa.array(sorted(ends), pa.string()))
    )
    rows = [(one["account_id"], one["holder_id"], "person", None) for one in others.to_pylist()]
    return _table(ACCOUNTS, sorted([*rows, (asked.account_id, asked.holder_id, "person", asked.opened_on)]))


def _profiles(asked: Application, known: Recalled) -> pa.Table:
    """Make the profile, with a blank cell for every feature that the run uses and the applicant does not tell."""
    bins = known.assessment.bins
    used = {feature.name for dimension in DIMENSIONS for feature in known.config.reader(dimension).features}
    names = [*asked.profile, *sorted(used & set(bins.column_names if bins is not None else ()) - set(asked.profile))]
    schema = pa.schema([("account_id", pa.string()), ("known_at", TIME), *((name, pa.float64()) for name in names)])
    return _table(schema, [(asked.account_id, None, *(asked.profile.get(name) for name in names))])


def _consents(asked: Application, known: Recalled, as_of: datetime) -> pa.Table | None:
    """Make the consents; none at all where neither the run nor the applicant has any: all are granted then."""
    if asked.consents is None and str(known.run.manifest["consent"]).startswith(ALL_GRANTED):
        return None
    given = asked.consents or {}
    return _table(CONSENTS, [(asked.account_id, source, granted, as_of) for source, granted in given.items()])


def _table(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = [pa.array([row[place] for row in rows], field.type) for place, field in enumerate(schema)]
    return pa.Table.from_arrays(columns, schema=schema)
