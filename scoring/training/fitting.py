"""How is one dimension learnt? Bins feature by feature, then points by logistic regression, or monotone trees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from loaders.features import Feature
from scoring.models.dimension import DimensionModel
from scoring.models.feature import ABSENT, ModelFeature
from scoring.models.points import Points
from scoring.models.trees import LEAF, Tree, Trees
from scoring.scorecard.card import MISSING
from scoring.training.binning import WoeBinner
from scoring.training.logistic import WoeLogistic
from scoring.training.trees import MonotoneForest, MonotoneTree

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int16]
WEAKEST = 0.02
"""Information value below which a feature is commonly said not to predict (Siddiqi 2006)."""
MOST_POINTS = 100_000
FOREST = 100
SEED = 7


@dataclass(frozen=True, eq=False)
class Cells:
    """One feature of the training rows: its values where they may be read, else the code in place of a bin."""

    feature: Feature
    values: Numbers
    codes: Codes

    def of(self, rows: Flags) -> Cells:
        """Keep some rows."""
        return Cells(self.feature, self.values[rows], self.codes[rows])


@dataclass(frozen=True)
class Fitted:
    """What came of a dimension: a model, or why there is none; and which features were left out, and why."""

    model: DimensionModel | None
    why: str
    left_out: Mapping[str, str]


def fit_dimension(dimension: str, cells: list[Cells], bad: Flags, kind: str, repeats: float = 1.0) -> Fitted:
    """Learn one dimension.

    Parameters
    ----------
    dimension
        Its name.
    cells
        Its features that the input has, in contract order; persons of whom nothing of the dimension can be read are
        not learnt from, as no run would ask the model about them.
    bad
        Who turned out bad.
    kind
        ``logistic``, ``tree`` or ``forest``.
    repeats
        How many rows a bad holder has on average: what chance gives is so many times as much.

    Returns
    -------
    Fitted
    """
    if not cells:
        return Fitted(None, "the input has none of its features", {})
    rows = np.any([cell.codes >= 0 for cell in cells], axis=0)
    cells, bad = [cell.of(rows) for cell in cells], bad[rows]
    if not bad.any() or bad.all():
        return Fitted(None, "of its features nothing is known of bad and good ones alike", {})
    found: list[ModelFeature] = []
    left_out: dict[str, str] = {}
    for cell in cells:
        told = _binned(cell, bad, repeats)
        if isinstance(told, str):
            left_out[cell.feature.name] = told
        else:
            found.append(told)
    if not found:
        return Fitted(None, "none of its features tells good from bad", left_out)
    by_name = {cell.feature.name: cell for cell in cells}
    levels = np.column_stack([feature.levels(placed(feature, by_name[feature.name])) for feature in found])
    form = _points(found, levels, bad) if kind == "logistic" else _trees(found, levels, bad, kind)
    if form is None:
        return Fitted(None, "its features together tell nothing", left_out)
    model, unused = _used(dimension, found, form)
    return Fitted(model, "", left_out | dict.fromkeys(unused, "adds nothing beside the others"))


def placed(feature: ModelFeature, cell: Cells) -> Codes:
    """Say in which bin each row is, or which code stands for it."""
    return np.where(cell.codes >= 0, feature.bins(cell.values), cell.codes).astype(np.int16)


def _binned(cell: Cells, bad: Flags, repeats: float) -> ModelFeature | str:
    """Cut one feature into monotone bins, or say why it is left out."""
    entry, known = cell.feature, cell.codes >= 0
    rows = known | (cell.codes == MISSING)
    if not known.any() or not bad[rows].any() or bad[rows].all():
        return "not known of bad and good ones alike"
    column = pd.DataFrame({entry.name: np.where(known, cell.values, np.nan)[rows]})
    binner = WoeBinner({entry.name: entry.direction}, max_bins=6, min_share=0.05).fit(column, bad[rows])
    bins = binner.bins_[entry.name]
    weights = [float(value) for value in bins.woe]
    if len(set(weights)) < 2:
        return "no two bins differ in its direction"
    edges = (float(entry.low), *(float(edge) for edge in bins.edges[1:]))
    missing = min(max(float(bins.missing_woe), min(weights)), max(weights))
    iv = float(bins.iv.sum())
    chance = repeats * (len(weights) - 1) * (1 / bad[rows].sum() + 1 / (~bad[rows]).sum())
    if iv < max(WEAKEST, chance):
        return f"information value {iv:.4f}, {f'below {WEAKEST}' if iv < WEAKEST else 'no more than chance gives'}"
    made = ModelFeature(
        name=entry.name,
        dimension=entry.dimension,
        source=entry.source,
        unit=entry.unit,
        direction=entry.direction,
        at_least=edges,
        woe=tuple(weights),
        missing=min(weights) if entry.source == "supplied" else missing,
        iv=iv,
        shares=(),
        absent=(0.0, 0.0, 0.0),
    )
    codes = placed(made, cell)
    shares = [float((codes == place).mean()) for place in range(len(weights))]
    unknown, withheld, silent = (float((codes == code).mean()) for code in ABSENT)
    return replace(made, shares=tuple(shares), absent=(unknown, withheld, silent))


def _points(found: list[ModelFeature], levels: Codes, bad: Flags) -> Points | None:
    """Turn coefficients of the weights of evidence into whole points per level."""
    ladders = [np.asarray(feature.ladder) for feature in found]
    weights = np.column_stack([ladder[levels[:, place]] for place, ladder in enumerate(ladders)])
    # points are stretched to one total, so a penalty only shifts weight between features; a mild one lets data decide
    coefficients = WoeLogistic(C=1.0).fit(weights, bad).coef_
    worth = [coefficient * (ladder - ladder[0]) for coefficient, ladder in zip(coefficients, ladders, strict=True)]
    most = sum(steps[-1] for steps in worth)
    if not most > 0:
        return None
    return Points(tuple(tuple(np.rint(MOST_POINTS * steps / most).astype(int).tolist()) for steps in worth))


def _trees(found: list[ModelFeature], levels: Codes, bad: Flags, kind: str) -> Trees | None:
    """Grow trees that never fall with a level; levels are whole numbers, so no cut depends on rounding."""
    least = max(10, len(bad) // 100)
    if kind == "tree":
        grown: tuple[Any, ...] = (
            MonotoneTree("up", max_depth=5, min_samples_leaf=least, random_state=SEED).fit(levels, bad).tree_,
        )
    else:
        forest = MonotoneForest(
            "up", n_estimators=FOREST, max_depth=6, min_samples_leaf=least, max_features="sqrt", random_state=SEED
        )
        grown = forest.fit(levels, bad).trees_
    form = Trees(
        tuple(_tree(tree, least, float(bad.mean())) for tree in grown), tuple(feature.best for feature in found)
    )
    ends = form.total(np.array([[0] * len(found), form.best], np.int16))
    return form if ends[1] > ends[0] else None


def _tree(tree: Any, least: int, base: float) -> Tree:
    """Write scikit-learn's tree as node arrays: a value up to the threshold goes left, one above it right.

    Each leaf's share of bad ones is drawn to the portfolio's by one person on ``least``, the same for all leaves: so
    pure leaves have finite log odds, and no leaf overtakes another.
    """
    bad = (least * np.clip(tree.value[:, 0, 1], 0.0, 1.0) + base) / (least + 1)
    inner = tree.children_left != LEAF
    return Tree(
        feature=tuple(np.where(inner, tree.feature, LEAF).tolist()),
        level=tuple(np.where(inner, np.floor(tree.threshold), 0).astype(int).tolist()),
        left=tuple(np.where(inner, tree.children_left, 0).tolist()),
        right=tuple(np.where(inner, tree.children_right, 0).tolist()),
        value=tuple(np.where(inner, 0.0, np.log((1 - bad) / bad)).tolist()),
    )


def _used(dimension: str, found: list[ModelFeature], form: Points | Trees) -> tuple[DimensionModel, list[str]]:
    """Keep the features that can move the value; a run then asks for no others."""
    if isinstance(form, Points):
        used = [place for place, steps in enumerate(form.points) if steps[-1] > 0]
        kept: Points | Trees = Points(tuple(form.points[place] for place in used))
    else:
        used = sorted({asked for tree in form.trees for asked in tree.feature if asked != LEAF})
        anew = {place: number for number, place in enumerate(used)} | {LEAF: LEAF}
        trees = tuple(replace(tree, feature=tuple(anew[asked] for asked in tree.feature)) for tree in form.trees)
        kept = Trees(trees, tuple(form.best[place] for place in used))
    unused = [feature.name for place, feature in enumerate(found) if place not in used]
    return DimensionModel(dimension, tuple(found[place] for place in used), kept), unused
