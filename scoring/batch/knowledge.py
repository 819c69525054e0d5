"""What must a run keep of its persons so that an update need not assess them again?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from graph.payments import person_of_account
from loaders.contract import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.batch.stages import Known, Propagated, Tied

STAGE = "known"
_PLAIN = ("evidence", "credibility", "months", "tabular", "scale", "lift_allowed", "distress_allowed", "scale_withheld")


def found_tables(known: Known, tied: Tied, propagated: Propagated) -> Mapping[str, pa.Table]:
    """Tell what an update starts from, beside the accepted tables: all of the tables below."""
    return {**known_tables(known), **result_tables(tied, propagated)}


def known_tables(known: Known) -> Mapping[str, pa.Table]:
    """Tell everyone's own evidence, and whose each account is.

    Returns
    -------
    dict
        ``persons``: one row per person, by id, with evidence, credibility, months, tabular, dimensions, scale and what
        consents allow. ``people``: one row per account of the input, the place of its person among them (int32), −1
        for none.
    """
    own = known.assessment
    columns: dict[str, Any] = {"holder_id": own.holders}
    columns |= {name: pa.array(getattr(own, name)) for name in _PLAIN}
    columns |= {name: pa.array(own.dimensions[:, number].copy()) for number, name in enumerate(DIMENSIONS)}
    owners = known.snapshot.owners
    tables = {"persons": pa.table(columns)}
    if owners is not None:
        person = person_of_account(known.snapshot, owners.accounts)
        tables["people"] = pa.table({"person": pa.array(person)})
    return tables


def result_tables(tied: Tied, propagated: Propagated) -> Mapping[str, pa.Table]:
    """Tell the places of the holders of every tie, in the order of ``ties``, and how severe own outcomes are."""
    ends = pa.table({"payer": tied.ties.payer, "payee": tied.ties.payee})
    return {"ends": ends, "severity": propagated.blame.select(["severity"])}
