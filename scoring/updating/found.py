"""What was found in the new files, and what is the whole input with it?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.tables import Counts, InputFile, Tables, shown
from scoring.runs.manifest import sha256
from scoring.updating.additions import ADDED
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
    reasons : str
        Of those that do not, how many for which reason, and where the first is that was not simply there before.
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
    reasons: str
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
    refused = [new.rejects.cast(rejects.schema)] if new.rejects.num_rows else []
    all_rejects = pa.concat_tables([rejects, *refused])
    files = (*(InputFile(**file) for file in state.facts["files"]), *new.files)
    told = replace(new, counts=summed(before, new.counts), rejects=all_rejects, files=files)
    return Found(
        new=added.size,
        refused=sum(counts.rejected for counts in new.counts.values()),
        reasons=reasons_of(new.rejects),
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
    from loaders import fingerprint

    new = tables.files[before:]
    accepted, rejected = (sum(getattr(file, key) for file in new) for key in ("accepted", "rejected"))
    names = pa.array([file.name for file in new], pa.string())
    reasons = reasons_of(tables.rejects.filter(pc.is_in(tables.rejects["file"], value_set=names)))
    return Found(accepted, rejected, reasons, new, tables, fingerprint(tables), lambda: tables)


def reasons_of(rejects: pa.Table) -> str:
    """Say for which reasons rows were refused, and where to look first.

    Examples
    --------
    >>> columns = {"reason": ["duplicate", "amount_scale"], "file": ["new.csv"] * 2, "line": [2, 3]}
    >>> reasons_of(pa.table(columns | {"column": ["", "amount"], "found": ["", "12.345"]}))
    "1 duplicate, 1 amount_scale: new.csv, line 3, column amount: '12.345'"
    """
    told = ", ".join(f"{count:,} {reason}" for reason, count in Counter(rejects["reason"].to_pylist()).items())
    for row in rejects.filter(pc.not_equal(rejects["reason"], "duplicate")).slice(0, 1).to_pylist():
        column = f", column {row['column']}" if row["column"] else ""
        told += f": {row['file']}, line {row['line']}{column}: {shown(row['found'])}"
    return told


def _content(new: Tables) -> str:
    """Sum up the new rows alone, whatever files they came in."""
    digest = hashlib.sha256()
    for name in ADDED:
        table = getattr(new, name)
        digest.update(f"{name} {0 if table is None else table.num_rows}\n".encode())
        for column in [] if table is None or not table.num_rows else table.columns:
            _add(digest, column.combine_chunks())
    return digest.hexdigest()


def _add(digest: Any, values: pa.Array) -> None:
    """Add a column: which values are there, and these as they lie in memory, text behind its lengths."""
    plain = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
    digest.update(f"{plain.type}\n".encode())
    digest.update(np.packbits(plain.is_valid().to_numpy(zero_copy_only=False)))
    there = plain.drop_null()
    if pa.types.is_string(there.type):
        digest.update(np.ascontiguousarray(pc.binary_length(there).to_numpy(), "<i4"))
        digest.update("".join(there.to_pylist()).encode())
    elif pa.types.is_boolean(there.type) or pa.types.is_floating(there.type):
        digest.update(np.ascontiguousarray(there.to_numpy(zero_copy_only=False)))
    else:
        digest.update(np.ascontiguousarray(there.cast(pa.int64()).to_numpy(), "<i8"))
