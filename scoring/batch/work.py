"""What happens between the lock and the pointer? One start of a batch, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import loaders
from loaders.errors import GateError, UnavailableError
from loaders.tables import Tables
from scoring.batch import facts, knowledge, stages, storing
from scoring.batch import tables as kept
from scoring.batch.connections import is_asked, permit
from scoring.batch.gates import measure, pass_or_stop, refuse_empty, refuse_nonsense
from scoring.batch.laying import Laying
from scoring.batch.progress import Reporter, timed
from scoring.batch.stages import STAGES, Known, Order, Propagated, Tied
from scoring.runs import index
from scoring.runs.draft import Draft, repeat, whole_run
from scoring.runs.lock import Lock
from scoring.runs.resume import Resume, Stored
from scoring.runs.run import Run, current_id, open_run

if TYPE_CHECKING:
    import pyarrow as pa

    from scoring.batch.gates import Passage

T = TypeVar("T")


@dataclass(frozen=True)
class Allowance:
    """What the operator allows this once.

    Attributes
    ----------
    resume : bool
        Stages that an interrupted start of the same work finished are used.
    force : bool
        A shift of scores or a loss of rows is published all the same.
    allow_empty : bool
        An input without accepted accounts or relations is scored.
    """

    resume: bool = False
    force: bool = False
    allow_empty: bool = False


class Work:
    """One start of a batch: the stages with their progress, and what was laid down by an earlier start."""

    def __init__(self, lock: Lock, order: Order, data: Path | Tables, allowance: Allowance, reporter: Reporter) -> None:
        self.lock, self.order, self.data, self.allowance, self.reporter = lock, order, data, allowance, reporter
        self.forced: list[str] = []
        self._about = {
            "as_of": facts.utc(order),
            "config": facts.policy(order.config, ("database",)),
            "constants": None if order.constants is None else order.constants.to_json(),
            "rule": order.rule,
            "versions": facts.versions(),
        }
        self._content: dict[str, str] = {}
        self.resume = Resume(lock, wanted=self._summed if allowance.resume else None, say=reporter.note)
        self.laying = Laying(self.resume)

    def publish(self) -> Run:
        """Do all stages and give the run that is current afterwards."""
        with self.laying:
            return self._publish()

    def _publish(self) -> Run:
        order = self.order
        tables = self._read()
        accepted = {name: counts.accepted for name, counts in tables.counts.items()}
        self._refuse(tables, accepted)
        content = loaders.fingerprint(tables)
        if isinstance(self.data, Tables):
            self.resume.begin(self._key({"tables": content}))
        run_id = facts.name_run(content, order)
        stands = whole_run(self.lock.root, run_id)
        if stands is not None:
            return self._repeat(stands, accepted)
        if self._keeps_state:
            self.laying.seal(run_id, tables.relations)
        order, asked = self._permit(tables)
        rejects, about = tables.rejects, {**facts.input_facts(tables, content), **asked}
        known, tied = self._tie(tables)
        about |= {"counts": {"tables": facts.table_counts(tables, known.snapshot.counts)}}
        del tables  # the log is tied: its memory is needed no more
        known = stages.forget_relations(known)
        named_ties = self.laying.beside(lambda: kept.tie_table(tied, known))
        propagated = self._propagate(known, tied)
        bins = self.laying.beside(lambda: kept.bins(known, propagated))
        if self._keeps_state:
            self.laying.complete(lambda: knowledge.found_tables(known, tied, propagated))
        with self._stage("score") as told:
            scores = stages.score(known, propagated, order)
            told |= {"accounts": scores.num_rows}
        passage, note = self._gate(run_id, accepted, scores, propagated.standing)
        about |= {**facts.order_facts(order, known), **facts.result_facts(propagated, passage)}
        about["counts"]["graph"] = facts.graph_counts(known, tied, scores)
        results = {
            "scores": scores,
            "standing": propagated.standing,
            "ties": named_ties.result(),
            "contributions": propagated.contributions,
            "rejects": rejects,
            "bins": bins.result(),
        }
        if (likely := kept.probabilities(known, order)) is not None:
            results["probabilities"] = likely
        return self._write(run_id, results, about, note)

    def _read(self) -> Tables:
        with self._stage("read") as told:
            if isinstance(self.data, Tables):
                return self.data
            folder = self.data
            tables = self._once("read", lambda: self._load(folder), storing.store_tables, storing.restore_tables)
            told |= {name: counts.accepted for name, counts in tables.counts.items()}
            return tables

    def _load(self, folder: Path) -> Tables:
        """Read the folder, and name the work after what was read."""
        before = storing.marks(folder)
        tables = loaders.read(folder, self.order.settings, self._tell)
        storing.refuse_changed(before, storing.marks(folder))
        content = storing.content_of(tables)
        storing.refuse_changed(self._content or content, content)
        self.resume.begin(self._key(content))
        return tables

    def _summed(self) -> str:
        """Name the work before it is read; otherwise the sums are those that the readers take as they read."""
        self._content = storing.content(self.data)
        return self._key(self._content)

    def _key(self, content: dict[str, str]) -> str:
        return storing.key(content, self._about)

    def _refuse(self, tables: Tables, accepted: dict[str, int]) -> None:
        try:
            loaders.check_rates(tables, self.order.config.load_settings)
        except GateError as error:
            if not self.allowance.force:
                raise GateError(f"{error}. `renmai check` tells which; --force goes on without them") from error
            self.forced.append(str(error))
        refuse_empty(accepted, allow_empty=self.allowance.allow_empty)

    def _permit(self, tables: Tables) -> tuple[Order, dict[str, Any]]:
        """Decide whether connections enter; from here on the order is what was decided."""
        if not is_asked(self.order):
            return self.order, {}
        with timed(self.reporter, "look back", STAGES.index("tie"), len(STAGES)):
            found = permit(self.order, tables, self.reporter.within)
        self.order = found.order
        self.reporter.note(found.facts["uplift"]["sentence"])
        return found.order, found.facts

    def _tie(self, tables: Tables) -> tuple[Known, Tied]:
        with self._stage("tie") as told:
            known = stages.know(tables, self.order)
            tied = self._once("tie", lambda: stages.tie(known, self.order), storing.store_ties, storing.restore_ties)
            told |= {"persons": len(known.assessment.holders), "ties": len(tied.ties)}
            return known, tied

    def _propagate(self, known: Known, tied: Tied) -> Propagated:
        with self._stage("propagate") as told:
            propagated = self._once(
                "propagate",
                lambda: stages.spread(known, tied, self.order),
                storing.store_propagated,
                storing.restore_propagated,
            )
            told |= {"iterations": propagated.convergence["iterations"]}
            return propagated

    def _gate(self, run_id: str, accepted: dict[str, int], scores: pa.Table, standing: pa.Table) -> tuple[Passage, str]:
        with self._stage("gate"):
            refuse_nonsense(scores, standing)
            passage = measure(accepted, scores, self._last(run_id), self.order.config.gate)
            self.forced += pass_or_stop(passage, force=self.allowance.force)
            return passage, f"forced: {'; '.join(self.forced)}" if self.forced else ""

    def _last(self, run_id: str) -> Run | None:
        """Give the current run if it is another one that the new one may be compared with."""
        current = current_id(self.lock.root)
        if current in (None, run_id):
            return None
        try:
            last = open_run(self.lock.root)
            last.table("scores", [])
        except UnavailableError as error:
            if not self.allowance.force:
                raise
            self.reporter.note(f"forced: not compared with the last run. {error}")
            return None
        return last if facts.comparable(last.manifest, self.order) else None

    def _write(self, run_id: str, results: dict[str, pa.Table], about: dict[str, Any], note: str) -> Run:
        with Draft(self.lock, run_id) as draft:
            with self._stage("write") as told:
                draft.add_all(results, threads=self.order.engine.threads)
                told |= {name: table.num_rows for name, table in results.items()}
                self.laying.finish()
                if self._keeps_state:
                    draft.adopt(self.resume.folder(index.FOLDER))
                draft.seal(about)
            with self._stage("make current"):
                made = draft.publish(note=note, data=self._folder)
        self.resume.remove()
        return made

    @property
    def _keeps_state(self) -> bool:
        """Whether an update may go on from this run without its input; what came as tables is not laid down."""
        return self.order.config.run.keep_state and not isinstance(self.data, Tables)

    @property
    def _folder(self) -> str:
        """Where the input is; "" if it came as tables."""
        return "" if isinstance(self.data, Tables) else str(self.data.resolve())

    def _repeat(self, stands: Run, accepted: dict[str, int]) -> Run:
        self.reporter.note(f"run {stands.id} stands already and every byte of it is as it was written")
        if (made_with := stands.manifest["versions"]) != (now := facts.versions()):
            other = ", ".join(f"{name} {made_with.get(name)}" for name in now if made_with.get(name) != now[name])
            self.reporter.note(f"it was made with other versions ({other}) and stays as it is")
        if stands.manifest.get("uplift", {}).get("neutral"):
            self.order = replace(self.order, config=self.order.config.neutral())
        _, note = self._gate(stands.id, accepted, stands.table("scores"), stands.table("standing"))
        with self._stage("make current"):
            made = repeat(self.lock, stands, note=note, data=self._folder)
        self.laying.drop()
        self.resume.remove()
        return made

    def _once(
        self, stage: str, make: Callable[[], T], store: Callable[[T], Stored], take_up: Callable[[Stored], T]
    ) -> T:
        stored = self.resume.load(stage)
        if stored is not None:
            self.reporter.note(f"stage {stage} is taken up from the interrupted run")
            return take_up(stored)
        made = make()
        self.laying.lay(stage, store(made))
        return made

    def _tell(self, _name: str, done: int, of: int) -> None:
        self.reporter.within(done / of if of else 1.0)

    def _stage(self, name: str) -> Any:
        return timed(self.reporter, name, STAGES.index(name), len(STAGES))
