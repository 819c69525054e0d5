"""Which persons stand behind the accounts of a log?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loaders.contract import CREDIT_KINDS
from scoring.updating.earlier import KINDS

Places = NDArray[np.int64]
_CREDIT = np.isin(np.array(KINDS.to_pylist()), CREDIT_KINDS)


@dataclass(frozen=True, eq=False)
class People:
    """The person behind each account of an input.

    Attributes
    ----------
    person : int32[n]
        The place of each account's person among the persons by id, −1: none. Codes of relations count in this order.
    size : int
        How many persons there are.
    """

    person: NDArray[np.int32]
    size: int

    def pairs(self, kind: Any, payer: Any, payee: Any) -> Places:
        """Name the pair of persons between whom each relation may carry credit: low · n + high, −1 for none.

        Examples
        --------
        >>> people = People(np.array([0, 1, -1, 0], np.int32), 2)
        >>> transfer = KINDS.index("transfer").as_py()
        >>> people.pairs(np.full(3, transfer), np.array([1, 2, 0]), np.array([0, 0, 3])).tolist()
        [1, -1, -1]
        """
        one, other = self.person[payer].astype(np.int64), self.person[payee].astype(np.int64)
        may = _CREDIT[kind] & (one >= 0) & (other >= 0) & (one != other)
        return np.where(may, np.minimum(one, other) * self.size + np.maximum(one, other), -1)

    def members(self, pairs: Places) -> Places:
        """Name everybody who is in one of the pairs, ascending."""
        return np.unique(np.concatenate([pairs // max(1, self.size), pairs % max(1, self.size)]))

    def marked(self, persons: Places) -> NDArray[np.bool_]:
        """Mark the accounts of some persons."""
        flags = np.zeros(self.size + 1, np.bool_)  # the last place is nobody's, which −1 finds
        flags[persons] = True
        return flags[self.person]
