"""How does the log of relations come into the graph database, each row once, whatever is cut off or done again?

First it is looked up what stands; a row that stands with other content stops the load before anything is written. Then
what is missing is created in batches. The unique keys are the guard: a batch of which nobody knows whether it was
committed is looked up before it is tried again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow.compute as pc

from graph.stores.batches import Progress, commit, cut
from graph.stores.presence import count_kinds, missing_accounts, missing_relations
from graph.stores.statements import statement
from loaders.contract import ACCOUNT_KINDS, RELATION_KINDS
from loaders.errors import ContractError, UnavailableError

if TYPE_CHECKING:
    import pyarrow as pa
    from neo4j import ManagedTransaction

    from graph.stores.connection import Connection
    from loaders.tables import Tables

RANK = ("person", "merchant", "institution")
"""A holder is what the first of these says that any of its accounts is."""
Row = list[Any]


@dataclass(frozen=True)
class Loaded:
    """How many rows of a table were written, and how many stood already."""

    written: int
    there: int


def load(connection: Connection, tables: Tables, progress: Progress | None = None) -> dict[str, Loaded]:
    """Write accounts, their holders, relations and outcomes; what stands already is left as it is.

    Parameters
    ----------
    connection
        Where to; the schema is prepared.
    tables
        What was accepted of the input.
    progress
        Is told rows done, and of how many.

    Returns
    -------
    dict
        Per table (accounts, holders, relations, outcomes) what became of its rows.

    Raises
    ------
    ContractError
        ``account_id_conflict`` or ``tx_id_conflict``, when an id stands with other content; nothing was written.
    UnavailableError
        When the server could not do it; loading again goes on where it ended.
    """
    refuse_repeated(tables)
    accounts = missing_accounts(connection, tables.accounts)
    relations = missing_relations(connection, tables.relations)
    before = count_kinds(connection)
    teller = _Teller(accounts.num_rows + relations.num_rows + tables.outcomes.num_rows, progress)
    holders = _put_holders(connection, tables.accounts)
    _put(connection, "create_accounts", "find_accounts", account_rows(accounts), teller)
    outcomes = _put_outcomes(connection, tables, teller)
    size = connection.settings.batch_rows
    for kind in RELATION_KINDS:
        these = relations.filter(pc.equal(relations["kind"], kind))
        pages = (these.slice(start, size) for start in range(0, these.num_rows, size))
        rows = (row for page in pages for row in relation_rows(page))
        _put(connection, "create_relations", "find_relations", rows, teller, kind)
        _compare(connection, kind, before[kind] + these.num_rows)
    return {
        "accounts": Loaded(accounts.num_rows, tables.accounts.num_rows - accounts.num_rows),
        "holders": holders,
        "relations": Loaded(relations.num_rows, tables.relations.num_rows - relations.num_rows),
        "outcomes": outcomes,
    }


def refuse_repeated(tables: Tables) -> None:
    """Refuse tables in which an id comes twice; loading lets none through.

    Raises
    ------
    ContractError
        Naming the table.
    """
    for name, key, reason in (
        ("accounts", "account_id", "account_id_conflict"),
        ("relations", "relation_id", "tx_id_conflict"),
    ):
        table = getattr(tables, name)
        if again := table.num_rows - pc.count_distinct(table[key]).as_py():
            raise ContractError(reason, f"{name}: {again} row(s) repeat the {key} of another. Nothing was written")


def holder_kinds(accounts: pa.Table) -> dict[str, str]:
    """Say what each holder is: a person if any account of it is, else a merchant if any is, else an institution.

    Examples
    --------
    >>> import loaders
    >>> from loaders.town import town
    >>> holder_kinds(loaders.load(**town()).accounts)["acme"]
    'institution'
    """
    rank = {kind: place for place, kind in enumerate(RANK)}
    kinds: dict[str, str] = {}
    for holder, kind in zip(accounts["holder_id"].to_pylist(), accounts["kind"].to_pylist(), strict=True):
        kinds[holder] = min(kinds.get(holder, ACCOUNT_KINDS[-1]), kind, key=rank.__getitem__)
    return kinds


def account_rows(accounts: pa.Table) -> list[Row]:
    """Give each account as the statement takes it; a blank day is no property."""
    columns = [accounts[name].to_pylist() for name in ("holder_id", "kind", "account_id", "opened_on")]
    return [list(row) for row in zip(*columns, strict=True)]


def outcome_id(account_id: str, kind: str, severity: float, at: datetime) -> str:
    """Name an outcome by its content, so that the same row is the same outcome (SHA-256, 32 hexadecimal digits).

    Parameters
    ----------
    account_id, kind, severity, at
        The row; ``at`` in UTC.

    Examples
    --------
    >>> outcome_id("a1", "default", 1.0, datetime(2024, 1, 2, tzinfo=UTC))
    '5438b4f1cc45e31feaa08cfdae423a3e'
    """
    text = f"{len(account_id)}:{account_id} {kind} {severity!r} {at.astimezone(UTC).isoformat()}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def outcome_rows(accounts: pa.Table, outcomes: pa.Table) -> list[Row]:
    """Give each outcome as the statement takes it."""
    holder = dict(zip(accounts["account_id"].to_pylist(), accounts["holder_id"].to_pylist(), strict=True))
    seconds, left = parted(outcomes["at"])
    ids = [outcome_id(**row) for row in outcomes.to_pylist()]
    holders = [holder[name] for name in outcomes["account_id"].to_pylist()]
    facts = [outcomes[name].to_pylist() for name in ("kind", "severity")]
    columns = [holders, outcomes["account_id"].to_pylist(), ids, *facts]
    return [list(row) for row in zip(*columns, seconds, left, strict=True)]


def relation_rows(relations: pa.Table | pa.RecordBatch) -> list[Row]:
    """Give each relation as the statement takes it: texts, numbers, and the time as seconds and nanoseconds.

    Examples
    --------
    >>> import loaders
    >>> from loaders.town import town
    >>> relation_rows(loaders.load(**town()).relations)[0]
    ['acme', 'ann', 'r0234', 800000, 'CNY', 1706572800, 0, None]
    """
    seconds, left = parted(relations["at"])
    names = ("from_id", "to_id", "relation_id", "amount_minor", "currency")
    columns = [relations[name].to_pylist() for name in names]
    return [list(row) for row in zip(*columns, seconds, left, relations["reverses"].to_pylist(), strict=True)]


def parted(times: pa.ChunkedArray) -> tuple[list[int], list[int]]:
    """Part times into seconds since 1970 and nanoseconds, which the driver packs many times faster than a datetime.

    Examples
    --------
    >>> import pyarrow as pa
    >>> parted(pa.chunked_array([pa.array([1_000_005], pa.timestamp("us", "UTC"))]))
    ([1], [5000])
    """
    seconds, micros = np.divmod(times.cast("int64").to_numpy(), 1_000_000)
    return seconds.tolist(), (micros * 1000).tolist()


class _Teller:
    """Counts rows that are done."""

    def __init__(self, of: int, progress: Progress | None) -> None:
        self.done, self.of, self.progress = 0, of, progress

    def add(self, rows: int) -> None:
        self.done += rows
        if self.progress is not None:
            self.progress(self.done, self.of)


def _put(
    connection: Connection, create: str, find: str, rows: Iterable[Row], teller: _Teller, kind: str | None = None
) -> None:
    """Create rows in batches; of one that may stand already, only what is missing."""
    for batch in _batches(rows, connection.settings.batch_rows):
        commit(connection, _writer(statement(create, kind), statement(find, kind), batch))
        teller.add(len(batch))


def _writer(create: str, find: str, batch: Sequence[Row]) -> Callable[[ManagedTransaction, bool], None]:
    def work(transaction: ManagedTransaction, again: bool) -> None:
        left = batch
        if again:
            found = transaction.run(find, {"ids": [_id(row) for row in batch]})
            standing = {record[0] for record in found}
            left = [row for row in batch if _id(row) not in standing]
        if left:
            transaction.run(create, {"rows": left}).consume()

    return work


def _id(row: Row) -> str:
    """Every row of ours has its id third."""
    return cast("str", row[2])


def _batches(rows: Iterable[Row], size: int) -> Iterable[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _put_holders(connection: Connection, accounts: pa.Table) -> Loaded:
    """Make the holders there are not yet, and correct what they are where accounts now say more."""
    kinds, silent = holder_kinds(accounts), _Teller(0, None)
    known: dict[str, str | None] = {}
    for page in cut(sorted(kinds), connection.settings.batch_rows):
        known |= {row["id"]: row["kind"] for row in connection.read(statement("find_holders"), {"ids": page})}
    new: list[Row] = [[kind, None, name] for name, kind in kinds.items() if name not in known]
    _put(connection, "create_holders", "find_holders", new, silent)
    changed = [
        [kind, None, name]
        for name, kind in kinds.items()
        if name in known and (then := known[name]) != kind and (then is None or RANK.index(kind) < RANK.index(then))
    ]
    for batch in cut(changed, connection.settings.batch_rows):
        commit(connection, _setter(batch))
    return Loaded(len(new), len(kinds) - len(new))


def _setter(batch: Sequence[Row]) -> Callable[[ManagedTransaction, bool], None]:
    def work(transaction: ManagedTransaction, _again: bool) -> None:
        transaction.run(statement("set_holder_kinds"), {"rows": batch}).consume()

    return work


def _put_outcomes(connection: Connection, tables: Tables, teller: _Teller) -> Loaded:
    rows = outcome_rows(tables.accounts, tables.outcomes)
    standing: set[str] = set()
    for page in cut([_id(row) for row in rows], connection.settings.batch_rows):
        standing |= {found["id"] for found in connection.read(statement("find_outcomes"), {"ids": page})}
    new = [row for row in rows if _id(row) not in standing]
    _put(connection, "create_outcomes", "find_outcomes", new, teller)
    teller.add(len(rows) - len(new))
    return Loaded(len(new), len(rows) - len(new))


def _compare(connection: Connection, kind: str, expected: int) -> None:
    """Compare what stands with what was to be written."""
    found = connection.read(statement("count_relations", kind))[0]["count"]
    if found < expected:
        raise UnavailableError(
            f"{connection.settings.place} holds {found:,} relations of kind {kind} after the load; there should be"
            f" {expected:,}. Was something erased meanwhile? Load again"
        )
