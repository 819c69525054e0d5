"""Which persons stand behind the accounts of a log?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import CREDIT_KINDS

if TYPE_CHECKING:
    from datetime import datetime

Places = NDArray[np.int64]


class People:
    """The persons of a run and all accounts of its input.

    Parameters
    ----------
    accounts : pyarrow.Table
        As they were accepted; coded relations count accounts in its order.
    holders : pyarrow.StringArray
        The persons by id.
    as_of : datetime
        Accounts that were opened later are nobody's.
    """

    def __init__(self, accounts: pa.Table, holders: pa.StringArray, as_of: datetime) -> None:
        self.accounts = accounts
        self.size = len(holders)
        self._ids = accounts["account_id"].combine_chunks()
        opened = pc.fill_null(pc.less_equal(accounts["opened_on"], as_of.date()), True).to_numpy()
        # one more place at the end, for accounts that are none
        self.person = np.append(np.where(opened, positions(accounts["holder_id"], holders), -1), -1)

    def accounts_of(self, column: pa.Array) -> Any:
        """Number the accounts of a column of relations by their rows; −1: none of them."""
        if pa.types.is_dictionary(column.type):
            return column.indices.to_numpy(zero_copy_only=False)
        return positions(column, self._ids)

    def pairs(self, relations: pa.Table) -> Places:
        """Name the pair of persons between whom each relation may carry credit: low · n + high, −1 for none."""
        pieces = [self._pairs(batch) for batch in relations.to_batches()]
        return np.concatenate(pieces) if pieces else np.zeros(0, np.int64)

    def members(self, pairs: Places) -> Places:
        """Name everybody who is in one of the pairs, ascending."""
        return np.unique(np.concatenate([pairs // max(1, self.size), pairs % max(1, self.size)]))

    def marked(self, persons: Places) -> NDArray[np.bool_]:
        """Mark the accounts of some persons; the last place, of accounts that are none, is not marked."""
        flags = np.zeros(self.size + 1, np.bool_)
        flags[persons] = True
        return flags[self.person]

    def around(self, relations: pa.Table) -> pa.Table:
        """Give all accounts of the holders of all parties of relations, persons or not."""
        parties = pa.array(sorted({*texts(relations["from_id"]), *texts(relations["to_id"])}), pa.string())
        owners = self.accounts.filter(pc.is_in(self.accounts["account_id"], value_set=parties))["holder_id"]
        return self.accounts.filter(pc.is_in(self.accounts["holder_id"], value_set=owners.unique().cast(pa.string())))

    def _pairs(self, batch: pa.RecordBatch) -> Places:
        one, other = (self.person[self.accounts_of(batch[name])].astype(np.int64) for name in ("from_id", "to_id"))
        may = carries(batch["kind"]) & (one >= 0) & (other >= 0) & (one != other)
        return np.where(may, np.minimum(one, other) * self.size + np.maximum(one, other), -1)


def carries(kinds: pa.Array) -> NDArray[np.bool_]:
    """Mark the relations of a kind that may carry credit."""
    plain = kinds.dictionary_decode() if pa.types.is_dictionary(kinds.type) else kinds
    return np.asarray(pc.is_in(plain, value_set=pa.array(CREDIT_KINDS)).to_numpy(zero_copy_only=False))


def positions(ids: pa.Array | pa.ChunkedArray, among: pa.Array) -> NDArray[np.int32]:
    """Say where each id stands among others; −1: nowhere."""
    found = pc.fill_null(pc.index_in(ids, value_set=among), -1)
    return np.asarray(found.to_numpy(), np.int32)


def texts(column: pa.ChunkedArray) -> list[str]:
    """Give the distinct texts of a column, coded or not."""
    plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    found: list[str] = plain.unique().to_pylist()
    return found
