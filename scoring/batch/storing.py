"""How is a finished stage laid down for ``--resume``, and taken up again as exactly the same value?"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.ties import Ties
from loaders import fingerprint
from loaders.errors import UnavailableError
from loaders.readers.source import sources
from loaders.tables import Counts, InputFile, Tables
from scoring.batch.stages import Propagated, Tied
from scoring.runs.manifest import canonical, sha256
from scoring.runs.resume import Stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

_TABLES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates", "rejects")


Marks = dict[str, tuple[int, int, int]]
"""Per file: inode, bytes and when it was changed (ns), which move when somebody writes into it."""


def content(data: Path | Tables) -> dict[str, str]:
    """Sum up the bytes of the inputs: SHA-256 (hex) by file name, or of the accepted content of loaded tables."""
    if isinstance(data, Tables):
        return {"tables": fingerprint(data)}
    found = sources(data)[0]
    with ThreadPoolExecutor(max_workers=2) as pool:  # hashing lets go of the interpreter
        return dict(zip((source.name for source in found), pool.map(_sha256, (s.path for s in found)), strict=True))


def content_of(tables: Tables) -> dict[str, str]:
    """Sum up the bytes of files that were read, as :func:`content` does: each was hashed while it was read."""
    return {file.name: file.sha256 for file in tables.files}


def marks(data: Path) -> Marks:
    """Note what shows that a file is written into, without reading it."""
    seen = ((source.name, source.path.stat()) for source in sources(data)[0])
    return {name: (stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in seen}


def key(content: dict[str, str], about: dict[str, Any]) -> str:
    """Name a piece of work by its inputs and all else that goes into it (SHA-256, hex)."""
    return sha256(canonical({"about": about, "content": content}))


def refuse_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Refuse an input of which a file, by its marks or its sums, is another one after it was read.

    Raises
    ------
    UnavailableError
        Naming a file that changed in between: somebody is still writing it.
    """
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            raise UnavailableError(f"{name} changed while it was read; start again when it is written")


def store_tables(tables: Tables) -> Stored:
    """Lay down what was read."""
    held: dict[str, pa.Table] = {name: getattr(tables, name) for name in _TABLES if getattr(tables, name) is not None}
    facts = {
        "counts": {name: asdict(counts) for name, counts in tables.counts.items()},
        "files": [asdict(file) for file in tables.files],
        "ignored": list(tables.ignored),
    }
    return Stored(held, facts)


def restore_tables(stored: Stored) -> Tables:
    """Take up what was read."""
    return Tables(
        **{name: stored.tables.get(name) for name in _TABLES},
        files=tuple(InputFile(**file) for file in stored.facts["files"]),
        ignored=tuple(stored.facts["ignored"]),
        counts={name: Counts(**counts) for name, counts in stored.facts["counts"].items()},
    )


def store_ties(tied: Tied) -> Stored:
    """Lay down the ties by the places of their holders."""
    import pyarrow as pa

    columns = {field.name: getattr(tied.ties, field.name) for field in fields(tied.ties)}
    return Stored({"ties": pa.table(columns)}, {"counts": dict(tied.counts)})


def restore_ties(stored: Stored) -> Tied:
    """Take up the ties."""
    table = stored.tables["ties"]
    return Tied(Ties(*(table[field.name].to_numpy() for field in fields(Ties))), stored.facts["counts"])


def store_propagated(propagated: Propagated) -> Stored:
    """Lay down where everyone stands."""
    tables = {name: getattr(propagated, name) for name in ("standing", "contributions", "blame")}
    return Stored(tables, {"convergence": dict(propagated.convergence)})


def restore_propagated(stored: Stored) -> Propagated:
    """Take up where everyone stands."""
    return Propagated(**stored.tables, **stored.facts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
