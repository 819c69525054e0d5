"""How do decision trees make a dimension? Node arrays over levels, walked by numpy in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import factorial, prod

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Levels = npt.NDArray[np.int16]
ROWS = 8_192  # rows walked at once: (rows, trees) places of four bytes stay within some megabytes
LEAF = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree: node 0 is its root, children come after their parent.

    Attributes
    ----------
    feature
        Which feature a node asks for; -1 at a leaf.
    level
        Levels up to this one go left, higher ones right; 0 at a leaf.
    left, right
        The children's places; 0 at a leaf.
    value
        Log odds of staying good at a leaf; 0.0 elsewhere. Summed as they are, so no function of the machine's own
        comes between a leaf and a score, and what never falls in a tree never falls in the sum, to the bit.
    """

    feature: tuple[int, ...]
    level: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]


@dataclass(frozen=True)
class Trees:
    """A tree or a forest, monotone in every level, stretched to [0, 1].

    value = (s − s at the worst of everything) / (s at the best − s at the worst), s the sum over the trees in order.

    Attributes
    ----------
    trees
        At least one.
    best
        The highest level of each feature.

    Examples
    --------
    >>> stump = Tree((0, -1, -1), (0, 0, 0), (1, 0, 0), (2, 0, 0), (0.0, 0.5, 0.9))
    >>> form = Trees((stump,), (2, 1))
    >>> form.value(np.array([[0, 0], [0, 1], [1, 0]])).tolist(), form.lost(np.array([[0, 0]])).tolist()
    ([0.0, 0.0, 1.0], [[1.0, 0.0]])
    """

    trees: tuple[Tree, ...]
    best: tuple[int, ...]

    def value(self, levels: Levels) -> Numbers:
        """Give the dimension in [0, 1]; ``levels`` is (n, features)."""
        return self._stretched(self.total(levels))

    def lost(self, levels: Levels) -> Numbers:
        """Give each feature's Shapley value of 1 − value, the best levels being the game without anybody.

        Each is at least 0 and the rows add up to 1 − value; (n, features).
        """
        parts = np.zeros(levels.shape)
        used = sorted({feature for tree in self.trees for feature in tree.feature if feature != LEAF})
        step = max(1, ROWS >> len(used))
        for start in range(0, len(levels), step):
            rows = levels[start : start + step]
            parts[start : start + step, used] = self._shapley(rows, used)
        return parts

    def total(self, levels: Levels) -> Numbers:
        """Add up the leaves that each row reaches, tree by tree; rows alike are walked once."""
        levels, back = self._distinct(levels)
        sums = np.zeros(len(levels))
        for start in range(0, len(levels), ROWS):
            leaves = self._leaves(levels[start : start + ROWS])
            for tree in range(len(self.trees)):  # one after the other: the order of additions is part of the result
                sums[start : start + ROWS] += leaves[:, tree]
        return sums[back]

    def _distinct(self, levels: Levels) -> tuple[Levels, npt.NDArray[np.intp]]:
        """Give the different rows, and where each row is among them: of a million people many are alike."""
        sizes = [highest + 1 for highest in self.best]
        if prod(sizes) > 2**62:
            return levels, np.arange(len(levels))
        packed = np.zeros(len(levels), np.int64)
        for place, size in enumerate(sizes):
            packed = packed * size + levels[:, place]
        _, first, back = np.unique(packed, return_index=True, return_inverse=True)
        return levels[first], back

    def _leaves(self, levels: Levels) -> Numbers:
        feature, level, child, value = self._nodes
        trees, rows = np.arange(len(self.trees)), np.arange(len(levels))[:, None]
        place = np.zeros((len(levels), len(self.trees)), np.intp)
        while ((asked := feature[trees, place]) != LEAF).any():
            goes_right = levels[rows, np.maximum(asked, 0)] > level[trees, place]
            place = child[trees, place, goes_right.astype(np.intp)]
        return value[trees, place]

    @cached_property
    def _nodes(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int16], npt.NDArray[np.intp], Numbers]:
        """Lay all trees side by side, short ones filled up with leaves; a leaf's children are itself."""
        size = max(len(tree.feature) for tree in self.trees)
        feature = np.full((len(self.trees), size), LEAF, np.intp)
        level, value = np.zeros(feature.shape, np.int16), np.zeros(feature.shape)
        child = np.tile(np.arange(size)[None, :, None], (len(self.trees), 1, 2))
        for place, tree in enumerate(self.trees):
            count = len(tree.feature)
            feature[place, :count], level[place, :count], value[place, :count] = tree.feature, tree.level, tree.value
            inner = np.flatnonzero(np.asarray(tree.feature) != LEAF)
            child[place, inner] = np.column_stack([tree.left, tree.right])[inner]
        return feature, level, child, value

    @cached_property
    def _ends(self) -> tuple[float, float]:
        ends = self.total(np.array([[0] * len(self.best), self.best], np.int16))
        return float(ends[0]), float(ends[1])

    def _stretched(self, sums: Numbers) -> Numbers:
        low, high = self._ends
        return (sums - low) / (high - low)

    def _shapley(self, rows: Levels, used: list[int]) -> Numbers:
        """Ask for every set of features at its own level with the others at their best, and average what each costs."""
        count = len(used)
        own = (np.arange(1 << count)[:, None] >> np.arange(count)) & 1 == 1
        asked = np.tile(np.asarray(self.best, np.int16), (len(rows), len(own), 1))
        asked[:, :, used] = np.where(own, rows[:, None, used], asked[:, :, used])
        value = self.value(asked.reshape(-1, len(self.best))).reshape(len(rows), len(own))
        parts = np.zeros((len(rows), count))
        share = [factorial(size) * factorial(count - 1 - size) / factorial(count) for size in range(count)]
        for place in range(count):
            for number in np.flatnonzero(~own[:, place]).tolist():  # a fixed order of additions, as above
                parts[:, place] += share[number.bit_count()] * (value[:, number] - value[:, number | 1 << place])
        return parts
