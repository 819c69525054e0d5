"""Tricks of dimensions and scores: comparisons instead of sorting, integers instead of ids, whole columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import inputs
from benchmarks.asked import Asked
from benchmarks.trick import Pair, Trick, altered, without
from scoring import combination
from scoring.batch import stages
from scoring.config import Config
from scoring.models.trees import Tree, Trees
from scoring.scorecard.card import MISSING, Scorecard
from scoring.tabular import persons
from scoring.tabular.portfolio import assess

FEATURE = "on_time_rate"


def _remainders(asked: Asked) -> Pair:
    nano = combination.NANO
    parts = np.random.default_rng(6).integers(0, 200 * nano, (len(inputs.assessment(asked).holders), 5))
    sums = (parts.sum(axis=1) + nano // 2) // nano

    def plain() -> Any:
        whole, rest = np.divmod(parts, nano)
        left = sums - whole.sum(axis=1)
        rank = np.argsort(np.argsort(-rest, axis=1, kind="stable"), axis=1, kind="stable")
        return (whole + (rank < left[:, None])).astype(np.int32)

    return lambda: combination.largest_remainder(parts, sums), plain


def _counting(asked: Asked) -> Pair:
    snapshot = inputs.snapshot(asked)

    def work() -> Any:
        return assess(snapshot, Config(), threads=1)

    def halves(at_least: Any, values: Any) -> Any:
        return (np.searchsorted(at_least, values, side="right") - 1).astype(np.int16)

    return work, without(work, "scoring.scorecard.card.bin_places", halves)


def _one_table(asked: Asked) -> Pair:
    card = Scorecard.load().feature(FEATURE)
    bins = np.random.default_rng(7).integers(-3, len(card.points), 10 * len(inputs.assessment(asked).holders))
    bins = bins.astype(np.int16)

    def plain() -> Any:
        known = np.array(card.points)[np.maximum(bins, 0)]
        return np.where(bins >= 0, known, np.where(bins == MISSING, card.missing, 0))

    return lambda: card.earned(bins), plain


def _threads(asked: Asked) -> Pair:
    snapshot = inputs.snapshot(asked)
    return lambda: assess(snapshot, Config(), threads=2), lambda: assess(snapshot, Config(), threads=1)


def _granted(asked: Asked) -> Pair:
    snapshot = inputs.snapshot(asked)

    def work() -> Any:
        return persons.persons(snapshot)

    alike = 'if consents["holder_id"].equals(snapshot.holders["holder_id"]):'
    return work, without(work, "scoring.tabular.persons._granted", altered(persons._granted, (alike, "if False:")))


def _finite(asked: Asked) -> Pair:
    profiles = inputs.snapshot(asked).profiles
    owner, rows = profiles["holder_id"], np.arange(len(profiles))
    names = [name for name in profiles.column_names if name not in ("holder_id", "known_at")]
    columns = {name: profiles[name].combine_chunks() for name in names}
    glance = "if np.count_nonzero(finite) + column.null_count < len(column):"
    plain = altered(persons._finite, (glance, "if True:"))

    def work(read: Any) -> Any:
        return [read(column, name, owner, rows) for name, column in columns.items()]

    return lambda: work(persons._finite), lambda: work(plain)


def _scored(asked: Asked) -> tuple[Any, Any, Any]:
    """What the stage works on, where nobody is lifted."""
    snapshot, own = inputs.snapshot(asked), inputs.assessment(asked)
    standing = pa.table({"standing": own.evidence, "distress": np.zeros(len(own.holders))})
    known, order = stages.Known(snapshot, own), stages.Order(snapshot.as_of, Config(), "vouch")
    return known, stages.Propagated(standing, standing, standing, {}), order


def _owners(asked: Asked) -> Pair:
    known, propagated, order = _scored(asked)
    unknown = replace(known, snapshot=replace(known.snapshot, owners=None))
    return lambda: stages.score(known, propagated, order), lambda: stages.score(unknown, propagated, order)


def _forest(rows: int) -> tuple[Trees, Any]:
    """Two hundred trees of three questions, and people to walk them."""
    dice = np.random.default_rng(8)
    trees = []
    for _ in range(200):
        feature, level = ((*dice.integers(0, high, 7).tolist(), *[low] * 8) for high, low in ((8, -1), (4, 0)))
        left, right = ((*(2 * node + side for node in range(7)), *[0] * 8) for side in (1, 2))
        trees.append(Tree(feature, level, left, right, (*[0.0] * 7, *np.sort(dice.random(8)).tolist())))
    return Trees(tuple(trees), (5,) * 8), dice.integers(0, 6, (rows, 8)).astype(np.int16)


def _alike(asked: Asked) -> Pair:  # noqa: ARG001 (one seam for all)
    forest, levels = _forest(5_000)
    levels = levels[np.random.default_rng(9).integers(0, len(levels), 30_000)]

    def work() -> Any:
        return forest.total(levels)

    return work, without(work, "scoring.models.trees.Trees._distinct", lambda _, rows: (rows, np.arange(len(rows))))


def _pieces(asked: Asked) -> Pair:  # noqa: ARG001 (one seam for all)
    forest, levels = _forest(30_000)

    def work() -> Any:
        return forest.total(levels)

    return work, without(work, "scoring.models.trees.ROWS", 1 << 62)


CARD, PERSONS, STAGES, TREES = (
    f"scoring/{name}.py" for name in ("scorecard/card", "tabular/persons", "batch/stages", "models/trees")
)
TRICKS = (
    Trick("columns side by side", PERSONS, "columns and dimensions know nothing of each other", _threads),
    Trick("consents in order", PERSONS, "they stand as the holders do: nobody is looked up", _granted),
    Trick("finite at a glance", PERSONS, "a count tells that nobody need be searched for", _finite),
    Trick("bins by counting", CARD, "few beginnings are compared faster than halved", _counting),
    Trick("points and codes in one table", CARD, "codes below 0 count from its end: one look-up", _one_table),
    Trick("rows alike walked once", TREES, "of many people most have the levels of somebody else", _alike),
    Trick("trees in pieces of rows", TREES, "places of few rows stay in the processor's cache", _pieces),
    Trick("remainders compared", "scoring/combination.py", "five columns need no sorting of each row", _remainders),
    Trick("holders by their rows", STAGES, "rows are known: millions of ids need not be looked up", _owners),
)
