"""What was known at a moment: which rows of a loaded input count for a run as of then?

Later rows are set aside and counted, never refused: a log that goes on past the moment is normal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import SOURCES
from loaders.errors import UsageError
from loaders.tables import Tables

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR = 2**62


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The input as it was known at ``as_of``.

    Attributes
    ----------
    as_of
        The moment, in UTC.
    accounts
        Open accounts (opened on or before the day of ``as_of``, or without a day): account_id, holder_id, kind,
        opened_on.
    holders
        Holders of at least one open account, by holder_id (bytes): holder_id, person (bool: any open account is a
        person's), opened_on (date32, of the oldest account; null: none).
    relations
        Relations that happened by then and are not pending, by (at, relation_id), with reversed_minor (int64): how
        much of each had been taken back by then. Reversals stay in and have ``reverses``. Parties may be accounts that
        were opened later and are therefore not in ``accounts``.
    profiles
        holder_id and the columns of the input's profiles, at most one row per holder: the latest over its accounts
        (undated rows are the earliest, the smallest account_id wins a tie).
    consents
        holder_id (all holders, in their order) and one bool column per source (the latest word over all accounts,
        false wins a tie, no word is no); ``None`` when no table was given.
    outcomes
        holder_id, kind, severity, at; of these holders.
    rates
        Those of days up to the day of ``as_of``, as loaded.
    counts
        Per table: accepted, used, after_as_of, pending; accepted is the sum of the others.

    Examples
    --------
    >>> from loaders import at, load
    >>> from loaders.town import AS_OF, town
    >>> snapshot = at(load(**town()), AS_OF)
    >>> snapshot.outcomes["holder_id"].to_pylist(), snapshot.counts["outcomes"]["after_as_of"]
    (['dan'], 0)
    """

    as_of: datetime
    accounts: pa.Table
    holders: pa.Table
    relations: pa.Table
    profiles: pa.Table
    consents: pa.Table | None
    outcomes: pa.Table
    rates: pa.Table
    counts: Mapping[str, Mapping[str, int]]


def at(tables: Tables, as_of: datetime) -> Snapshot:
    """What of the input was known at ``as_of``?

    Parameters
    ----------
    tables
        The loaded input.
    as_of
        The moment, with a UTC offset.

    Returns
    -------
    Snapshot

    Raises
    ------
    UsageError
        If ``as_of`` has no offset.

    Examples
    --------
    >>> from loaders import at, load
    >>> from loaders.town import AS_OF, town
    >>> snapshot = at(load(**town()), AS_OF)
    >>> snapshot.holders.num_rows, snapshot.counts["relations"]["used"]
    (14, 291)
    """
    if not isinstance(as_of, datetime):
        raise UsageError(f"as_of must be a datetime; got {as_of!r}")
    if as_of.utcoffset() is None:
        raise UsageError(f"as_of must have a UTC offset; got {as_of.isoformat()}")
    as_of = as_of.astimezone(UTC)
    moment, day = (as_of - _EPOCH) // timedelta(microseconds=1), as_of.date()
    is_open = pc.fill_null(pc.less_equal(tables.accounts["opened_on"], day), True)
    accounts = tables.accounts.filter(is_open).combine_chunks()
    holders = _holders(accounts)
    owner = _Owner(tables.accounts, holders)
    relations, counted = _relations(tables.relations, moment)
    profiles, profiles_counted = _profiles(tables.profiles, owner, moment)
    outcomes, outcomes_counted = _outcomes(tables.outcomes, owner, moment)
    rates = tables.rates.filter(pc.less_equal(tables.rates["on"], day)).combine_chunks()
    counts = {
        "accounts": _counts(len(is_open), accounts.num_rows),
        "relations": counted,
        "profiles": profiles_counted,
        "outcomes": outcomes_counted,
        "rates": _counts(tables.rates.num_rows, rates.num_rows),
    }
    consents = None
    if tables.consents is not None:
        consents, counts["consents"] = _consents(tables.consents, owner, moment)
    return Snapshot(as_of, accounts, holders, relations, profiles, consents, outcomes, rates, counts)


def _counts(accepted: int, used: int, pending: int = 0) -> dict[str, int]:
    return {"accepted": accepted, "used": used, "after_as_of": accepted - used - pending, "pending": pending}


def _holders(accounts: pa.Table) -> pa.Table:
    flagged = accounts.append_column("person", pc.equal(accounts["kind"], "person"))
    grouped = flagged.group_by("holder_id", use_threads=False).aggregate([("person", "any"), ("opened_on", "min")])
    named = grouped.select(["holder_id", "person_any", "opened_on_min"]).rename_columns(
        ["holder_id", "person", "opened_on"]
    )
    return named.sort_by("holder_id").combine_chunks()


class _Owner:
    """Finds the holder of each account, as its row in the table of holders (-1: none with an open account)."""

    def __init__(self, accounts: pa.Table, holders: pa.Table) -> None:
        self.holders = holders
        self._accounts = accounts["account_id"].combine_chunks()
        self._rows = _indices(accounts["holder_id"], holders["holder_id"].combine_chunks())

    def of(self, account_ids: pa.ChunkedArray) -> NDArray[np.int64]:
        """The row of the holder of each account."""
        return self._rows[_indices(account_ids, self._accounts)] if len(account_ids) else np.zeros(0, np.int64)

    def named(self, rows: NDArray[np.int64]) -> pa.Array:
        """The holder_id of each row."""
        return self.holders["holder_id"].combine_chunks().take(pa.array(rows))


def _indices(values: pa.ChunkedArray, among: pa.Array) -> NDArray[np.int64]:
    found = pc.fill_null(pc.index_in(values, value_set=among), -1)
    return found.to_numpy().astype(np.int64)


def _times(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Microseconds since 1970; undated is the earliest there is."""
    return pc.fill_null(column.cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()


def _relations(relations: pa.Table, moment: int) -> tuple[pa.Table, dict[str, int]]:
    known = _times(relations["at"]) <= moment
    reverses = relations["reverses"]
    back = np.flatnonzero(known & pc.is_valid(reverses).to_numpy())
    taken = np.zeros(len(known), np.int64)
    pending = np.zeros(len(known), np.bool_)
    if len(back):
        aims = reverses.take(pa.array(back))
        originals = np.flatnonzero(pc.is_in(relations["relation_id"], value_set=aims.combine_chunks()).to_numpy())
        originals = originals[known[originals] & pc.is_null(reverses.take(pa.array(originals))).to_numpy()]
        found = _indices(aims, relations["relation_id"].take(pa.array(originals)).combine_chunks())
        pending[back[found < 0]] = True
        matched = back[found >= 0]
        amounts = relations["amount_minor"].take(pa.array(matched)).to_numpy()
        np.add.at(taken, originals[found[found >= 0]], amounts)
    used = known & ~pending
    rows = relations.append_column("reversed_minor", pa.array(taken)).filter(pa.array(used)).combine_chunks()
    return rows, _counts(len(known), int(used.sum()), int(pending.sum()))


def _profiles(profiles: pa.Table, owner: _Owner, moment: int) -> tuple[pa.Table, dict[str, int]]:
    times = _times(profiles["known_at"])
    known = times <= moment
    holder = owner.of(profiles["account_id"])
    rows = np.flatnonzero(known & (holder >= 0))
    # the table is sorted by account_id, so the row itself breaks a tie between accounts
    rows = rows[np.lexsort((rows, -np.maximum(times[rows], -_FAR), holder[rows]))]
    rows = rows[_first_of_each(holder[rows])]
    chosen = profiles.take(pa.array(rows)).drop_columns(["account_id"])
    named = chosen.add_column(0, "holder_id", owner.named(holder[rows]))
    return named.combine_chunks(), _counts(len(known), int(known.sum()))


def _consents(consents: pa.Table, owner: _Owner, moment: int) -> tuple[pa.Table, dict[str, int]]:
    times = _times(consents["at"])
    known = times <= moment
    holder = owner.of(consents["account_id"])
    granted = consents["granted"].to_numpy()
    source = _indices(consents["source"], pa.array(SOURCES))
    rows = np.flatnonzero(known & (holder >= 0))
    rows = rows[np.lexsort((granted[rows], -times[rows], source[rows], holder[rows]))]
    rows = rows[_first_of_each(holder[rows] * len(SOURCES) + source[rows])]
    given = np.zeros((owner.holders.num_rows, len(SOURCES)), np.bool_)
    given[holder[rows], source[rows]] = granted[rows]
    columns = {name: pa.array(given[:, number]) for number, name in enumerate(SOURCES)}
    table = pa.table({"holder_id": owner.holders["holder_id"], **columns})
    return table.combine_chunks(), _counts(len(known), int(known.sum()))


def _outcomes(outcomes: pa.Table, owner: _Owner, moment: int) -> tuple[pa.Table, dict[str, int]]:
    times = _times(outcomes["at"])
    known = times <= moment
    holder = owner.of(outcomes["account_id"])
    rows = np.flatnonzero(known & (holder >= 0))
    chosen = outcomes.take(pa.array(rows)).drop_columns(["account_id"])
    named = chosen.add_column(0, "holder_id", owner.named(holder[rows]))
    order = [(name, "ascending") for name in ("holder_id", "at", "kind", "severity")]
    return named.sort_by(order).combine_chunks(), _counts(len(known), int(known.sum()))


def _first_of_each(sorted_keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])) if len(sorted_keys) else np.zeros(0, np.bool_)
