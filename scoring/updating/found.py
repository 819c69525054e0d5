"""What was found in the new files, and what is the whole input with it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from loaders import fingerprint
from loaders.tables import Counts, InputFile, Tables
from scoring.runs.manifest import sha256
from scoring.updating.merging import merged, stored_tables, summed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.runs.run import Run
    from scoring.runs.state import State
    from scoring.updating.additions import Additions
    from scoring.updating.earlier import Earlier


@dataclass(frozen=True, eq=False)
class Found:
    """The new rows, judged.

    Attributes
    ----------
    new, refused : int
        New rows that stand and that do not.
    files : tuple of InputFile
        The new files.
    told : Tables
        Counts, rejects and files of the whole input; its other tables may be the new rows' alone.
    fingerprint : str
        Of the content, SHA-256 (hex).
    whole : callable
        Gives the whole input.
    state, earlier, added
        The run's state and the new rows; None where everything was read again.
    """

    new: int
    refused: int
    files: tuple[InputFile, ...]
    told: Tables
    fingerprint: str
    whole: Callable[[], Tables]
    state: State | None = None
    earlier: Earlier | None = None
    added: Additions | None = None

    @property
    def accepted(self) -> Mapping[str, int]:
        """Accepted rows of the whole input, per table."""
        return {name: counts.accepted for name, counts in self.told.counts.items()}


def found_by_state(state: State, earlier: Earlier, added: Additions, run: Run) -> Found:
    """Tell of new rows that were judged beside a run's state."""
    rejects = run.table("rejects")
    new = added.tables
    before = {name: Counts(**counts) for name, counts in state.facts["counts"].items()}
    all_rejects = pa.concat_tables([rejects, new.rejects.cast(rejects.schema)])
    files = (*(InputFile(**file) for file in state.facts["files"]), *new.files)
    told = replace(new, counts=summed(before, new.counts), rejects=all_rejects, files=files)
    return Found(
        new=added.size,
        refused=sum(counts.rejected for counts in new.counts.values()),
        files=new.files,
        told=told,
        fingerprint=sha256(f"{run.manifest['fingerprint']}\n{_content(new)}".encode()),
        whole=lambda: merged(stored_tables(state, rejects), new),
        state=state,
        earlier=earlier,
        added=added,
    )


def found_in_files(tables: Tables, before: int) -> Found:
    """Tell of new rows that were read together with everything before; ``before``: how many files that is."""
    new = tables.files[before:]
    accepted, rejected = (sum(getattr(file, key) for file in new) for key in ("accepted", "rejected"))
    return Found(accepted, rejected, new, tables, fingerprint(tables), lambda: tables)


def _content(new: Tables) -> str:
    """Sum up the new rows alone."""
    return fingerprint(replace(new, accounts=new.accounts.slice(0, 0), rates=new.rates.slice(0, 0)))
