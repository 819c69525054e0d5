"""What was known of a person earlier? Quarterly rows of profiles that drift around the same latent quality."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from loaders.simulate.plan import DAY, Plan, Stream
from loaders.simulate.population import Population
from loaders.simulate.profiles import Floats, profile_columns

Ints = npt.NDArray[np.int64]

MONTHS_APART = 3
ALIKE = 0.9


class Remembered:
    """Dice that remember their normal numbers, and throw nearly what those of the quarter after threw.

    ``ALIKE`` of that and the rest fresh, with the same spread: a first-order autoregression from quarter to quarter.
    """

    def __init__(self, dice: np.random.Generator, after: Remembered | None = None) -> None:
        self._dice = dice
        self._after = None if after is None else iter(after.thrown)
        self.thrown: list[Floats] = []

    def standard_normal(self, size: int, /) -> Floats:
        """Throw normal numbers."""
        value: Floats = self._dice.standard_normal(size)
        if self._after is not None:
            value = ALIKE * next(self._after) + np.sqrt(1 - ALIKE**2) * value
        self.thrown.append(value)
        return value

    def random(self, size: int, /) -> Floats:
        """Throw numbers in [0, 1), always fresh: what is missing in one quarter need not be in the next."""
        return self._dice.random(size)


def earlier_profiles(
    plan: Plan,
    population: Population,
    chunk: int,
    person: Ints,
    known: Ints,
    after: Remembered,
    *,
    noise: bool,
) -> Iterator[tuple[Ints, Ints, dict[str, pa.Array]]]:
    """Give the rows before the latest of a chunk of persons, one quarter after the other into the past.

    Parameters
    ----------
    plan, population
        The simulation.
    chunk
        Its number, which names the dice.
    person, known
        Who has a latest row, and when it was known, in seconds since 1970.
    after
        The dice of the latest rows, after their features were thrown.
    noise
        As in ``profile_columns``.

    Yields
    ------
    tuple
        First account, seconds and feature columns of those whose first account was open by then and had so many months.
    """
    for quarter in range(1, plan.profile_history + 1):
        back = MONTHS_APART * quarter
        at, history = known - plan.seconds_back(back), population.history[person] - back
        after = Remembered(plan.dice(Stream.PROFILE_HISTORY, chunk, quarter), after)
        columns = profile_columns(
            population.quality[person],
            np.maximum(history, 0),
            population.scale[person],
            after,
            noise=noise,
        )
        there = np.flatnonzero((history >= 0) & (at >= (population.opened[person] + 1) * DAY))
        rows = pa.array(there)
        yield person[there], at[there], {name: column.take(rows) for name, column in columns.items()}
