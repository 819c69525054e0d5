"""What does a run look like in a few numbers? Bands, distribution, dimensions, lift by length of history, counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from scoring.combination import SPAN, weights
from scoring.config import ALL_DIMENSIONS, HIGHEST, LOWEST, Config
from scoring.runs.manifest import COUNTS
from scoring.runs.run import Run

HISTORY = ((0, 1), (1, 6), (6, 12), (12, 24), (24, 60), (60, None))  # months: from, and before
BIN = 25  # points of score in one bar of the histogram; the shipped bands begin at its borders
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BandRow:
    """Accounts with a score from ``low`` to ``high``, both included."""

    band: str
    low: int
    high: int
    accounts: int
    share: float


@dataclass(frozen=True, slots=True)
class DimensionSummary:
    """How one dimension, 0 to 1, is distributed over holders."""

    dimension: str
    p10: float
    p25: float
    median: float
    p75: float
    p90: float
    mean_points: float


@dataclass(frozen=True, slots=True)
class LiftRow:
    """What connections do to holders with ``low`` to below ``high`` months of history; points are mean and largest."""

    low: int
    high: int | None
    holders: int
    lifted: int
    lowered: int
    mean_points: float
    largest_points: float

    @property
    def label(self) -> str:
        """The months in words."""
        if self.high is None:
            return f"{self.low} and more"
        return str(self.low) if self.high == self.low + 1 else f"{self.low} to {self.high - 1}"


@dataclass(frozen=True, slots=True)
class TopLift:
    """One of the most lifted holders; ``points`` is what the lift adds to its score."""

    account_id: str
    score: int
    band: str
    history_months: float
    lift: float
    points: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in numbers; ``histogram`` counts accounts per 25 points of score.

    ``uplift`` is what was decided of connections where the policy asks for evidence, as the manifest has it.
    """

    run_id: str
    as_of: str
    accounts: int
    holders: int
    thin: int
    mean: float
    median: float
    lifted: int
    distressed: int
    ties: int
    bands: tuple[BandRow, ...]
    histogram: tuple[tuple[int, int], ...]
    dimensions: tuple[DimensionSummary, ...]
    lift_by_history: tuple[LiftRow, ...]
    top_lifts: tuple[TopLift, ...]
    certificate: Mapping[str, Any]
    counts: Mapping[str, Mapping[str, int]]
    rejects: tuple[tuple[str, str, int], ...]
    uplift: Mapping[str, Any] | None = None


def summarize(run: Run, *, top: int = 10) -> Summary:
    """Count a run: bands over accounts, everything about connections over holders.

    Parameters
    ----------
    run
        A run on disk or its like.
    top
        How many of the most lifted holders to name.

    Examples
    --------
    >>> import tempfile, loaders, scoring
    >>> from loaders.town import AS_OF, town
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = scoring.run(loaders.load(**town()), as_of=AS_OF, runs=folder)
    ...     summary = summarize(run)
    >>> summary.accounts, summary.holders, summary.top_lifts[0].account_id
    (13, 12, 'nina')
    """
    config = Config.model_validate(run.manifest["config"])
    scores, standing = run.table("scores"), run.table("standing")
    holders = _first_accounts(scores, standing)
    weight = weights(_numbers(standing, "credibility"), config)[:, -1] * config.score.connections
    lift = _numbers(standing, "lift")
    values = scores["score"].to_numpy()
    return Summary(
        run_id=run.id,
        as_of=str(run.manifest["as_of"]),
        accounts=len(scores),
        holders=len(holders),
        thin=int(pc.sum(holders["thin"]).as_py() or 0),
        mean=float(values.mean()) if len(values) else 0.0,
        median=float(np.median(values)) if len(values) else 0.0,
        lifted=int((lift > 0).sum()),
        distressed=int((_numbers(standing, "distress") > 0).sum()),
        ties=len(run.table("ties")),
        bands=_bands(scores, config),
        histogram=_histogram(values),
        dimensions=tuple(_dimension(holders, name) for name in ALL_DIMENSIONS),
        lift_by_history=_by_history(
            holders, SPAN * weight * (_numbers(holders, "connections") - _numbers(holders, "tabular"))
        ),
        top_lifts=_top(holders, lift, SPAN * weight * lift, top),
        certificate={"certificate": run.manifest["certificate"], **run.manifest.get("convergence", {})},
        counts=_counts(run.manifest["counts"]["tables"]),
        rejects=_rejects(run.table("rejects")),
        uplift=run.manifest.get("uplift"),
    )


def _counts(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    return {table: {name: row[name] for name in COUNTS if name in row} for table, row in tables.items()}


def _numbers(table: pa.Table, column: str) -> Numbers:
    return table[column].to_numpy().astype(np.float64)


def _first_accounts(scores: pa.Table, standing: pa.Table) -> pa.Table:
    """One row of scores per holder, in the order of ``standing``."""
    place = pc.index_in(standing["holder_id"], value_set=scores["holder_id"].combine_chunks())
    return scores.take(place)


def _bands(scores: pa.Table, config: Config) -> tuple[BandRow, ...]:
    counted = {row["values"]: row["counts"] for row in pc.value_counts(scores["band"]).to_pylist()}
    lows = [band.at_least for band in config.bands]
    highs = [low - 1 for low in lows[1:]] + [HIGHEST]
    rows = []
    for band, low, high in zip(config.bands, lows, highs, strict=True):
        count = counted.get(band.name, 0)
        rows.append(BandRow(band.name, low, high, count, count / len(scores) if len(scores) else 0.0))
    return tuple(rows)


def _histogram(scores: npt.NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    edges = np.arange(LOWEST, HIGHEST + 1, BIN)
    counts = np.histogram(scores, edges)[0]  # the last bin holds 950 as well
    return tuple(zip(edges[:-1].tolist(), counts.tolist(), strict=True))


def _dimension(holders: pa.Table, name: str) -> DimensionSummary:
    if not len(holders):
        return DimensionSummary(name, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    low, lower, median, upper, high = np.quantile(_numbers(holders, name), (0.1, 0.25, 0.5, 0.75, 0.9)).tolist()
    return DimensionSummary(name, low, lower, median, upper, high, float(_numbers(holders, f"points_{name}").mean()))


def _by_history(holders: pa.Table, points: Numbers) -> tuple[LiftRow, ...]:
    months = _numbers(holders, "history_months")
    rows = []
    for low, high in HISTORY:
        here = points[(months >= low) & (months < (np.inf if high is None else high))]
        mean, largest = (float(here.mean()), float(here.max())) if len(here) else (0.0, 0.0)
        rows.append(LiftRow(low, high, len(here), int((here > 0).sum()), int((here < 0).sum()), mean, largest))
    return tuple(rows)


def _top(holders: pa.Table, lift: Numbers, points: Numbers, limit: int) -> tuple[TopLift, ...]:
    order = np.argsort(-points, kind="stable")[:limit]
    order = order[lift[order] > 0]
    rows = holders.take(pa.array(order)).to_pylist()
    return tuple(
        TopLift(row["account_id"], row["score"], row["band"], row["history_months"], float(lift[at]), float(points[at]))
        for row, at in zip(rows, order.tolist(), strict=True)
    )


def _rejects(rejects: pa.Table) -> tuple[tuple[str, str, int], ...]:
    counted = rejects.group_by(["table", "reason"]).aggregate([([], "count_all")]).to_pylist()
    found = [(row["table"], row["reason"], row["count_all"]) for row in counted]
    return tuple(sorted(found, key=lambda row: (-row[2], row[0], row[1])))
