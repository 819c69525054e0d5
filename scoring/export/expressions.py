"""How does each part of a scorecard read in SQL? Bins as CASE, points as sums, trees as nested CASE, literals."""

from __future__ import annotations

import numpy as np

from loaders.contract import DIMENSION_SOURCE
from loaders.errors import UsageError
from scoring.config import Config
from scoring.export.ladders import DimensionLadders, Ladder, ladders
from scoring.models.trees import LEAF, Tree
from scoring.runs.run import Run
from scoring.scorecard.card import MISSING, SILENT, WITHHELD

TREES = 800  # DuckDB takes expressions 1,000 deep, and each addition is one step down


class Part:
    """One dimension: its features if the run read any, whether it had ready-made cells, what stands in.

    Attributes
    ----------
    name, source
        The dimension, and whose consent its ready-made cells need.
    found
        What its bins are worth; None where the run read no features of it.
    ready
        Whether the run read ready-made cells.
    quartile
        What stands in where nothing is there.
    """

    def __init__(self, run: Run, config: Config, name: str) -> None:
        self.name, self.source = name, DIMENSION_SOURCE[name]
        bins = run.table("bins")
        found = ladders(config.reader(name))
        there = all(ladder.feature.name in bins.column_names for ladder in found.ladders)
        self.found: DimensionLadders | None = found if there else None
        self.ready = "ready_made" in bins[f"origin_{name}"].unique().to_pylist()
        self.quartile = float(run.manifest["constants"]["quartiles"][name])

    @property
    def ladders(self) -> tuple[Ladder, ...]:
        """Its features; none where the run read none."""
        return self.found.ladders if self.found else ()

    @property
    def columns(self) -> list[str]:
        """The columns of ``profiles`` it reads."""
        return [ladder.feature.name for ladder in self.ladders] + ([self.name] if self.ready else [])


def case(ladder: Ladder) -> str:
    """Turn a cell into what its bin is worth."""
    feature = ladder.feature
    cell, may = quoted(f"value_{feature.name}"), quoted(f"may_{feature.source}")
    absent = SILENT if feature.source == "supplied" else MISSING
    steps = [f"WHEN NOT {may} THEN {ladder.of(WITHHELD)}", f"WHEN {cell} IS NULL THEN {ladder.of(absent)}"]
    steps += [
        f"WHEN {cell} < {double(edge)} THEN {ladder.of(place)}" for place, edge in enumerate(feature.at_least[1:])
    ]
    return f"CASE {' '.join(steps)} ELSE {ladder.of(len(feature.at_least) - 1)} END"


def worth(part: Part, ladder: Ladder) -> str:
    """Name the column of what a feature is worth."""
    what = "level" if part.found and part.found.trees else "points"
    return quoted(f"{what}_{ladder.feature.name}")


def dimension(part: Part) -> str:
    """Ready-made cells first, then the features; where nothing may be read the quartile, under what those leave."""
    cell, may = quoted(f"value_{part.name}"), quoted(f"may_{part.source}")
    ready = f"WHEN {cell} IS NOT NULL THEN CASE WHEN {may} THEN {cell} ELSE 0e0 END " if part.ready else ""
    quartile = double(part.quartile)
    if part.found is None:
        lines = f"{ready}WHEN {may} THEN {quartile} ELSE 0e0"
        return f"CASE {lines} END"
    value = _value(part, part.found)
    there, barred = [], []
    for ladder in part.found.ladders:
        own, allowed = quoted(f"value_{ladder.feature.name}"), quoted(f"may_{ladder.feature.source}")
        there.append(f"({own} IS NOT NULL AND {allowed})")
        barred.append("TRUE" if ladder.feature.source == "supplied" else f"NOT {allowed}")
    readable, silent = " OR ".join(there), " OR ".join(dict.fromkeys(barred))
    return (
        f"CASE {ready}WHEN {readable} THEN {value} "
        f"ELSE least({quartile}, CASE WHEN {silent} THEN {value} ELSE 1e0 END) END"
    )


def _value(part: Part, found: DimensionLadders) -> str:
    names = [worth(part, ladder) for ladder in found.ladders]
    if found.trees is None:
        return f"(CAST({' + '.join(names)} AS DOUBLE) / {double(found.most)})"
    if len(found.trees.trees) > TREES:
        raise UsageError(
            f"{part.name} is made by {len(found.trees.trees)} trees; a statement may add up at most {TREES}, beyond "
            "which the database refuses its depth"
        )
    low, high = (
        float(found.trees.total(np.array([levels], np.int16))[0])
        for levels in ([0] * len(found.trees.best), list(found.trees.best))
    )
    leaves = " + ".join(_tree(tree, names, 0) for tree in found.trees.trees)
    return f"((0e0 + {leaves} - {double(low)}) / {double(high - low)})"


def _tree(tree: Tree, names: list[str], node: int) -> str:
    if tree.feature[node] == LEAF:
        return double(tree.value[node])
    left, right = (_tree(tree, names, child) for child in (tree.left[node], tree.right[node]))
    return f"CASE WHEN {names[tree.feature[node]]} <= {tree.level[node]} THEN {left} ELSE {right} END"


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"


def double(value: float) -> str:
    """Write a number as a DOUBLE with all its bits; without an exponent it would be a DECIMAL."""
    digits = repr(float(value))
    return digits if "e" in digits else f"{digits}e0"
