"""How strong is the tie from one holder to another?

Frequent, large, recent and sustained payments make a strong tie; one burst does not. ``v`` counts what was left after
netting and is what the payer vouches with; ``g`` counts the gross payments and is what the payer's budget pays for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.checks import require_vector
from graph.ledger import LOW, Page
from graph.parameters import TieParameters
from graph.payments import DAY, Payments
from graph.sifting import ascending, on_threads
from graph.strength import LARGEST, TIE, TOO_MUCH, sum_ties
from loaders.errors import ContractError

Array = np.ndarray[Any, Any]
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
TIME = pa.timestamp("us", "UTC")
COLUMNS = ("from_id", "to_id", "v", "g", "money", "count", "months", "first_at", "last_at")
TYPES = {"payer": np.int32, "payee": np.int32, "v": np.float64, "g": np.float64}
TYPES |= {"money": np.int64, "count": np.int32, "months": np.int32, "first_us": np.int64, "last_us": np.int64}


@dataclass(frozen=True, eq=False)
class Ties:
    """All ties of a portfolio, one row per ordered pair of holders with a payment in the windows.

    Attributes
    ----------
    payer, payee : int32[m]
        Positions of the holders; rows are sorted by (payer, payee).
    v, g : float64[m]
        Strength of what is left after netting, and of the gross payments; 0 to 8.6, v ≤ g.
    money : int64[m]
        Gross payments within the windows at face value, minor units of the base currency.
    count : int32[m]
        How many payments these are.
    months : int32[m]
        Windows in which something was left after netting.
    first_us, last_us : int64[m]
        The earliest and latest of these payments, microseconds since 1970-01-01 UTC.

    Examples
    --------
    >>> import graph
    >>> from loaders.town import AS_OF, town
    >>> tables = town()
    >>> ties = graph.build(tables["relations"], tables["accounts"], AS_OF).ties
    >>> len(ties), ties.v.round(2).max().item(), ties.months.max().item()
    (8, 3.69, 24)
    """

    payer: Array
    payee: Array
    v: Array
    g: Array
    money: Array
    count: Array
    months: Array
    first_us: Array
    last_us: Array

    def __post_init__(self) -> None:
        for field in fields(self):
            column = np.asarray(getattr(self, field.name), dtype=TYPES[field.name]).view()
            if column.shape != (len(self.payer),):
                raise ValueError(f"{field.name} must have {len(self.payer)} values; got shape {column.shape}")
            column.setflags(write=False)
            object.__setattr__(self, field.name, column)

    def __len__(self) -> int:
        return len(self.payer)

    def to_arrow(self, holders: pa.StringArray) -> pa.Table:
        """Which ties are there, in the names of their holders?

        Returns
        -------
        pa.Table
            from_id (payer), to_id (payee), v, g, money, count, months, first_at, last_at; in the order of the rows.
        """
        ends = [holders.take(pa.array(side)) for side in (self.payer, self.payee)]
        plain = [pa.array(getattr(self, name)) for name in COLUMNS[2:7]]
        times = [pa.array(moments).cast(TIME) for moments in (self.first_us, self.last_us)]
        return pa.Table.from_arrays([*ends, *plain, *times], names=COLUMNS)

    @classmethod
    def from_arrow(cls, table: pa.Table, holders: pa.StringArray) -> Ties:
        """Read the ties back from a table that :meth:`to_arrow` made.

        Raises
        ------
        ValueError
            If a column is missing or a tie names an unknown holder.
        """
        if missing := [name for name in COLUMNS if name not in table.column_names]:
            raise ValueError(f"a table of ties must have {', '.join(COLUMNS)}; {', '.join(missing)} is missing")
        ends = {}
        for name in ("from_id", "to_id"):
            place = pc.index_in(table[name].cast(pa.string()), value_set=holders)
            if place.null_count:
                unknown = table[name].filter(pc.is_null(place))[0].as_py()
                raise ValueError(f"{name} must name one of the {len(holders)} holders; got {unknown!r}")
            ends[name] = place.to_numpy()
        order = np.lexsort((ends["to_id"], ends["from_id"]))
        plain = [table[name].to_numpy()[order] for name in COLUMNS[2:7]]
        times = [table[name].cast(TIME).cast(pa.int64()).to_numpy()[order] for name in COLUMNS[7:]]
        return cls(ends["from_id"][order], ends["to_id"][order], *plain, *times)


def ties(
    payments: Payments,
    scale: Array,
    as_of: datetime,
    parameters: TieParameters | None = None,
    *,
    threads: int | None = None,
) -> Ties:
    """Sum payments up to ties.

    Window t = 0 … 23 covers (as_of − 30(t+1) d, as_of − 30t d]; A_t is its money and days_t its distinct UTC days
    with money::

        h_t = u(A_t / a) · (0.5 + 0.5 min(1, days_t / 3)),    u(s) = min(1, log(1+s) / log(1+4))
        v   = Σ_t 2^(−30t/180) h_t · min(1, M / 6)            M windows with money; 0 for M < 2

    ``g`` is the same with the gross payments. Payments on behalf count 1.5 times inside u.

    Parameters
    ----------
    payments
        In the order of (at, relation_id), none after ``as_of``.
    scale : float64[n]
        a: each holder's usual monthly outflow in minor units of the base currency, > 0.
    as_of
        The moment, with an offset.
    parameters
        Windows and weights.
    threads
        How many threads; ``None``: as many as this process may use. No bit depends on it.

    Returns
    -------
    Ties
        One row per ordered pair with a payment in the windows.

    Raises
    ------
    ContractError
        ``amount_range`` if the money of a tie leaves 64 bits.
    ValueError
        If a scale is not positive, or a payment is later than ``as_of``.

    Examples
    --------
    >>> import loaders
    >>> from graph.payments import payments
    >>> from loaders.town import AS_OF, town
    >>> found = payments(loaders.at(loaders.load(**town()), AS_OF))
    >>> made = ties(found, np.full(len(found.holders), 200_000), AS_OF)
    >>> for row in made.to_arrow(found.holders).slice(0, 2).to_pylist():
    ...     print(row["from_id"], row["to_id"], round(row["v"], 2), round(row["g"], 2), row["money"], row["months"])
    ann bob 0.0 1.13 1200000 0
    bob ann 2.89 3.26 7200000 24
    """
    parameters = parameters or TieParameters()
    scale = require_vector("scale", scale, len(payments.holders), above=0.0)
    now = (as_of - EPOCH) // timedelta(microseconds=1)
    ledger = payments.ledger
    if len(ledger) and int(ledger.at.max()) > now:
        raise ValueError(f"payments must not be later than as_of = {as_of.isoformat()}")
    rest = (scale, now, parameters.window_days * DAY, DAY, *_weights(parameters))
    pages = ledger.each(lambda page: _summed(page, rest), threads)
    ends = np.concatenate([page.pop("ends") for page in pages])
    order = ascending(ends, threads)
    columns = on_threads(
        lambda name: np.concatenate([page.pop(name) for page in pages])[order], list(TYPES)[2:], threads
    )
    payer, payee = (end.astype(np.int32)[order] for end in (ends >> 32, ends & LOW))
    money = columns[list(TYPES).index("money") - 2]
    if (bad := np.flatnonzero(money == TOO_MUCH)).size:
        names = [payments.holders[int(end[bad[0]])].as_py() for end in (payer, payee)]
        raise ContractError(
            "amount_range", f"the payments from {names[0]} to {names[1]} add up to more than {LARGEST} minor units"
        )
    return Ties(payer, payee, *columns)


def _summed(page: Page, rest: tuple[Any, ...]) -> dict[str, Array]:
    """Give the ties of one page of the ledger, by column."""
    ties = np.empty(2 * len(page.pair), TIE)
    known = (page.order, page.begin, page.pair, page.mark, page.at, page.gross, page.left, *rest, ties)
    found = sum_ties(*known)
    return {name: np.ascontiguousarray(ties[name][:found]) for name in TIE.names or ()}


def _weights(parameters: TieParameters) -> tuple[Array, float, int, int, int, float]:
    """Lay out the parameters as the kernels take them."""
    ages = parameters.window_days * np.arange(parameters.windows)
    return (
        2.0 ** (-ages / parameters.half_life_days),
        math.log1p(parameters.saturation),
        parameters.full_days,
        parameters.full_months,
        parameters.least_months,
        parameters.behalf_factor,
    )
