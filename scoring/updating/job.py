"""How do new rows become a new run? Gate, the way that is allowed, the same checks as a run, one pointer.

Which way: where nothing but new relations came and the run's state is sound, only what they touch is computed again.
Everything else is a full computation with the portfolio constants of the run, and the update says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loaders.errors import GateError, UsageError
from loaders.limits import check_rates
from scoring.batch.gates import measure, pass_or_stop, refuse_nonsense
from scoring.batch.machine import refuse_tight_limit
from scoring.batch.progress import Reporter, Silence, timed
from scoring.batch.stages import Engine, Order
from scoring.runs.draft import clear_orphans
from scoring.runs.lock import Lock
from scoring.runs.run import Run, open_run
from scoring.runs.state import StateError, open_state
from scoring.updating.additions import ADDED, judge_additions
from scoring.updating.earlier import Earlier
from scoring.updating.found import Found, found_by_state, found_in_files
from scoring.updating.origin import Origin, origin_of, read_whole
from scoring.updating.publication import Account, publish
from scoring.updating.touched import recompute_touched
from scoring.updating.whole import Outcome, recompute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

STEPS = ("gate of new rows", "compute", "gate", "write")


@dataclass(frozen=True)
class Updated:
    """What an update did.

    Attributes
    ----------
    run : Run
        The run that is current afterwards.
    new : int
        New rows that stand; 0 without ``full``: nothing was new and the run is the one before.
    refused : int
        New rows that were refused, exact duplicates among them.
    full : str
        Why everything was computed; "" when only what was touched was.
    touched : dict
        How many ties, holders and scores were computed again.
    """

    run: Run
    new: int
    refused: int
    full: str
    touched: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """Tell it in one line."""
        if not self.touched:
            return f"nothing is new: run {self.run.id} stays as it is; {self.refused:,} rows were there or refused"
        how = f"computed fully, because {self.full}" if self.full else "only what they touch was computed"
        counts = ", ".join(f"{count:,} {name}" for name, count in self.touched.items())
        return f"{self.new:,} new rows, {self.refused:,} refused; {how}; touched: {counts}"


def update(
    inputs: Mapping[str, Sequence[Any]],
    *,
    runs: Path | str,
    as_of: datetime | None = None,
    force: bool = False,
    data: str | None = None,
    engine: Engine | None = None,
    progress: Reporter | None = None,
) -> Updated:
    """Bring new rows into the current run and make the new run current.

    Parameters
    ----------
    inputs
        Per table (relations, profiles, consents, outcomes): files, folders of parts, or DataFrames.
    runs
        The runs folder.
    as_of
        The moment to score at; another one than the run's is a full computation.
    force
        Whether a shift of scores or a loss of rows is published all the same.
    data
        Where the folder that the run was made of is now.
    engine
        Threads and memory.
    progress
        Is told how the work goes.

    Returns
    -------
    Updated
        With the run that is current afterwards.

    Raises
    ------
    UsageError
        When there is no run, nothing to bring in, or the whole input is needed and cannot be found.
    ContractError, GateError
        When the new files or the result do not pass; the run stays.
    LockedError, UnavailableError
        As for a run.
    """
    root, engine = Path(runs), engine or Engine()
    if unknown := [name for name in inputs if name not in ADDED]:
        raise UsageError(f"an update brings rows of {', '.join(ADDED)}; got {unknown[0]!r}")
    if not any(inputs.values()) and as_of is None:
        raise UsageError("an update needs new rows or another as_of; name a file with --relations")
    if as_of is not None and as_of.utcoffset() is None:
        raise UsageError(f"as_of must have an offset; got {as_of.isoformat()}")
    open_run(root)  # tells how to make the first, before anything is made
    refuse_tight_limit()
    with Lock(root) as lock:
        clear_orphans(lock)
        origin = origin_of(open_run(root), engine, data)
        return _Work(lock, origin, inputs, progress or Silence()).publish(as_of, force=force)


class _Work:
    """One update, step by step, the lock held."""

    def __init__(self, lock: Lock, origin: Origin, inputs: Mapping[str, Sequence[Any]], reporter: Reporter) -> None:
        self.lock, self.origin, self.reporter = lock, origin, reporter
        self.inputs = {table: list(given) for table, given in inputs.items() if given}
        self.full = ""

    def publish(self, as_of: datetime | None, *, force: bool) -> Updated:
        """Do all steps and tell what was done."""
        run, order = self.origin.run, self.origin.order
        moved = as_of is not None and as_of != order.as_of
        if as_of is not None and moved:
            self.full = f"as_of moved from {order.as_of.isoformat()} to {as_of.isoformat()} and every window with it"
            order = replace(order, as_of=as_of)
        with self._step("gate of new rows") as told:
            found = self._found(order)
            told |= {"new": found.new, "refused": found.refused}
        if not found.new and not moved:
            done = Updated(run, 0, found.refused, "", {})
            self.reporter.note(done.sentence)
            return done
        forced = self._allowed(found, order, force=force)
        with self._step("compute") as told:
            outcome = self._computed(found, order)
            told |= outcome.touched
        with self._step("gate"):
            refuse_nonsense(outcome.results["scores"], outcome.results["standing"])
            passage = measure(found.accepted, outcome.results["scores"], run, order.config.gate)
            forced += pass_or_stop(passage, force=force)
        done = Updated(run, found.new, found.refused, self.full, outcome.touched)
        with self._step("write"):
            account = Account(self.full, found.new, found.refused, passage, tuple(forced))
            made = publish(self.lock, self.origin, order, found, outcome, account, self.inputs)
        done = replace(done, run=made)
        self.reporter.note(done.sentence)
        return done

    def _found(self, order: Order) -> Found:
        """Judge the new rows, beside the run's state where that is sound and enough, else with everything anew."""
        run = self.origin.run
        try:
            # the log is hashed while the new files are read: the first look at it waits for the end of that
            state = open_state(run, self.origin.order.engine.threads or 2, first=("accounts", "rates"))
            earlier = Earlier(state)
            added = judge_additions(self.inputs, state, earlier, run.table("rejects"), order.settings, f"run {run.id}")
            state.check()
        except StateError as error:
            self._fully(f"the state of run {run.id} cannot be used ({error})")
            return found_in_files(*read_whole(self.origin, self.inputs))
        if added.entangled:
            self._fully(added.entangled)
            return found_in_files(*read_whole(self.origin, self.inputs))
        found = found_by_state(state, earlier, added, run)
        if found.new and (why := _no_shortcut(order, found)):
            self._fully(why)
        return found

    def _fully(self, why: str) -> None:
        self.full = self.full or why

    def _allowed(self, found: Found, order: Order, *, force: bool) -> list[str]:
        """Refuse too many refused rows, counted over the whole input."""
        try:
            check_rates(found.told, order.settings)
        except GateError as error:
            if not force:
                raise GateError(f"{error}; the last run stays, --force goes on without them") from error
            return [str(error)]
        return []

    def _computed(self, found: Found, order: Order) -> Outcome:
        if self.full or found.added is None or found.state is None or found.earlier is None:
            self.reporter.note(f"everything is computed, because {self.full}")
            return recompute(found.whole(), order, self.reporter)
        return recompute_touched(self.origin.run, found, order)

    def _step(self, name: str) -> Any:
        return timed(self.reporter, name, STEPS.index(name), len(STEPS))


def _no_shortcut(order: Order, found: Found) -> str:
    """Say why new rows may change what nothing of the run before tells; "" when only what they touch changes."""
    if order.rule == "association":
        return "under rule association every standing depends on all others"
    if order.config.ties.netting == "cycles":
        return "with netting = cycles a payment may count for pairs of others"
    if order.config.propagation.tolerance:
        return "with a tolerance standings depend on where the steps begin"
    if order.config.gate.connections != "always":
        return "gate.connections asks for evidence, which is looked for in the whole input"
    came = [name for name in ADDED[1:] if found.added is not None and found.added.tables.counts[name].accepted]
    if came:
        return f"new {' and '.join(came)} came"
    return ""
