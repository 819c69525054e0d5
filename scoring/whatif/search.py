"""Which fewest and smallest steps make the four dimensions good enough? A search over bins.

With everything else as it is, a score only rises with e, the weighted mean of the four dimensions. So a score to be
reached is an e to be reached, and a way is a set of features with better bins whose dimensions give it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

import numpy as np

from loaders.contract import DIMENSIONS
from scoring.config import Config
from scoring.whatif.own import Own
from scoring.whatif.steps import Option, Target

ROWS = 20_000
"""Most combinations of bins within one dimension: beyond, some of each feature's bins are passed over."""
SETS = 100_000
"""Most sets of features that are tried at their best."""
LOOKED = 500
"""Most sets in which the fewest bins are looked for, those with most room first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A set of features with the bins they should reach: by its options, and the e that gives."""

    options: tuple[Option, ...]
    targets: tuple[Target, ...]
    tabular: float

    @property
    def bins(self) -> int:
        """How many bins all steps move together."""
        return sum(target.bins for target in self.targets)

    @property
    def values(self) -> dict[str, float]:
        """Give the values to set, by feature."""
        pairs = zip(self.options, self.targets, strict=True)
        return {option.feature.name: target.value for option, target in pairs}


@dataclass(frozen=True, slots=True)
class Rung:
    """What so many bins can make of some dimensions together: weight · value, and the targets that do it."""

    bins: int
    worth: float
    targets: tuple[Target, ...]


class Reckoner:
    """Tells what each set of features can make of e; each dimension is read once per set of its features."""

    def __init__(self, own: Own, config: Config) -> None:
        self._codes, self._config = own.codes, config
        self._now = own.assessment.dimensions[own.place].tolist()
        self._weights = config.score.weights.percent[:4]
        self._bests: dict[tuple[str, ...], float] = {}
        self._ladders: dict[tuple[str, ...], tuple[Rung, ...]] = {}

    def best(self, chosen: Sequence[Option]) -> float:
        """Give e with these features at their best."""
        return self._mean([self._best(number, part) for number, part in _by_dimension(chosen)])

    def fewest(self, chosen: Sequence[Option], enough: float) -> Found | None:
        """Find the fewest bins of these features that give an e; None if their best does not."""
        parts = [self._ladder(number, part) for number, part in _by_dimension(chosen)]
        ladder = parts[0]
        for part in parts[1:]:
            ladder = _climb(
                Rung(a.bins + b.bins, a.worth + b.worth, a.targets + b.targets) for a in ladder for b in part
            )
        reached = (rung for rung in ladder if self._mean([rung.worth]) >= enough)
        rung = next(reached, None)
        return None if rung is None else Found(tuple(chosen), rung.targets, self._mean([rung.worth]))

    def _mean(self, worths: Sequence[float]) -> float:
        return min(math.fsum(worths) / math.fsum(self._weights), 1.0)

    def _best(self, number: int, part: tuple[Option, ...]) -> float:
        """Say what a dimension is worth with these features at their best."""
        if not part:
            return self._weights[number] * self._now[number]
        key = tuple(option.feature.name for option in part)
        if key not in self._bests:
            ends = tuple(option.targets[-1] for option in part)
            self._bests[key] = self._weights[number] * self._values(DIMENSIONS[number], part, [ends])[0]
        return self._bests[key]

    def _ladder(self, number: int, part: tuple[Option, ...]) -> tuple[Rung, ...]:
        """Say what a dimension can be worth for each number of bins, if that many are better than fewer."""
        if not part:
            return (Rung(0, self._weights[number] * self._now[number], ()),)
        key = tuple(option.feature.name for option in part)
        if key not in self._ladders:
            chosen = list(product(*_thinned([option.targets for option in part])))
            values = self._values(DIMENSIONS[number], part, chosen)
            self._ladders[key] = _climb(
                Rung(sum(target.bins for target in targets), self._weights[number] * value, targets)
                for targets, value in zip(chosen, values, strict=True)
            )
        return self._ladders[key]

    def _values(self, dimension: str, part: tuple[Option, ...], chosen: Sequence[tuple[Target, ...]]) -> list[float]:
        """Read a dimension for every choice of bins."""
        reader = self._config.reader(dimension)
        bins = {feature.name: np.full(len(chosen), self._codes[feature.name], np.int16) for feature in reader.features}
        for place, option in enumerate(part):
            bins[option.feature.name] = np.array([targets[place].place for targets in chosen], np.int16)
        values: list[float] = reader.value(bins).tolist()
        return values


def ways(reckoner: Reckoner, choices: Sequence[Option], enough: float) -> list[Found]:
    """Find the fewest features, and for each such set the fewest bins, that give enough.

    Parameters
    ----------
    reckoner
        Tells e.
    choices
        What can be acted on, in the order of the contract.
    enough
        The least e that is enough.

    Returns
    -------
    list of Found
        At most one per set of features, all of the same number of features; the fewest bins first, then the order of
        the contract. Empty if all at their best are not enough.
    """
    if not choices or reckoner.best(choices) < enough:
        return []
    for many in range(1, len(choices) + 1):
        tried = ((reckoner.best(one), one) for one in islice(combinations(choices, many), SETS))
        if sets := [(best, one) for best, one in tried if best >= enough]:
            looked = sorted(sets, key=lambda pair: -pair[0])[:LOOKED]
            found = [way for _, one in looked if (way := reckoner.fewest(one, enough)) is not None]
            rank = {option.feature.name: number for number, option in enumerate(choices)}
            return sorted(found, key=lambda way: (way.bins, [rank[each.feature.name] for each in way.options]))
    return []


def _by_dimension(chosen: Sequence[Option]) -> Iterator[tuple[int, tuple[Option, ...]]]:
    for number, dimension in enumerate(DIMENSIONS):
        yield number, tuple(option for option in chosen if option.feature.dimension == dimension)


def _climb(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """Keep the best rung for each number of bins, if it is better than all with fewer."""
    kept: list[Rung] = []
    for rung in sorted(rungs, key=lambda rung: (rung.bins, -rung.worth)):
        if not kept or rung.worth > kept[-1].worth:
            kept.append(rung)
    return tuple(kept)


def _thinned(lists: list[tuple[Target, ...]]) -> list[tuple[Target, ...]]:
    """Pass over bins in the middle, the last feature's first, until few enough combinations are left."""
    for place in range(len(lists) - 1, -1, -1):
        if math.prod(len(each) for each in lists) > ROWS:
            lists[place] = (lists[place][0], lists[place][-1])
    return lists
