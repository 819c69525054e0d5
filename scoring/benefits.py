"""What does a score open, and what would open next?"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.asof import Snapshot
from scoring.config import Config


@dataclass(frozen=True, slots=True)
class BenefitStatus:
    """One benefit as one holder meets it.

    ``missing`` is how many points are lacking; ``record_stands_in_the_way`` that a bad record closes it.
    """

    name: str
    at_least: int
    no_bad_record: bool
    reached: bool
    missing: int
    record_stands_in_the_way: bool


def benefits(score: int, no_bad_record: bool, config: Config) -> tuple[BenefitStatus, ...]:
    """Say which benefits a score opens, in the order of the configuration.

    Parameters
    ----------
    score
        350 to 950.
    no_bad_record
        Whether no outcome was known in the last months (see ``without_bad_record``).
    config
        Holds the table of benefits.

    Examples
    --------
    >>> from scoring.config import load_config
    >>> status = benefits(650, False, load_config())
    >>> [benefit.name for benefit in status if benefit.reached][-2:]
    ['try first pay later', 'dining']
    >>> [(benefit.name, benefit.missing) for benefit in status if not benefit.reached][:2]
    [('hotel', 0), ('car rental', 1)]
    """
    found = []
    for entry in config.benefits:
        missing, blocked = max(0, entry.at_least - score), entry.no_bad_record and not no_bad_record
        reached = missing == 0 and not blocked
        found.append(BenefitStatus(entry.name, entry.at_least, entry.no_bad_record, reached, missing, blocked))
    return tuple(found)


def without_bad_record(holders: pa.StringArray, snapshot: Snapshot, months: int) -> npt.NDArray[np.bool_]:
    """Find the holders without an outcome in the last ``months`` calendar months before ``as_of``.

    An outcome at the very beginning of those months still counts; the day is cut to the month's last one where the
    earlier month is shorter.
    """
    since = pa.scalar(_months_before(snapshot.as_of.astimezone(UTC), months), pa.timestamp("us", tz="UTC"))
    recent = snapshot.outcomes.filter(pc.greater_equal(snapshot.outcomes["at"], since))
    marked = pc.is_in(holders, value_set=recent["holder_id"].combine_chunks())
    return ~marked.to_numpy(zero_copy_only=False)


def _months_before(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
