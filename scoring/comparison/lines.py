"""What is each part of a move made of? Its lines: dimensions with their features, supporters, outcomes, the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import DIMENSIONS
from scoring.combination import NANO, SPAN
from scoring.comparison.replacement import HISTORY, OTHERS, POLICY, Steps
from scoring.comparison.retelling import Retold
from scoring.comparison.states import Places
from scoring.explanation.features import bin_name
from scoring.recall import Recalled

Line = tuple[str, str, float, str]
FEATURES = 4  # features named in one line before the rest is counted


@dataclass(frozen=True, eq=False)
class Teller:
    """Tells a row's move line by line; ``before`` and ``after`` are the holders of the rows in each run."""

    older: Recalled
    newer: Recalled
    retold: Retold
    before: Places
    after: Places
    steps: Steps

    def lines(self, part: str, row: int) -> Iterator[Line]:
        """Give the lines of one part: (part, label, points before rounding, what happened)."""
        for kind, label, nano in self.steps.moved:
            if kind != part or (label != OTHERS and not nano[row]):
                continue
            if label == OTHERS:
                yield from self._connections(row, nano[row] / NANO)
            elif label == POLICY:
                yield part, label, nano[row] / NANO, f"changed: {_some(self.retold.changed)}"
            elif label in DIMENSIONS:
                yield part, label, nano[row] / NANO, self._dimension(label, part, row)
            else:
                yield part, label, nano[row] / NANO, self._told(label, row)

    def _told(self, label: str, row: int) -> str:
        if label != HISTORY:
            return "what the graph may do was allowed or withheld"
        months = [known.assessment.months[place[row]] for known, place in self.sides]
        return "{:g} > {:g} months".format(*months)

    @property
    def sides(self) -> tuple[tuple[Recalled, Places], tuple[Recalled, Places]]:
        """Both runs, each with the holders of the rows."""
        return (self.older, self.before), (self.newer, self.after)

    def _connections(self, row: int, points: float) -> Iterator[Line]:
        """Name those who lift more or less than before, and what falls back; the rest is the portfolio's."""
        last = self.steps.last.at(np.array([row]))
        score = last.config.score
        effect = SPAN * float(last.weight()[0]) if score.connections else 0.0
        rest = points
        for supporter, had, has in self._supporters(row) if effect else ():
            moved = effect * (has - had)
            rest -= moved
            yield "connections", supporter, moved, _became(had, has)
        if effect and (fell := float(_distress(self.newer, self.after[row]) - last.distress[0])):
            moved = -effect * score.rho * (1 - float(last.credibility[0])) * fell
            rest -= moved
            yield "connections", self._culprit(row, worse=fell > 0), moved, _falls(fell)
        if abs(rest) >= 1 / NANO:
            yield "connections", OTHERS, rest, "portfolio constants and the ends of the dimension"

    def _supporters(self, row: int) -> Iterator[tuple[str, float, float]]:
        had = _given(self.retold.contributions, self.older, self.before[row])
        has = _given(self.newer.run.table("contributions"), self.newer, self.after[row])
        place = self.before[row], self.after[row]
        allowed = (self.older.assessment.lift_allowed[place[0]], self.newer.assessment.lift_allowed[place[1]])
        if not all(allowed):  # a change of consent has been told already
            return
        for supporter in sorted({*had, *has}, key=lambda name: (-abs(has.get(name, 0.0) - had.get(name, 0.0)), name)):
            if has.get(supporter, 0.0) != had.get(supporter, 0.0):
                yield supporter, had.get(supporter, 0.0), has.get(supporter, 0.0)

    def _culprit(self, row: int, *, worse: bool) -> str:
        """Name the holder whose outcome falls back: the newer run's, or the older one's where it weighs less now."""
        for known, place in self.sides[::-1] if worse else self.sides:
            holder = known.assessment.holders[int(place[row])].as_py()
            found = known.run.rows("bins", "holder_id", [holder])["responsible_id"][0].as_py()
            if found:
                return str(found)
        return OTHERS

    def _dimension(self, dimension: str, part: str, row: int) -> str:
        """Say what became of a dimension's features, or that its value changed."""
        found = []
        for feature in self.newer.config.reader(dimension).features:
            old, new = (_code(known, feature.name, int(place[row])) for known, place in self.sides)
            if old is None or new is None or old == new or (min(old, new) < 0) != (part == "missing"):
                continue
            found.append(f"{feature.name}: {bin_name(feature, old)} > {bin_name(feature, new)}")
        return _some(tuple(found)) or "its value changed"


def _code(known: Recalled, feature: str, place: int) -> int | None:
    table = known.assessment.bins
    return None if table is None or feature not in table.column_names else int(table[feature][place].as_py())


def _some(names: tuple[str, ...]) -> str:
    rest = len(names) - FEATURES
    return ", ".join(names[:FEATURES]) + (f" and {rest} more" if rest > 0 else "")


def _became(had: float, has: float) -> str:
    if not had:
        return "lifts now"
    return "lifts no longer" if not has else "lifts more" if has > had else "lifts less"


def _falls(change: float) -> str:
    return "an outcome falls back" if change > 0 else "an outcome weighs less"


def _distress(known: Recalled, place: int) -> float:
    allowed = known.assessment.distress_allowed[place]
    return float(known.distress[place]) if allowed else 0.0


def _given(contributions: pa.Table, known: Recalled, place: int) -> dict[str, float]:
    holder = known.assessment.holders[int(place)]
    rows = contributions.filter(pc.equal(contributions["holder_id"], holder))
    return dict(zip(rows["supporter_id"].to_pylist(), rows["contribution"].to_pylist(), strict=True))
