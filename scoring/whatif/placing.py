"""What would a new applicant score against a run, and whom would its payments move?

The applicant's tables go through the code of a run: what was known at ``as_of``, its own evidence, payments, netting
and ties. Then it is put among the run's holders, in the order of ids, and the standings are solved from those of the
run: only the applicant and those who may move because of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.credit_graph import CreditGraph
from graph.distress import severity
from graph.payments import payments
from graph.ties import Ties, ties
from loaders.contract import CREDIT_KINDS
from loaders.errors import UsageError
from scoring.recall import Recalled, recall
from scoring.runs.run import Run
from scoring.tabular.portfolio import Assessment, assess
from scoring.whatif.application import Application, open_application, read_application
from scoring.whatif.records import Relation, Rules
from scoring.whatif.results import Placed, ScoredApplicant, Work
from scoring.whatif.standing import PER_HOLDER, Solved, State, moves, solve
from scoring.whatif.tables import ALL_GRANTED, snapshot_of

SHOWN = 20
"""How many of those who move a result names, unless told otherwise."""


def score_one(
    run: Run | Recalled, applicant: Mapping[str, Any] | str | Path, *, top: int | None = SHOWN
) -> ScoredApplicant:
    """Score a new applicant against a run; the portfolio's constants stay those of the run.

    The result is that of a whole run with the applicant added, to the bit. Relations marked ``disputed`` are left out,
    and the result with them stands beside.

    Parameters
    ----------
    run
        A run, or what ``recall`` made of it, to score many applicants.
    applicant
        The fields, or a JSON file with them: account_id, holder_id, opened_on, profile, consents, relations, outcomes,
        rates; see ``renmai score-one --example``.
    top
        How many of the others who move are named; ``None``: all.

    Raises
    ------
    ContractError
        When a field is not what the data contract allows; every finding has its sentence.
    UsageError
        When the account or holder is in the run already, or would not be scored in it.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> from scoring.whatif.sample import SAMPLE
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     found = score_one(run, SAMPLE)
    >>> found.account_id, found.disputed, found.result.received
    ('lena', ('x-7',), 1)
    """
    known = run if isinstance(run, Recalled) else recall(run)
    said, name = open_application(applicant)
    asked = read_application(said, _rules(known), _accounts(known), name)
    _refuse_known(known, asked)
    disputed = tuple(one.relation_id for one in asked.relations if one.disputed)
    fair = tuple(one for one in asked.relations if not one.disputed)
    given = _placed(known, asked, fair, top)
    return ScoredApplicant(
        account_id=asked.account_id,
        holder_id=asked.holder_id,
        run_id=known.run.id,
        as_of=str(known.run.manifest["as_of"]),
        result=given,
        disputed=disputed,
        with_disputed=_placed(known, asked, asked.relations, top) if disputed else None,
        relations=_counted(asked.relations, _moment(known)),
        notes=tuple(_notes(known, asked)),
    )


def place(known: Recalled, asked: Application, relations: tuple[Relation, ...]) -> tuple[Solved, Solved, int]:
    """Put an applicant among the holders of a run: before its ties count, after, and its place in the arrays."""
    snapshot = snapshot_of(asked, relations, known, _moment(known))
    config = known.config
    own = assess(snapshot, config, known.assessment.constants)
    row = pc.index(own.holders, pa.scalar(asked.holder_id, pa.string())).as_py()
    at = int(pc.sum(pc.less(known.graph.holders, asked.holder_id)).as_py() or 0)
    holders = pa.concat_arrays([known.graph.holders[:at], own.holders.slice(row, 1), known.graph.holders[at:]])
    assessment = _inserted(known.assessment, own, row, at, holders)
    d = severity(snapshot, own.holders, config.propagation)[row]
    bad = np.insert(known.severity, at, d)
    found = payments(snapshot, base_currency=config.data.base_currency, parameters=config.ties)
    there = pc.index_in(found.holders, value_set=holders).to_numpy()
    made = ties(found, assessment.scale[there], snapshot.as_of, config.ties)
    graph = _joined(known.graph, made, there, at, holders)
    silent = replace(
        graph.ties, **{name: np.where(_of(graph.ties, at), 0.0, getattr(graph.ties, name)) for name in "vg"}
    )
    before = State(CreditGraph(holders, silent, graph.parameters), assessment, bad)
    standing = np.insert(known.standing, at, assessment.evidence[at])
    alone = Solved(before, standing, np.insert(known.distress, at, 0.0), Work(len(holders), 0, 0, 0, False))
    return alone, solve(known, alone, State(graph, assessment, bad)), at


def _placed(known: Recalled, asked: Application, relations: tuple[Relation, ...], top: int | None) -> Placed:
    alone, among, at = place(known, asked, relations)
    _, card, others = moves(alone, among, known.config, at)
    made = among.state.graph.ties
    return Placed(
        card=card,
        received=int(((made.payee == at) & (made.v > 0)).sum()),
        sent=int(((made.payer == at) & (made.v > 0)).sum()),
        others=len(others),
        movers=others[:top],
        work=among.work,
    )


def _inserted(base: Assessment, own: Assessment, row: int, at: int, holders: pa.StringArray) -> Assessment:
    """Put one person's assessment among the others'."""
    columns = {name: np.insert(getattr(base, name), at, getattr(own, name)[row], axis=0) for name in PER_HOLDER}
    return replace(base, holders=holders, bins=None, **columns)


def _joined(base: CreditGraph, made: Ties, there: Any, at: int, holders: pa.StringArray) -> CreditGraph:
    """Put an applicant's ties among those of a run, in the order of (payer, payee)."""
    columns: dict[str, Any] = {}
    for field in fields(Ties):
        old, new = getattr(base.ties, field.name), getattr(made, field.name)
        if field.name in ("payer", "payee"):
            old, new = old + (old >= at), there[new]
        columns[field.name] = np.concatenate([old, new])
    order = np.lexsort((columns["payee"], columns["payer"]))
    return CreditGraph(holders, Ties(**{name: values[order] for name, values in columns.items()}), base.parameters)


def _of(made: Ties, at: int) -> Any:
    return (made.payer == at) | (made.payee == at)


def _rules(known: Recalled) -> Rules:
    data = known.config.data
    return Rules(data.base_currency, data.id_pattern, known.config.kinds, data.self_transfer)


def _accounts(known: Recalled) -> Callable[[str], bool]:
    """Say of an id whether it is an account of the run; each is looked up once."""
    ids = known.accounts["account_id"]
    return cache(lambda account: bool(pc.index(ids, pa.scalar(account, pa.string())).as_py() >= 0))


def _moment(known: Recalled) -> datetime:
    return datetime.fromisoformat(known.run.manifest["as_of"])


def _refuse_known(known: Recalled, asked: Application) -> None:
    """Refuse who is scored already, who would not be scored, and circles that only a run can cancel."""
    run, as_of = known.run.id, _moment(known)
    if _accounts(known)(asked.account_id):
        raise UsageError(f"account {asked.account_id!r} has a score in run {run} already; `renmai what-if` is for it")
    if pc.index(known.graph.holders, pa.scalar(asked.holder_id, pa.string())).as_py() >= 0:
        raise UsageError(
            f"holder {asked.holder_id!r} has a score in run {run} already, which all its accounts share; what another "
            "account changes is told by a run"
        )
    if asked.opened_on is not None and asked.opened_on > as_of.date():
        raise UsageError(
            f"opened_on is {asked.opened_on}, after the run's as_of {as_of.isoformat()}; an account opened later has "
            "no score in it"
        )
    sides = {one.from_id == asked.account_id for one in asked.relations if one.kind in CREDIT_KINDS}
    if known.config.ties.netting != "pairs" and len(sides) == 2:
        raise UsageError(
            "this run cancels money that comes back over a third holder, which takes the payments of others; an "
            "applicant who both sends and receives is scored by a run"
        )


def _counted(relations: tuple[Relation, ...], as_of: datetime) -> dict[str, int]:
    """Count what each relation is."""
    found: Counter[str] = Counter()
    for one in relations:
        if one.disputed:
            found["disputed"] += 1
        elif one.at > as_of:
            found["after_as_of"] += 1
        elif one.kind not in CREDIT_KINDS:
            found["never_a_tie"] += 1
        else:
            found["reversals" if one.reverses else "payments"] += 1
    return {name: found[name] for name in ("payments", "reversals", "never_a_tie", "after_as_of", "disputed")}


def _notes(known: Recalled, asked: Application) -> Iterator[str]:
    granted = str(known.run.manifest["consent"]).startswith(ALL_GRANTED)
    if asked.consents is None and not granted:
        yield "no consent is given, and no word is no consent: nothing of the profile is read and no tie lifts"
    elif asked.consents is None:
        yield "no consents are given, and this run took all as granted"
    if not asked.profile:
        yield "the profile is empty: what nobody knows takes what the run's portfolio gives"
    if late := sum(one.at > _moment(known) for one in asked.relations):
        yield f"{late} relations are later than as_of and are set aside"
