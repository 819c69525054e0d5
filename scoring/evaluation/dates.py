"""At which earlier dates is a policy looked at? Every so often, the last one a whole horizon before the log ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loaders.errors import UsageError
from scoring.training.labels import Horizon

MOST_DATES, USUAL_DATES = 200, 4


@dataclass(frozen=True, slots=True)
class Dates:
    """Which dates are looked at: ``count`` of them, or all since a moment; the last is one horizon before ``until``."""

    until: datetime
    every: Horizon
    horizon: Horizon
    count: int | None = None
    since: datetime | None = None

    def listed(self) -> tuple[datetime, ...]:
        """List the dates, oldest first.

        Examples
        --------
        >>> from datetime import UTC
        >>> month, year = Horizon.parse("3m"), Horizon.parse("12m")
        >>> [day.date().isoformat() for day in Dates(datetime(2026, 1, 1, tzinfo=UTC), month, year, 2).listed()]
        ['2024-10-01', '2025-01-01']
        """
        last = self.horizon.before(self.until)
        found: list[datetime] = []
        most = self.count if self.count is not None else MOST_DATES if self.since is not None else USUAL_DATES
        while len(found) < most:
            day = self.every.shifted(last, -len(found))
            if self.since is not None and day < self.since:
                break
            found.append(day)
        if not found:
            raise UsageError(
                f"no date is left: the last one whose horizon of {self.horizon} is over by "
                f"{self.until.date()} is {last.date()}"
            )
        return tuple(reversed(found))
