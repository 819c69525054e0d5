"""Who is learnt from, as known when, and who is kept aside to test on? Point in time, and out of time where possible.

A cohort is everyone's features at one moment and what became of them within the horizon after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from loaders.asof import at
from loaders.tables import Tables
from scoring.tabular.persons import Flags, Numbers, Persons, persons
from scoring.training.by_feature import TrainingError
from scoring.training.labels import Horizon, bad_within

FEWEST_BADS = 20
"""With fewer bad ones, bins and coefficients say more of chance than of people."""
HELD_OUT = 0.3
Method = Literal["cohorts", "vintage", "hash", "none"]


@dataclass(frozen=True, eq=False)
class Cohort:
    """Persons as they were known at ``as_of``, and what became of them; arrays in the order of ``persons.holders``.

    Attributes
    ----------
    as_of
        When the features were known.
    persons
        Who, with consents and profile cells.
    bad
        Whether a default or a court order followed within the horizon.
    profiled
        Whether there was a profile at all.
    undated
        How many profiles have no ``known_at``.
    """

    as_of: datetime
    persons: Persons
    bad: Flags
    profiled: Flags
    undated: int

    @cached_property
    def marks(self) -> Numbers:
        """Give each holder a place in [0, 1) by SHA-256 of the id: the same whoever else is there."""
        names = self.persons.holders.to_pylist()
        first = [int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") for name in names]
        return np.asarray(first, np.float64) / 2.0**48

    @property
    def months(self) -> Numbers:
        """Months of own history n, as a run counts them."""
        who = self.persons
        given = who.cells.get("history_months", who.open_months)
        return np.where(who.filled("history_months"), np.where(who.granted["finance"], given, 0.0), who.open_months)


@dataclass(frozen=True)
class Split:
    """Which rows of which cohorts are trained on, and which are kept aside.

    Attributes
    ----------
    method
        ``cohorts`` (earlier moments train, the last one tests), ``vintage`` (the youngest holders test), ``hash`` (a
        share of holders by SHA-256 tests) or ``none`` (too few bad ones to keep any aside).
    text
        The same in words.
    cohorts
        All cohorts used.
    train, test
        Rows of each cohort.
    """

    method: Method
    text: str
    cohorts: tuple[Cohort, ...]
    train: tuple[Flags, ...]
    test: tuple[Flags, ...]

    @property
    def repeats(self) -> float:
        """How many training rows a bad holder has on average, at least 1: its cohorts tell one story, not several."""
        rows = sum(int(cohort.bad[where].sum()) for cohort, where in zip(self.cohorts, self.train, strict=True))
        return rows / max(1, bad_holders(self.cohorts, self.train))


def bad_holders(cohorts: Sequence[Cohort], rows: Sequence[Flags]) -> int:
    """Count the different holders that are bad in one of these rows or more."""
    found: set[str] = set()
    for cohort, where in zip(cohorts, rows, strict=True):
        found.update(cohort.persons.holders.filter(pa.array(cohort.bad & where)).to_pylist())
    return len(found)


def gather(
    tables: Tables, outcomes: pa.Table, as_of: datetime, horizon: Horizon, *, dated_only: bool = False
) -> Cohort:
    """Take a cohort at a moment: nothing known later reaches its features.

    Parameters
    ----------
    tables
        The input.
    outcomes
        holder_id, kind, at: where labels come from.
    as_of
        The moment.
    horizon
        How far labels look ahead.
    dated_only
        Whether profiles without ``known_at`` are passed over.
    """
    if dated_only:
        tables = replace(tables, profiles=tables.profiles.filter(pc.is_valid(tables.profiles["known_at"])))
    snapshot = at(tables, as_of)
    who = persons(snapshot)
    profiles = snapshot.profiles.filter(pc.is_in(snapshot.profiles["holder_id"], value_set=who.holders))
    there = pc.is_in(who.holders, value_set=profiles["holder_id"].combine_chunks())
    return Cohort(
        as_of=as_of.astimezone(UTC),
        persons=who,
        bad=bad_within(outcomes, who.holders, as_of, horizon),
        profiled=there.to_numpy(zero_copy_only=False),
        undated=profiles["known_at"].null_count,
    )


def split(
    tables: Tables,
    outcomes: pa.Table,
    as_of: datetime,
    horizon: Horizon,
    *,
    count: int,
    every: Horizon,
    undated_ok: bool = False,
) -> Split:
    """Tell training from test: by time if profiles reach back, else by vintage, else by the hash of the holder.

    Parameters
    ----------
    tables, outcomes, as_of, horizon
        As in :func:`gather`; ``as_of`` is the last cohort.
    count
        Training cohorts at most, at least 1.
    every
        How far apart they are.
    undated_ok
        Whether profiles without ``known_at`` may be learnt from.

    Raises
    ------
    TrainingError
        When there are fewer than 20 bad ones to learn from, or undated profiles.
    """
    last = gather(tables, outcomes, as_of, horizon)
    if last.undated and not undated_ok:
        raise TrainingError(
            f"profiles of {last.undated:,} persons have no known_at, so nothing says that they were known at "
            f"{last.as_of.isoformat()}; date them, or train with --undated-ok, which the model records"
        )
    before = _earlier(tables, outcomes, as_of, horizon, count, every)
    if bad_holders(before, [cohort.profiled for cohort in before]) >= FEWEST_BADS:
        nobody = np.zeros(len(last.bad), np.bool_)
        moments = ", ".join(cohort.as_of.date().isoformat() for cohort in before)
        return Split(
            "cohorts",
            f"trained on cohorts of {moments}, whose {horizon} end by {as_of.date()}; tested on {as_of.date()}",
            (*before, last),
            (*(cohort.profiled for cohort in before), nobody),
            (*(np.zeros(len(cohort.bad), np.bool_) for cohort in before), last.profiled),
        )
    found = _within(last, tables, as_of)
    if bad_holders(found.cohorts, found.train) < FEWEST_BADS:
        found = _whole(last)
    if (bads := bad_holders(found.cohorts, found.train)) < FEWEST_BADS:
        raise TrainingError(
            f"{bads} of {int(last.profiled.sum()):,} persons with a profile have a default or a court order within "
            f"{horizon} after {as_of.isoformat()}; training needs at least {FEWEST_BADS}: take more accounts, a longer "
            "--horizon, an earlier --as-of, or name their --outcomes"
        )
    return found


def _earlier(
    tables: Tables, outcomes: pa.Table, as_of: datetime, horizon: Horizon, count: int, every: Horizon
) -> tuple[Cohort, ...]:
    """Take the cohorts whose labels were known at ``as_of``, the oldest first; only dated profiles reach back."""
    first = pc.min(tables.profiles["known_at"]).as_py()
    found: list[Cohort] = []
    times = 0
    while first is not None and len(found) < count:
        times -= 1
        moment = every.shifted(as_of, times)
        if moment < first:
            break
        if horizon.after(moment) <= as_of.astimezone(UTC):
            found.append(gather(tables, outcomes, moment, horizon, dated_only=True))
    return tuple(reversed(found))


def _within(cohort: Cohort, tables: Tables, as_of: datetime) -> Split:
    """Split one cohort: the holders whose oldest account is youngest, or where no day is known a share by hash."""
    opened = _opened(cohort, tables, as_of)
    there = np.flatnonzero(cohort.profiled & ~np.isnan(opened))
    if len(there):
        # a holder without a day has no vintage and is trained on; one day is never cut in two
        ranked = np.sort(opened[there])
        since = ranked[min(len(ranked) - 1, round((1 - HELD_OUT) * int(cohort.profiled.sum())))]
        test = cohort.profiled & (opened >= since)
        if 0 < test.sum() <= 0.5 * cohort.profiled.sum():
            day = np.datetime64(int(since), "D")
            text = f"profiles begin later than a horizon before: holders since {day} ({test.sum():,}) are kept aside"
            return Split("vintage", text, (cohort,), (cohort.profiled & ~test,), (test,))
    test = cohort.profiled & (cohort.marks < HELD_OUT)
    text = f"no earlier profiles and no days of opening: {test.sum():,} holders by SHA-256 of their id are kept aside"
    return Split("hash", text, (cohort,), (cohort.profiled & ~test,), (test,))


def _whole(cohort: Cohort) -> Split:
    nobody = np.zeros(len(cohort.bad), np.bool_)
    text = f"too few bad ones to keep any aside (fewer than {FEWEST_BADS} would be left): nothing is tested out of time"
    return Split("none", text, (cohort,), (cohort.profiled,), (nobody,))


def _opened(cohort: Cohort, tables: Tables, as_of: datetime) -> npt.NDArray[np.float64]:
    """Give the day on which each holder's oldest account was opened, as days since 1970; NaN without one."""
    holders = at(tables, as_of).holders
    place = pc.index_in(cohort.persons.holders, value_set=holders["holder_id"].combine_chunks())
    days = holders["opened_on"].combine_chunks().take(place).cast(pa.int32()).cast(pa.float64())
    return days.fill_null(float("nan")).to_numpy(zero_copy_only=False)
