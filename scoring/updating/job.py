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
from scoring.batch.engine import Engine
from scoring.batch.gates import measure, pass_or_stop, refuse_nonsense
from scoring.batch.machine import refuse_tight_limit
from scoring.batch.progress import Reporter, Silence, timed
from scoring.runs.draft import clear_orphans
from scoring.runs.index import StateError
from scoring.runs.lock import Lock
from scoring.runs.run import Run, begin_checks, open_run
from scoring.runs.state import open_state
from scoring.updating.additions import ADDED, Additions, judge_additions
from scoring.updating.earlier import Earlier
from scoring.updating.found import Found, found_by_state, found_in_files
from scoring.updating.origin import Origin, origin_of, read_whole
from scoring.updating.plain import plain_additions
from scoring.updating.portfolio import Portfolio
from scoring.updating.publication import Account, publish
from scoring.updating.touched import recompute_touched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from loaders.settings import LoadSettings
    from scoring.batch.stages import Order
    from scoring.updating.outcome import Outcome

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
    reasons : str
        For which reasons, and where the first is that was not simply there before.
    full : str
        Why everything was computed; "" when only what was touched was.
    touched : dict
        How many ties, holders and scores were computed again.
    """

    run: Run
    new: int
    refused: int
    reasons: str
    full: str
    touched: Mapping[str, int]

    @property
    def sentence(self) -> str:
        """Tell it in one line."""
        refused = f"{self.refused:,} refused" + (f" ({self.reasons})" if self.reasons else "")
        if not self.touched:
            return f"nothing is new: run {self.run.id} stays as it is; {refused}"
        how = f"computed fully, because {self.full}" if self.full else "only what they touch was computed"
        counts = ", ".join(f"{count:,} {name}" for name, count in self.touched.items())
        return f"{self.new:,} new rows, {refused}; {how}; touched: {counts}"


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
        self.threads = origin.engine.threads or 2
        self.full = ""

    def publish(self, as_of: datetime | None, *, force: bool) -> Updated:
        """Do all steps and tell what was done."""
        run, terms = self.origin.run, self.origin.terms
        moved = None if as_of is None or as_of == terms.as_of else as_of
        if moved is not None:
            self.full = f"as_of moved from {terms.as_of.isoformat()} to {moved.isoformat()} and every window with it"
        with self._step("gate of new rows") as told:
            found = self._found()
            told |= {"new": found.new, "refused": found.refused}
        forced = self._allowed(found, terms.settings, force=force)
        if not found.new and moved is None:
            done = Updated(run, 0, found.refused, found.reasons, "", {})
            self.reporter.note(done.sentence)
            return done
        with self._step("compute") as told:
            found, outcome, order = self._computed(found, moved)
            told |= outcome.touched
        with self._step("gate"):
            refuse_nonsense(*outcome.fresh)
            passage = measure(found.accepted, outcome.scores, run, terms.limits)
            forced += pass_or_stop(passage, force=force)
        done = Updated(run, found.new, found.refused, found.reasons, self.full, outcome.touched)
        with self._step("write"):
            account = Account(self.full, found.new, found.refused, passage, tuple(forced))
            made = publish(self.lock, self.origin, order, found, outcome, account, self.inputs)
        done = replace(done, run=made)
        self.reporter.note(done.sentence)
        return done

    def _found(self) -> Found:
        """Judge the new rows, beside the run's state where that is sound and enough, else with everything anew."""
        run, terms = self.origin.run, self.origin.terms
        try:
            state = open_state(run, self.threads)
            earlier = Earlier(state)
            earlier.begin()
            begin_checks(run, state.pool, "ties", "standing", "scores", "bins", "contributions")
            added = self._judged(earlier)
            if added.entangled:
                self._fully(added.entangled)
                return found_in_files(*read_whole(self.origin, self.inputs))
            found = found_by_state(state, earlier, added, run)
            if found.new:
                self._fully(terms.no_shortcut or _other_than_relations(found))
            if self.full:
                tables = found.whole()  # read now, while another way is left if it is not sound
                return replace(found, whole=lambda: tables)
        except StateError as error:
            self._fully(f"the state of run {run.id} cannot be used ({error})")
            return found_in_files(*read_whole(self.origin, self.inputs))
        return found

    def _judged(self, earlier: Earlier) -> Additions:
        """Let new rows in: those that are plainly right at once, others by the gate of everybody."""
        run = self.origin.run
        rejects = run.table("rejects")
        added = plain_additions(self.inputs, earlier, rejects, self.origin.terms.settings)
        if added is None:
            settings = self.origin.order.settings
            added = judge_additions(self.inputs, earlier.state, earlier, rejects, settings, f"run {run.id}")
        return added

    def _fully(self, why: str) -> None:
        self.full = self.full or why

    def _allowed(self, found: Found, settings: LoadSettings, *, force: bool) -> list[str]:
        """Refuse too many refused rows, counted over the whole input."""
        try:
            check_rates(found.told, settings)
        except GateError as error:
            if not force:
                raise GateError(f"{error}; the last run stays, --force goes on without them") from error
            return [str(error)]
        return []

    def _computed(self, found: Found, moved: datetime | None) -> tuple[Found, Outcome, Order | None]:
        """Compute what is touched, or everything; with what it was computed of, and by which order."""
        if not self.full and found.state is not None:
            try:
                portfolio = Portfolio(self.origin.run, found.state)
                terms = self.origin.terms
                return found, recompute_touched(self.origin.run, portfolio, found, terms, self.threads), None
            except StateError as error:
                self._fully(f"the state of run {self.origin.run.id} cannot be used ({error})")
                found = found_in_files(*read_whole(self.origin, self.inputs))
        from scoring.updating.whole import recompute  # all stages of a run take longer to load than a small update

        self.reporter.note(f"everything is computed, because {self.full}")
        order = self.origin.order if moved is None else replace(self.origin.order, as_of=moved)
        return found, recompute(found.whole(), order, self.reporter), order

    def _step(self, name: str) -> Any:
        return timed(self.reporter, name, STEPS.index(name), len(STEPS))


def _other_than_relations(found: Found) -> str:
    """Say that something came that may change what is known of persons; "" when only relations did."""
    counts = {} if found.added is None else found.added.tables.counts
    came = [name for name in ADDED[1:] if name in counts and counts[name].accepted]
    return f"new {' and '.join(came)} came" if came else ""
