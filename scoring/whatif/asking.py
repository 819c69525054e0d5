"""What if a tie were gone, a value another, or somebody had defaulted? One account of a run, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.credit_graph import CreditGraph
from loaders.errors import UsageError
from scoring.recall import Recalled, recall
from scoring.runs.run import Run
from scoring.whatif.own import with_values
from scoring.whatif.results import WhatIf
from scoring.whatif.standing import Solved, State, as_it_stands, moves, solve
from scoring.whatif.values import profile_column, read_value

SHOWN = 20
"""How many of those who move a result names, unless told otherwise."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Everyone before and after a change, and where the account's holder stands in the arrays."""

    account_id: str
    place: int
    before: Solved
    after: Solved
    changes: tuple[str, ...]
    notes: tuple[str, ...]


def what_if(
    run: Run | Recalled,
    account: str,
    *,
    without_tie: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the command line
    default: str | None = None,
    top: int | None = SHOWN,
) -> WhatIf:
    """Score one account of a run again, with something changed; the portfolio's constants stay those of the run.

    What is given is changed together. The result is that of a whole run on an input changed accordingly, to the bit.

    Parameters
    ----------
    run
        A run, or what ``recall`` made of it, to ask many questions.
    account
        The account; a holder's id is taken for the first of the holder's accounts.
    without_tie
        Another account or holder: all payments between the two, either way, are gone, and the budget that each spent
        on the other is free for those it pays as well.
    set
        Values of the account's profile by name: features, ready-made dimensions, ``history_months``.
    default
        An account or holder that has an outcome of severity 1 at the run's ``as_of``.
    top
        How many of the others who move are named; ``None``: all.

    Returns
    -------
    WhatIf

    Raises
    ------
    UsageError
        When nothing is changed, an account has no score in the run, or the two have no tie.
    ContractError
        When a feature is not known or a value not allowed.

    Examples
    --------
    Without Sam's transfers Nina is worth what she is worth on her own.

    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     found = what_if(run, "nina", without_tie="sam")
    >>> found.before.score, found.after.score, found.after.lift, found.others
    (670, 664, 0.0, 0)
    """
    known = run if isinstance(run, Recalled) else recall(run)
    found = ask(known, account, without_tie=without_tie, set=set, default=default)
    old, new, others = moves(found.before, found.after, known.config, found.place)
    return WhatIf(
        account_id=found.account_id,
        holder_id=known.graph.holder_id(found.place),
        run_id=known.run.id,
        as_of=str(known.run.manifest["as_of"]),
        changes=found.changes,
        notes=found.notes,
        before=old,
        after=new,
        others=len(others),
        movers=others[:top],
        work=found.after.work,
    )


def ask(
    known: Recalled,
    account: str,
    *,
    without_tie: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002
    default: str | None = None,
) -> Answer:
    """Solve a run with something changed, for everyone; the arguments are those of :func:`what_if`."""
    if without_tie is None and not set and default is None:
        raise UsageError("nothing is changed; give a tie to leave out, values to set, or who defaults")
    account_id, place = find(known, account)
    before = as_it_stands(known)
    state, changes = before.state, list[str]()
    notes: tuple[str, ...] = ()
    name = known.graph.holder_id
    if without_tie is not None:
        other = find(known, without_tie)[1]
        state = _without_tie(known, state, place, other)
        changes.append(f"the ties between {name(place)} and {name(other)} are gone, in both directions")
    if set:
        values = {feature: read_value(profile_column(feature, "set"), value, "set") for feature, value in set.items()}
        reread = with_values(state.assessment, known.config, place, values)
        state = replace(state, assessment=reread.assessment)
        changes += reread.changes
        notes = reread.notes
    if default is not None:
        who = find(known, default)[1]
        state = _with_default(state, who)
        changes.append(f"{name(who)} defaulted at as_of, with severity 1")
    return Answer(account_id, place, before, solve(known, before, state), tuple(changes), notes)


def find(known: Recalled, account: str) -> tuple[str, int]:
    """Find an account, or a holder's first account, and the holder's place.

    Raises
    ------
    UsageError
        When the run has no score for it.
    """
    wanted = pa.scalar(account, pa.string())
    for column in ("account_id", "holder_id"):
        row = pc.index(known.accounts[column], wanted).as_py()
        if row >= 0:
            holder = known.accounts["holder_id"][row]
            return str(known.accounts["account_id"][row]), int(pc.index(known.graph.holders, holder).as_py())
    raise UsageError(
        f"account {account!r} has no score in run {known.run.id}: scored are the accounts of persons that were "
        f"open on {str(known.run.manifest['as_of'])[:10]}; merchants and institutions have no score"
    )


def _without_tie(known: Recalled, state: State, one: int, other: int) -> State:
    """Take the strength from the ties between two holders: what is of strength 0 counts nowhere."""
    if known.config.ties.netting != "pairs":
        raise UsageError(
            "this run cancels money that comes back over a third holder, so what other ties would be without this one "
            "follows from the payments, and a run keeps only their sums; leave the payments out and make a run"
        )
    ties = state.graph.ties
    gone = ((ties.payer == one) & (ties.payee == other)) | ((ties.payer == other) & (ties.payee == one))
    if not gone.any():
        names = f"{known.graph.holder_id(one)} and {known.graph.holder_id(other)}"
        raise UsageError(f"there is no tie between {names} in run {known.run.id}, in either direction")
    less = replace(ties, v=np.where(gone, 0.0, ties.v), g=np.where(gone, 0.0, ties.g))
    return replace(state, graph=CreditGraph(state.graph.holders, less, state.graph.parameters))


def _with_default(state: State, who: int) -> State:
    severity, clean = state.severity.copy(), state.assessment.no_bad_record.copy()
    severity[who], clean[who] = 1.0, False
    return replace(state, severity=severity, assessment=replace(state.assessment, no_bad_record=clean))
