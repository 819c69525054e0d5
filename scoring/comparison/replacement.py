"""What does each kind of change move, one after the other? Older facts replaced by newer ones in a fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from loaders.contract import DIMENSIONS
from scoring.combination import NANO, largest_remainder
from scoring.comparison.parts import PARTS
from scoring.comparison.retelling import NOTHING, READ, REFUSED, Bins, Retold
from scoring.comparison.states import Places, State, state_of
from scoring.recall import Recalled
from scoring.scorecard.card import MISSING, WITHHELD
from scoring.tabular.persons import Flags, Numbers

Nano = npt.NDArray[np.int64]
HISTORY, CONSENT, POLICY, OTHERS = "length of history", "consent", "policy and model", "everyone else"


@dataclass(frozen=True, eq=False)
class Steps:
    """All moves of the compared rows, step by step.

    Attributes
    ----------
    moved
        (part, label, billionths of a point per row), in the order of replacement.
    last
        The state before connections are replaced.
    change
        Whole points per row.
    """

    moved: tuple[tuple[str, str, Nano], ...]
    last: State
    change: Nano

    def whole(self) -> npt.NDArray[np.int32]:
        """Give the four parts in whole points, in the order of ``PARTS``, by the largest remainder.

        They add up to the change of the score exactly; each is within 1 of its own value, and a part that nothing
        moved is 0.
        """
        none = np.zeros(len(self.change), np.int64)
        parts = [sum((nano for part, _, nano in self.moved if part == name), none) for name in PARTS]
        return largest_remainder(np.column_stack(parts), self.change)


def replacements(older: Recalled, newer: Recalled, retold: Retold, before: Places, after: Places) -> Steps:
    """Replace the older run's numbers by the newer ones.

    First policy and model; then own data (dimensions in their order, length of history), of features there in both
    runs; then what came, went, or was allowed or withheld, consent to lift and distress included; connections last.

    Parameters
    ----------
    older, newer
        The runs.
    retold
        The older facts under the newer policy.
    before, after
        The holders of the compared rows in each run.
    """
    first, last = state_of(older).at(before), state_of(newer).at(after)
    known = _Sides(older, newer, before, after)
    moved, now, points = [], first, first.points()
    for part, label, state in _states(retold.state.at(before), last, known, retold.bins):
        reached = state.points()
        moved.append((part, label, reached - points))
        now, points = (state, reached) if part != "connections" else (now, reached)
    return Steps(tuple(moved), now, _rounded(last.points()) - _rounded(first.points()))


def _rounded(points: Nano) -> Nano:
    return (points + NANO // 2) // NANO


@dataclass(frozen=True, eq=False)
class _Sides:
    older: Recalled
    newer: Recalled
    before: Places
    after: Places

    def origins(self, number: int) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
        old, new = self.older.assessment.origin, self.newer.assessment.origin
        return old[self.before, number], new[self.after, number]

    def flags(self, name: str) -> tuple[Flags, Flags]:
        old, new = getattr(self.older.assessment, name), getattr(self.newer.assessment, name)
        return old[self.before], new[self.after]

    def codes(self, feature: str) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
        """Give the bins of a feature on both sides; missing where a run has no such feature."""
        found = []
        for known, places in ((self.older, self.before), (self.newer, self.after)):
            table = known.assessment.bins
            if table is None or feature not in table.column_names:
                found.append(np.full(len(places), MISSING, np.int16))
            else:
                found.append(table[feature].to_numpy()[places])
        return found[0], found[1]


def _states(start: State, last: State, known: _Sides, bins: Mapping[str, Bins]) -> Iterator[tuple[str, str, State]]:
    now = start
    yield "policy", POLICY, now
    for number, name in enumerate(DIMENSIONS):
        now = now.with_dimension(number, _own(now, last, known, number, bins[name]))
        yield "own", name, now
    unseen = _history_unseen(known)
    now = replace(now, credibility=np.where(unseen, now.credibility, last.credibility))
    yield "own", HISTORY, now
    for number, name in enumerate(DIMENSIONS):
        now = now.with_dimension(number, last.dimensions[:, number])
        yield "missing", name, now
    now = replace(now, credibility=last.credibility)
    yield "missing", HISTORY, now
    lift, fell = known.flags("lift_allowed"), known.flags("distress_allowed")
    now = replace(
        now,
        lift=np.where(lift[0] != lift[1], last.lift, now.lift),
        distress=np.where(fell[0] != fell[1], last.distress, now.distress),
    )
    yield "missing", CONSENT, now
    yield "connections", OTHERS, last


def _own(now: State, last: State, known: _Sides, number: int, bins: Bins) -> Numbers:
    """Give a dimension with what both runs could read replaced, what only one of them could left as it was."""
    old, new = known.origins(number)
    unseen = (NOTHING, REFUSED)
    either = np.isin(old, unseen) | np.isin(new, unseen)
    own = np.where(either, now.dimensions[:, number], last.dimensions[:, number])
    both = np.isin(old, READ) & np.isin(new, READ)
    if not bins or not both.any():
        return own
    mixed = {}
    for feature, codes in bins.items():
        before, after = codes[known.before], known.codes(feature)[1]
        mixed[feature] = np.where((before >= 0) & (after >= 0), after, before).astype(np.int16)
    return np.where(both, last.config.reader(DIMENSIONS[number]).value(mixed), own)


def _history_unseen(known: _Sides) -> Flags:
    """Mark whose length of history changed because it came, went or may (not) be read."""
    old, new = known.codes("history_months")
    came_or_went = (old != new) & ((old < 0) | (new < 0))
    refused = [_no_finance(known, side, codes) for side, codes in enumerate((old, new))]
    return came_or_went | (refused[0] != refused[1])


def _no_finance(known: _Sides, side: int, codes: npt.NDArray[np.int16]) -> Flags:
    """Mark who withholds ``finance``, as far as the run's tables tell."""
    lift, fell = known.flags("lift_allowed")[side], known.flags("distress_allowed")[side]
    return (fell & ~lift) | (known.origins(0)[side] == REFUSED) | (codes == WITHHELD)
