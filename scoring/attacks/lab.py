"""Can this run be gamed? Every attack on a copy in memory, under every rule; nothing is written or published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

import loaders
from loaders.errors import UsageError
from loaders.reader import Progress
from loaders.tables import Tables
from scoring.attacks.catalogue import ATTACKS, Attack, chosen
from scoring.attacks.figures import constants_row, row_of
from scoring.attacks.outcome import Outcome, fresh_points
from scoring.attacks.promises import sybils_stay_within_bound
from scoring.attacks.results import RULES, AttackReport, AttackRow, Promise
from scoring.attacks.target import Target, target_of
from scoring.batch.inputs import inputs_of
from scoring.recall import recall
from scoring.runs.run import Run


def attack(
    run: Run,
    *,
    attacks: Iterable[str] | None = None,
    rules: Iterable[str] | None = None,
    data: Tables | Path | str | None = None,
    seed: int = 7,
    progress: Progress | None = None,
) -> AttackReport:
    """Attack a run: what would each attack gain under each rule, whom would it hurt, and what would it cost?

    Planted accounts, profiles and payments stand beside the run's own rows in memory; ties, standings and scores are
    then made by the same stages as in a run, with the portfolio constants of the base run. What letting these be
    recomputed would do is a row of its own per attack. An attacker's change is from a portfolio with its accounts but
    without its payments.

    Parameters
    ----------
    run
        The run; it is only read.
    attacks
        Names from ``ATTACKS``; None: all.
    rules
        ``vouch``, ``association``, ``pagerank``, ``smoothing``, ``averages``; None: all.
    data
        The input that the run was made of, or its folder; None: the folder that ``LOG`` names.
    seed
        What choices among equal candidates (whose twin, which victim) are drawn with.
    progress
        Called with what is read or attacked, how much is done and of how much, as by :func:`loaders.read`.

    Returns
    -------
    AttackReport

    Raises
    ------
    UsageError
        When a name is unknown, or the input is not the one that the run was made of.
    GateError
        When a promise of rule ``vouch`` does not hold; it names the promise.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> tables = loaders.load(**town())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(tables, as_of=AS_OF, runs=folder)
    ...     report = attack(run, attacks=["capture"], rules=["vouch"], data=tables)
    >>> row = report.row("capture", "vouch")
    >>> row.honest_people, row.money_out, 0 < row.reached <= row.bound <= report.supporter_bound
    (1, 0, True)
    """
    names, wanted = chosen("attack", attacks, ATTACKS), chosen("rule", rules, RULES)
    target = target_of(recall(run), _tables(run, data, progress), seed)
    rows: list[AttackRow] = []
    shifts: list[AttackRow] = []
    held: list[Promise] = []
    for done, name in enumerate(names):
        if progress is not None:
            progress(name, done, len(names))
        outcome = _carried_out(target, ATTACKS[name])
        held += _kept(outcome, ATTACKS[name])
        rows += [row_of(outcome, rule) for rule in wanted]
        anew = target.planted(outcome.plot.newcomers, outcome.plot.payments, held=False)
        shifts.append(constants_row(outcome, anew))
    return AttackReport(
        run_id=run.id,
        as_of=target.order.as_of.astimezone(UTC).isoformat(),
        seed=seed,
        currency=target.soil.currency,
        exponent=_exponent(target.soil.currency),
        rules=wanted,
        descriptions={name: ATTACKS[name].sentence for name in names},
        supporter_bound=fresh_points(target.order.config) * target.supporter_bound,
        rows=(*rows, *shifts),
        promises=tuple(held),
        connections=target.order.config.score.connections,
    )


def _tables(run: Run, data: Tables | Path | str | None, progress: Progress | None) -> Tables:
    if not isinstance(data, Tables):
        return inputs_of(run, data, progress)
    if (found := loaders.fingerprint(data)) != run.manifest["fingerprint"]:
        raise UsageError(
            f"data are not the tables that run {run.id} was made of: their fingerprint is {found[:16]}…, "
            f"the run's is {run.manifest['fingerprint'][:16]}…"
        )
    return data


def _carried_out(target: Target, kind: Attack) -> Outcome:
    """Plant an attack and settle the portfolio before and after its payments."""
    plot = kind.plot(target)
    before, after = (target.planted(plot.newcomers, payments) for payments in ((), plot.payments))
    whole = target.planted(plot.newcomers, plot.whole) if plot.whole else None
    return Outcome(kind.name, target, plot, before, after, whole)


def _kept(outcome: Outcome, kind: Attack) -> list[Promise]:
    found = [check(outcome) for check in (*kind.checks, sybils_stay_within_bound)]
    return [promise for promise in found if promise is not None]


def _exponent(currency: str) -> int:
    from iso4217 import Currency

    return int(Currency(currency).exponent or 0)
