"""On which days is there a rate for a currency?"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import CREDIT_KINDS, YEARS
from loaders.quick import CURRENCIES, KINDS

DAY_US = 86_400_000_000
_FIRST = (date(YEARS[0], 1, 1) - date(1970, 1, 1)).days
_DAYS = (date(YEARS[1] + 1, 1, 1) - date(1970, 1, 1)).days - _FIRST


class RateDays:
    """The pairs of a currency and a UTC day that a table of rates has, looked up by the codes of relations.

    Parameters
    ----------
    rates
        ``currency`` and ``on``.
    base_currency
        Needs no rate.
    """

    def __init__(self, rates: pa.Table, base_currency: str) -> None:
        coded = pc.index_in(rates["currency"], value_set=CURRENCIES).to_numpy()
        day = rates["on"].cast(pa.int32()).to_numpy() - _FIRST
        self._known = np.zeros((len(CURRENCIES), _DAYS), np.bool_)
        self._known[coded, day] = True
        self._base = CURRENCIES.index(base_currency).as_py()
        self._credit = np.isin(np.array(KINDS.to_pylist()), CREDIT_KINDS)

    def missing(self, rows: pa.RecordBatch) -> NDArray[np.int64]:
        """Which relations are payments that can't be converted? A reversal is none: it needs no rate of its own."""
        currency = rows["currency"].indices.fill_null(self._base).to_numpy(zero_copy_only=False)
        kind = rows["kind"].indices.to_numpy(zero_copy_only=False)
        asked = np.flatnonzero((currency != self._base) & self._credit[kind])
        asked = asked[rows["reverses"].is_null().to_numpy(zero_copy_only=False)[asked]]
        day = rows["at"].cast(pa.int64()).to_numpy()[asked] // DAY_US - _FIRST
        found: NDArray[np.int64] = asked[~self._known[currency[asked], day]]
        return found
