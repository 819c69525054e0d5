"""What changed between two runs? Band migration, PSI, the largest movers and the parts of their moves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scoring.batch.stability import psi
from scoring.comparison.moves import Moves
from scoring.comparison.parts import MoveSplit
from scoring.recall import can_recall
from scoring.runs.columns import DIMENSIONS
from scoring.runs.run import Run

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Mover:
    """One account whose score moved; ``cause`` is the dimension whose points moved most in that direction.

    ``split`` says whose doing it is, where that was asked for.
    """

    account_id: str
    before: int
    after: int
    change: int
    cause: str
    cause_points: int
    points: dict[str, int]
    split: MoveSplit | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side; ``migration[i][j]`` counts accounts that went from ``bands[i]`` to ``bands[j]``.

    ``bands`` are those of both configurations, the older one's first;
    ``psi`` is the shift of all scores, in bins 50 points wide (``scoring.batch.stability``).
    """

    older: str
    newer: str
    older_as_of: str
    newer_as_of: str
    bands: tuple[str, ...]
    migration: tuple[tuple[int, ...], ...]
    common: int
    unchanged: int
    only_older: int
    only_newer: int
    mean_change: float
    psi: float
    movers: tuple[Mover, ...]


def compare(older: Run, newer: Run, *, movers: int = 10, split: bool = False) -> Comparison:
    """Compare two runs account by account: band migration, PSI, the largest movers and what moved them.

    Parameters
    ----------
    older, newer
        Two runs; accounts in only one of them are counted, not compared.
    movers
        How many of the largest moves to list (ties by account_id).
    split
        Split each listed move into own data, connections, policy and missing data, if the runs keep what that needs.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     found = compare(run, run)
    >>> found.common, found.unchanged, found.psi
    (13, 13, 0.0)
    """
    bands = tuple(dict.fromkeys(band["name"] for run in (older, newer) for band in run.manifest["config"]["bands"]))
    before, after = older.table("scores"), newer.table("scores")
    place = pc.index_in(after["account_id"], value_set=before["account_id"].combine_chunks())
    known = place.is_valid()
    after, only_newer = after.filter(known), len(after) - (pc.sum(known).as_py() or 0)
    matched = before.take(place.drop_null())
    old, new = _integers(matched, "score"), _integers(after, "score")
    largest = _movers(matched, after, movers)
    if split and largest and can_recall(older) and can_recall(newer):
        moves = Moves.between(older, newer)
        largest = tuple(replace(mover, split=moves.of(mover.account_id)) for mover in largest)
    return Comparison(
        older=older.id,
        newer=newer.id,
        older_as_of=str(older.manifest["as_of"]),
        newer_as_of=str(newer.manifest["as_of"]),
        bands=bands,
        migration=_migration(matched, after, bands),
        common=len(after),
        unchanged=int((old == new).sum()),
        only_older=len(before) - len(after),
        only_newer=only_newer,
        mean_change=float((new - old).mean()) if len(new) else 0.0,
        psi=psi(before["score"].to_numpy(), newer.table("scores")["score"].to_numpy()),
        movers=largest,
    )


def _integers(table: pa.Table, column: str) -> Integers:
    return table[column].to_numpy().astype(np.int64)


def _migration(before: pa.Table, after: pa.Table, bands: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    names = pa.array(bands)
    rows, columns = (pc.index_in(table["band"], value_set=names).to_numpy() for table in (before, after))
    cells = rows.astype(np.int64) * len(bands) + columns.astype(np.int64)
    counts = np.bincount(cells, minlength=len(bands) ** 2).reshape(len(bands), len(bands))
    return tuple(tuple(int(count) for count in row) for row in counts)


def _movers(before: pa.Table, after: pa.Table, limit: int) -> tuple[Mover, ...]:
    change = _integers(after, "score") - _integers(before, "score")
    ids = after["account_id"].to_pylist()
    moved = np.flatnonzero(change)
    if len(moved) > limit > 0:  # only those that can be among the largest are sorted by id
        least = np.partition(np.abs(change[moved]), -limit)[-limit]
        moved = moved[np.abs(change[moved]) >= least]
    largest = sorted(moved.tolist(), key=lambda row: (-abs(int(change[row])), ids[row]))[:limit]
    parts = {name: _integers(after, f"points_{name}") - _integers(before, f"points_{name}") for name in DIMENSIONS}
    first, last = before["score"].to_pylist(), after["score"].to_pylist()
    found = []
    for row in largest:
        points = {name: int(part[row]) for name, part in parts.items()}
        sign = 1 if change[row] > 0 else -1
        cause = max(DIMENSIONS, key=lambda name: sign * points[name])
        found.append(Mover(ids[row], first[row], last[row], int(change[row]), cause, points[cause], points))
    return tuple(found)
