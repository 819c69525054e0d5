"""What does the manifest of a run say about how it was made?"""

from __future__ import annotations

import platform
from dataclasses import asdict
from datetime import UTC
from functools import cache
from importlib.metadata import version
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from scoring.runs.manifest import identify

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from loaders.tables import Tables
    from scoring.batch.gates import Passage
    from scoring.batch.stages import Known, Order, Propagated, Tied
    from scoring.config import Config

LIBRARIES = ("renmai", "duckdb", "numba", "numpy", "pandas", "pyarrow", "scipy")
NO_EFFECT = ("gate", "run", "engine", "columns", "kinds", "database")
"""Parts of the config that change no result beyond which rows are accepted, and that is in the fingerprint."""
NO_SHIFT = (*NO_EFFECT, "constants", "lender", "benefits")
"""Parts of the config in which two runs may differ and still be compared by the gate."""
ALL_GRANTED = "all granted: there is no consents table"
AS_GIVEN = "as given in consents"


def policy(config: Config, leave_out: tuple[str, ...] = NO_EFFECT) -> dict[str, Any]:
    """Tell the part of the config that makes results, the scorecard with it."""
    values = {name: value for name, value in config.model_dump(mode="json").items() if name not in leave_out}
    return {**values, "scorecard": config.card.document()}


def comparable(manifest: dict[str, Any], order: Order) -> bool:
    """Say whether the gate may compare a new run with this one: same policy, same rule."""
    then = {name: value for name, value in manifest["config"].items() if name not in NO_SHIFT}
    return manifest["rule"] == order.rule and {**then, "scorecard": manifest["scorecard"]} == policy(
        order.config, NO_SHIFT
    )


def name_run(fingerprint: str, order: Order) -> str:
    """Give the run's id: a hash of accepted content, policy, ``as_of``, rule and format."""
    return identify(fingerprint=fingerprint, config=policy(order.config), as_of=utc(order), rule=order.rule)


def utc(order: Order) -> str:
    """Tell ``as_of`` in UTC, ISO 8601."""
    return order.as_of.astimezone(UTC).isoformat()


@cache
def versions() -> dict[str, str]:
    """Tell which Python and libraries do the work."""
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def input_facts(tables: Tables, fingerprint: str) -> dict[str, Any]:
    """Tell which files were read, and which names were passed over."""
    files = [{"file" if key == "name" else key: value for key, value in asdict(file).items()} for file in tables.files]
    return {
        "consent": ALL_GRANTED if tables.consents is None else AS_GIVEN,
        "fingerprint": fingerprint,
        "ignored": list(tables.ignored),
        "inputs": files,
    }


def order_facts(order: Order, known: Known) -> dict[str, Any]:
    """Tell what was asked for, and the portfolio constants."""
    return {
        "as_of": utc(order),
        # not where the database is: that makes no score, and a manifest goes to people who need not know
        "config": order.config.model_dump(mode="json", exclude={"database"}),
        "constants": known.assessment.constants.to_json(),
        "rule": order.rule,
        "scorecard": order.config.card.document(),
        "versions": versions(),
    }


def result_facts(propagated: Propagated, passage: Passage) -> dict[str, Any]:
    """Tell how exact the standings are and what the gate measured."""
    convergence = dict(propagated.convergence)
    return {"certificate": convergence.pop("certificate"), "convergence": convergence, "gate": passage.facts()}


def table_counts(tables: Tables, used: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, Any]]:
    """Tell per table what became of its records and why some were refused."""
    reasons = sorted(tables.reasons().to_pylist(), key=itemgetter("reason"))
    counts: dict[str, dict[str, Any]] = {}
    for name, found in tables.counts.items():
        refused = {row["reason"]: row["count"] for row in reasons if row["table"] == name}
        counts[name] = {**asdict(found), **used.get(name, {}), "reasons": refused}
    return counts


def graph_counts(known: Known, tied: Tied, scores: pa.Table) -> dict[str, int]:
    """Tell how many persons, accounts and ties there are, and what the relations were."""
    persons = len(known.assessment.holders)
    return {
        "persons": persons,
        "accounts_scored": scores.num_rows,
        "other_holders": known.snapshot.holders.num_rows - persons,
        "ties": len(tied.ties),
        "vouching_ties": int((tied.ties.v > 0).sum()),
        **tied.counts,
    }
