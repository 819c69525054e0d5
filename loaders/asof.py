"""What was known at a moment: which rows of a loaded input count for a run as of then?

Later rows are set aside and counted, never refused: a log that goes on past the moment is normal.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import SOURCES
from loaders.errors import UsageError
from loaders.owners import Holding, Owners, holding, places_among
from loaders.tables import Tables
from loaders.taken_back import taken_back

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAR = 2**62
_NO_WORD = np.iinfo(np.int64).min


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
        (undated rows are the earliest, the smallest account_id wins a tie), in the order of those accounts.
    consents
        holder_id (all holders, in their order) and one bool column per source (the latest word over all accounts,
        false wins a tie, no word is no); ``None`` when no table was given.
    outcomes
        holder_id, kind, severity, at; of these holders.
    rates
        Those of days up to the day of ``as_of``, as loaded.
    counts
        Per table: accepted, used, after_as_of, pending; accepted is the sum of the others.
    owners
        Whose each account of the input is; ``None`` where nobody found out.

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
    owners: Owners | None = None


def at(tables: Tables, as_of: datetime, *, threads: int | None = None) -> Snapshot:
    """What of the input was known at ``as_of``?

    Parameters
    ----------
    tables
        The loaded input.
    as_of
        The moment, with a UTC offset.
    threads
        How many tables are looked at side by side; ``None``: all. Nothing depends on it.

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
    accounts = _kept(tables.accounts, is_open).combine_chunks()
    with ThreadPoolExecutor(threads) as pool:
        owned = pool.submit(holding, tables.accounts, is_open.to_numpy())
        log = pool.submit(_relations, tables.relations, moment)
        holders, owner = owned.result()
        tasks = [
            log,
            pool.submit(_profiles, tables.profiles, owner, moment),
            pool.submit(_outcomes, tables.outcomes, owner, moment),
            *([] if tables.consents is None else [pool.submit(_consents, tables.consents, owner, moment)]),
        ]
    (relations, counted), (profiles, profiles_counted), (outcomes, outcomes_counted), *said = (
        task.result() for task in tasks
    )
    rates = tables.rates.filter(pc.less_equal(tables.rates["on"], day)).combine_chunks()
    counts = {
        "accounts": _counts(len(is_open), accounts.num_rows),
        "relations": counted,
        "profiles": profiles_counted,
        "outcomes": outcomes_counted,
        "rates": _counts(tables.rates.num_rows, rates.num_rows),
    }
    consents = None
    if said:
        ((consents, counts["consents"]),) = said
    owners = Owners(owner.accounts, np.where(is_open.to_numpy(), owner.rows, -1).astype(np.int32))
    return Snapshot(as_of, accounts, holders, relations, profiles, consents, outcomes, rates, counts, owners)


def _counts(accepted: int, used: int, pending: int = 0) -> dict[str, int]:
    return {"accepted": accepted, "used": used, "after_as_of": accepted - used - pending, "pending": pending}


def _kept(table: pa.Table, mask: pa.ChunkedArray) -> pa.Table:
    """The rows that count; where all do, which is the rule, nothing is copied."""
    return table if pc.all(mask, min_count=0).as_py() else table.filter(mask)


def _where(mask: NDArray[np.bool_]) -> NDArray[np.int64] | slice:
    """The rows that count; all of them, which is the rule, are taken as they are, without a copy."""
    return slice(None) if mask.all() else np.flatnonzero(mask)


def _times(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Microseconds since 1970; undated is the earliest there is."""
    return pc.fill_null(column.cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()


def _relations(relations: pa.Table, moment: int) -> tuple[pa.Table, dict[str, int]]:
    batches = relations.to_batches()
    known = [batch["at"].cast(pa.int64()).to_numpy() <= moment for batch in batches]
    taken, pending = taken_back(batches, known)
    used = [now & ~wait if wait is not None else now for now, wait in zip(known, pending, strict=True)]
    whole = relations.append_column("reversed_minor", pa.chunked_array(taken, pa.int64()))
    mask = pa.chunked_array([pa.array(one) for one in used], pa.bool_())
    waiting = sum(int(wait.sum()) for wait in pending if wait is not None)
    return _kept(whole, mask), _counts(len(relations), sum(int(one.sum()) for one in used), waiting)


def _profiles(profiles: pa.Table, owner: Holding, moment: int) -> tuple[pa.Table, dict[str, int]]:
    times = np.maximum(_times(profiles["known_at"]), -_FAR)
    known = times <= moment
    holder = owner.of(profiles["account_id"])
    rows = np.flatnonzero(known & (holder >= 0))
    latest = np.full(owner.holders.num_rows, -_FAR)
    np.maximum.at(latest, holder[rows], times[rows])
    rows = rows[times[rows] == latest[holder[rows]]]
    # the table is sorted by account_id, so the first row breaks a tie between accounts; what is written last stays
    chosen = np.full(owner.holders.num_rows, -1)
    chosen[holder[rows[::-1]]] = rows[::-1]
    stays = np.zeros(len(known), np.bool_)
    stays[chosen[chosen >= 0]] = True
    columns = _kept(profiles.drop_columns(["account_id"]), pa.chunked_array([pa.array(stays)]))
    named = columns.add_column(0, "holder_id", owner.named(holder[stays]))
    return named.combine_chunks(), _counts(len(known), int(known.sum()))


def _consents(consents: pa.Table, owner: Holding, moment: int) -> tuple[pa.Table, dict[str, int]]:
    times = _times(consents["at"])
    known = times <= moment
    holder = owner.of(consents["account_id"])
    refused = ~consents["granted"].to_numpy()
    source = places_among(consents["source"], pa.array(SOURCES))
    rows = _where(known & (holder >= 0))
    # One number per word: of the latest moment, and of one moment the refusal, is the largest.
    word = 2 * times[rows] + refused[rows]
    last = np.full(owner.holders.num_rows * len(SOURCES), _NO_WORD)
    np.maximum.at(last, holder[rows] * len(SOURCES) + source[rows], word)
    given = ((last != _NO_WORD) & (last % 2 == 0)).reshape(owner.holders.num_rows, len(SOURCES))
    columns = {name: pa.array(given[:, number]) for number, name in enumerate(SOURCES)}
    table = pa.table({"holder_id": owner.holders["holder_id"], **columns})
    return table.combine_chunks(), _counts(len(known), int(known.sum()))


def _outcomes(outcomes: pa.Table, owner: Holding, moment: int) -> tuple[pa.Table, dict[str, int]]:
    times = _times(outcomes["at"])
    known = times <= moment
    holder = owner.of(outcomes["account_id"])
    rows = np.flatnonzero(known & (holder >= 0))
    chosen = outcomes.take(pa.array(rows)).drop_columns(["account_id"])
    named = chosen.add_column(0, "holder_id", owner.named(holder[rows]))
    order = [(name, "ascending") for name in ("holder_id", "at", "kind", "severity")]
    return named.sort_by(order).combine_chunks(), _counts(len(known), int(known.sum()))
