"""How is what an update came to written down? A run like any other, that tells of the run it began from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring.batch import facts
from scoring.runs import disk
from scoring.runs.draft import Draft
from scoring.runs.index import FOLDER
from scoring.updating.keeping import keep_state
from scoring.updating.origin import telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scoring.batch.gates import Passage
    from scoring.batch.stages import Order
    from scoring.runs.lock import Lock
    from scoring.runs.run import Run
    from scoring.updating.found import Found
    from scoring.updating.origin import Origin
    from scoring.updating.outcome import Outcome


@dataclass(frozen=True)
class Account:
    """What is told of an update beside its results.

    Attributes
    ----------
    full : str
        Why everything was computed; "".
    new, refused : int
        New rows that stand and that do not.
    passage : Passage
        What the gate measured.
    forced : tuple of str
        Limits that were not kept and passed over.
    """

    full: str
    new: int
    refused: int
    passage: Passage
    forced: tuple[str, ...]


def publish(
    lock: Lock,
    origin: Origin,
    order: Order | None,
    found: Found,
    outcome: Outcome,
    account: Account,
    inputs: Mapping[str, Sequence[Any]],
) -> Run:
    """Write the run and make it current; ``order`` is None where that of the run before was enough."""
    run_id = name_run(found, origin, order)
    paths = [(table, str(Path(one).resolve())) for table, given in inputs.items() for one in given if _is_path(one)]
    frames = [(table, "") for table, given in inputs.items() for one in given if not _is_path(one)]
    data = telling(origin.folder, [*origin.added, *paths, *frames])
    note = "; ".join([f"update of {origin.run.id}", *(f"forced: {one}" for one in account.forced)])
    with Draft(lock, run_id) as draft:
        draft.add_all(outcome.results, threads=origin.engine.threads)
        if origin.terms.keeps_state:
            folder = draft.path / FOLDER
            with disk.translated(folder):
                keep_state(folder, run_id, found, outcome.kept)
        draft.seal(_body(origin, found, outcome, account))
        return draft.publish(note=note, data=data)


def name_run(found: Found, origin: Origin, order: Order | None) -> str:
    """Name the new run, by the terms of the one before or by a policy that was built whole."""
    if order is None:
        return origin.terms.name_run(found.fingerprint)
    return facts.name_run(found.fingerprint, order)


def _is_path(given: Any) -> bool:
    return isinstance(given, str | Path)


def _body(origin: Origin, found: Found, outcome: Outcome, account: Account) -> dict[str, Any]:
    manifest = origin.run.manifest
    entry = {
        "base": origin.run.id,
        "files": [
            {"file" if key == "name" else key: value for key, value in asdict(file).items()} for file in found.files
        ],
        "full": account.full,
        "new": account.new,
        "refused": account.refused,
        "touched": dict(outcome.touched),
    }
    kept = {key: manifest[key] for key in ("consent", "ignored", "inputs")}
    if found.told.consents is not None:
        kept["consent"] = facts.AS_GIVEN
    return {
        **kept,
        **outcome.about,
        "base": origin.run.id,
        "fingerprint": found.fingerprint,
        "gate": account.passage.facts(),
        "updates": [*origin.updates, entry],
    }
