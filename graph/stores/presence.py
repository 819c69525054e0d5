"""What of these rows stands in the database already, and does it say the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.stores.batches import cut
from graph.stores.reading import ACCOUNTS, RELATIONS, read_accounts, read_relations, rows
from graph.stores.statements import statement
from loaders.contract import RELATION_KINDS
from loaders.errors import ContractError

if TYPE_CHECKING:
    from graph.stores.connection import Connection

Array = np.ndarray[Any, Any]
SCAN = 4
"""Reading all relations is cheaper than asking for each id by kind, unless there are this many times as many."""


def count_kinds(connection: Connection) -> dict[str, int]:
    """Count the relations that stand, by kind."""
    return {kind: connection.read(statement("count_relations", kind))[0]["count"] for kind in RELATION_KINDS}


def missing_accounts(connection: Connection, accounts: pa.Table) -> pa.Table:
    """Give the accounts that do not stand yet.

    Raises
    ------
    ContractError
        ``account_id_conflict``, when one stands with another holder, kind or day.
    """
    ids = accounts["account_id"].to_pylist()
    pages = cut(ids, connection.settings.batch_rows)
    found = [ACCOUNTS.empty_table(), *(rows(connection, "find_accounts", {"ids": page}, ACCOUNTS) for page in pages)]
    return accounts.filter(pa.array(~stands(accounts, pa.concat_tables(found), "account_id_conflict")))


def missing_relations(connection: Connection, relations: pa.Table) -> pa.Table:
    """Give the relations that do not stand yet, under whatever kind.

    Raises
    ------
    ContractError
        ``tx_id_conflict``, when one stands with other content.
    """
    counts = {kind: count for kind, count in count_kinds(connection).items() if count}
    if not counts or not relations.num_rows:
        return relations
    if sum(counts.values()) <= SCAN * relations.num_rows:
        found = read_relations(connection, read_accounts(connection)["account_id"].to_pylist())
    else:
        pages = list(cut(relations["relation_id"].to_pylist(), connection.settings.batch_rows))
        tables = [
            rows(connection, "find_relations", {"ids": page}, RELATIONS, kind) for kind in counts for page in pages
        ]
        found = pa.concat_tables(tables)
    return relations.filter(pa.array(~stands(relations, found, "tx_id_conflict")))


def stands(given: pa.Table, found: pa.Table, reason: str) -> Array:
    """Say for each row whether it stands; the first column is the key.

    Parameters
    ----------
    given
        The rows.
    found
        What stands, with the same columns.
    reason
        What it is called when a key stands with other content.

    Raises
    ------
    ContractError
        With the key and the first column that differs.

    Examples
    --------
    >>> one, other = pa.table({"id": ["r1", "r2"], "kind": ["loan", "fee"]}), pa.table({"id": ["r2"], "kind": ["loan"]})
    >>> stands(one, one.slice(1), "tx_id_conflict").tolist()
    [False, True]
    >>> stands(one, other, "tx_id_conflict")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(tx_id_conflict): id 'r2' stands in the database with kind 'loan'; here it is\
 'fee'. Nothing was written
    """
    key = given.column_names[0]
    places = pc.index_in(given[key], value_set=found[key].combine_chunks()).to_numpy(zero_copy_only=False)
    standing = ~np.isnan(places) if places.dtype.kind == "f" else np.ones(len(places), bool)
    mine = given.filter(pa.array(standing))
    theirs = found.take(pa.array(places[standing].astype(np.int64)))
    for name in given.column_names[1:]:
        same = pc.or_(
            pc.fill_null(pc.equal(mine[name], theirs[name]), False),
            pc.and_(pc.is_null(mine[name]), pc.is_null(theirs[name])),
        ).to_numpy()
        if not same.all():
            place = int(np.argmin(same))
            here, there = mine[name][place].as_py(), theirs[name][place].as_py()
            raise ContractError(
                reason,
                f"{key} {mine[key][place].as_py()!r} stands in the database with {name} {_told(there)}; here it is"
                f" {_told(here)}. Nothing was written",
            )
    return standing


def _told(value: Any) -> str:
    return "blank" if value is None else value.isoformat() if hasattr(value, "isoformat") else repr(value)
