"""How large is the simulated portfolio, when does its log run, and which dice does each part of it throw?

Every part of the simulation asks for its own dice by name and number. So a part can be made alone, and asking one part
for more numbers changes no other part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from loaders.errors import UsageError

DAY = 86_400
MIN_ACCOUNTS = 100
# What the planted truths need at most, and below which no believable log stands around them.
MIN_RELATIONS = 3_000
RELATIONS_PER_ACCOUNT = 30
ROWS_PER_PART = 1_200_000
CURRENCIES = ("CNY", "USD", "HKD", "JPY")
EXPONENTS = (2, 2, 2, 0)
# About what one unit of each currency costs in the base currency; the simulated rates walk around it.
PRICES = (1.0, 7.1, 0.91, 0.047)


class Stream(IntEnum):
    """What a set of dice is for."""

    POPULATION = 1
    SUPPORT = 2
    WORK = 3
    LOG = 4
    PLANTED = 5
    PROFILES = 6
    CONSENTS = 7
    OUTCOMES = 8
    RATES = 9
    PROFILE_HISTORY = 10


@dataclass(frozen=True)
class Plan:
    """The checked arguments of a simulation and its calendar.

    ``bounds`` holds, in seconds since 1970, the ``months + 1`` borders of the log's months; the last is ``as_of``.
    Each month is made in ``parts`` parts, so that memory does not grow with the number of relations. Profiles have
    ``profile_history`` quarterly rows per person before the latest.
    """

    accounts: int
    relations: int
    months: int
    seed: int
    as_of: datetime
    bounds: npt.NDArray[np.int64]
    parts: int
    profile_history: int = 0

    def dice(self, stream: Stream, *numbers: int) -> np.random.Generator:
        """Give the dice of one part: the same for the same seed, stream and numbers, whatever else was thrown."""
        return np.random.Generator(np.random.Philox(np.random.SeedSequence(self.seed, spawn_key=(stream, *numbers))))

    def share_of_log(self, share: float) -> int:
        """Relations that make up a share of the log beside the planted ones."""
        return int((self.relations - MIN_RELATIONS) * share)

    @property
    def end_day(self) -> int:
        """Days from 1970 to the day of ``as_of``."""
        return int(self.bounds[-1]) // DAY

    def seconds_back(self, months: int) -> int:
        """Give the seconds from so many calendar months before ``as_of`` to it."""
        return int(self.bounds[-1]) - int(_months_before(self.as_of, months).timestamp())

    def month_of(self, days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """First month of the log that starts on or after each day; ``months`` for a day after the last start."""
        return np.searchsorted(self.bounds[:-1], days * DAY)


def make_plan(
    accounts: int, relations: int | None, months: int, seed: int, as_of: datetime, profile_history: int = 0
) -> Plan:
    """Check the arguments of a simulation and lay out its calendar.

    Raises
    ------
    UsageError
        When an argument is out of its range.

    Examples
    --------
    >>> plan = make_plan(5000, None, 24, 7, datetime(2026, 1, 1, tzinfo=UTC))
    >>> plan.relations, plan.parts, len(plan.bounds)
    (150000, 1, 25)
    """
    if as_of.tzinfo is None:
        raise UsageError(f"as_of must have an offset, such as +00:00; got {as_of.isoformat()}")
    as_of = as_of.astimezone(UTC)
    if relations is None:
        relations = max(accounts * RELATIONS_PER_ACCOUNT, 2 * MIN_RELATIONS)
    ranges = (
        ("accounts", accounts, MIN_ACCOUNTS, 50_000_000),
        ("relations", relations, MIN_RELATIONS, 2_000_000_000),
        ("months", months, 6, 120),
        ("seed", seed, 0, 2**63 - 1),
        ("the year of as_of", as_of.year, 2005, 2098),
        ("profile_history", profile_history, 0, 40),
    )
    for name, value, low, high in ranges:
        if not low <= value <= high:
            raise UsageError(f"{name} must be in {low}..{high}; got {value}")
    bounds = [int(_months_before(as_of, months - month).timestamp()) for month in range(months + 1)]
    parts = -(-relations // (months * ROWS_PER_PART))
    return Plan(accounts, relations, months, seed, as_of, np.array(bounds, dtype=np.int64), parts, profile_history)


def _months_before(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    # Day 28 exists in every month; the last border must stay as_of itself.
    return at if months == 0 else at.replace(year=year, month=month + 1, day=min(at.day, 28))
