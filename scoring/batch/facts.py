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
    return {**_nameless(values), "scorecard": config.card.document(), **own_words(config), **_learnt(config)}


def _nameless(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out where the trained model's file is: what it holds makes results, and that has a digest."""
    return {**values, "score": {key: value for key, value in values["score"].items() if key != "model"}}


def _learnt(config: Config) -> dict[str, str]:
    return {} if config.model is None else {"model": config.model.digest}


def model_document(config: Config) -> dict[str, Any]:
    """Tell the whole trained model, so that a run can be explained without its file; nothing without one."""
    return {} if config.model is None else {"model": config.model.document()}


def own_words(config: Config) -> dict[str, Any]:
    """Tell the lender's own reason codes, in which a run is explained for ever; nothing without any."""
    return {"reasons": config.reasons.changes} if config.reasons.changes else {}


def comparable(manifest: dict[str, Any], order: Order) -> bool:
    """Say whether the gate may compare a new run with this one: same policy, same rule."""
    then = {name: value for name, value in manifest["config"].items() if name not in NO_SHIFT}
    now = {name: value for name, value in policy(order.config, NO_SHIFT).items() if name != "reasons"}
    learnt = {"model": manifest["model"]["sha256"]} if manifest.get("model") else {}
    return manifest["rule"] == order.rule and {**_nameless(then), "scorecard": manifest["scorecard"], **learnt} == now


def name_run(fingerprint: str, order: Order) -> str:
    """Give the run's id: a hash of accepted content, policy, ``as_of``, rule and format."""
    config = {**policy(order.config), **asked_of_connections(order.config)}
    return identify(fingerprint=fingerprint, config=config, as_of=utc(order), rule=order.rule)


def asked_of_connections(config: Config) -> dict[str, Any]:
    """Tell what of the gate changes scores: which evidence connections need; nothing when they always enter.

    Examples
    --------
    >>> from scoring.config import Config
    >>> asked_of_connections(Config())
    {}
    """
    if config.gate.connections == "always":
        return {}
    named = None if config.evaluation is None else config.evaluation.sha256
    return {"gate": {"connections": config.gate.connections, "evaluation": named}}


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
        "config": recorded(order.config),
        "constants": known.assessment.constants.to_json(),
        **model_document(order.config),
        "rule": order.rule,
        "scorecard": order.config.card.document(),
        **own_words(order.config),
        "versions": versions(),
    }


def recorded(config: Config) -> dict[str, Any]:
    """Tell the config as a manifest keeps it.

    Not where the database is: that makes no score, and a manifest goes to people who need not know. And of the gate not
    what asks nothing of connections, so that such a manifest is as it always was.
    """
    values = config.model_dump(mode="json", exclude={"database"})
    asks_nothing = {"connections": "always", "evaluation": ""}
    values["gate"] = {key: value for key, value in values["gate"].items() if asks_nothing.get(key, ...) != value}
    return values


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
