"""How is a finished stage laid down for ``--resume``, and taken up again as exactly the same value?"""

from __future__ import annotations

import hashlib
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
    import pyarrow as pa

_TABLES = ("accounts", "relations", "profiles", "consents", "outcomes", "rates", "rejects")


def content(data: Path | Tables) -> dict[str, str]:
    """Sum up the bytes of the inputs: SHA-256 (hex) by file name, or of the accepted content of loaded tables."""
    if isinstance(data, Tables):
        return {"tables": fingerprint(data)}
    return {source.name: _sha256(source.path) for source in sources(data)[0]}


def key(content: dict[str, str], about: dict[str, Any]) -> str:
    """Name a piece of work by its inputs and all else that goes into it (SHA-256, hex)."""
    return sha256(canonical({"about": about, "content": content}))


def unchanged(tables: Tables, content: dict[str, str]) -> Tables:
    """Give the tables back if their files are those that were summed up before they were read.

    Raises
    ------
    UnavailableError
        Naming a file that changed in between: somebody is still writing it.
    """
    for file in tables.files:
        if content.get(file.name) != file.sha256:
            raise UnavailableError(f"{file.name} changed while it was read; start again when it is written")
    return tables


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
