"""What is money of other currencies worth in the base currency, exactly?

Amounts are integers in minor units and rates are decimals, so nothing here is a float: the quotient is taken once, in
whole numbers of any size, and rounded half to even.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from iso4217 import Currency

from loaders.errors import ContractError

Array = np.ndarray[Any, Any]
LARGEST = 2**63 - 1
EPOCH = date(1970, 1, 1)


def convert(amount: int, rate: Decimal, exponent: int, base_exponent: int) -> int:
    """How many minor units of the base currency is an amount worth?

    ``amount / 10^exponent · rate · 10^base_exponent``, rounded half to even.

    Parameters
    ----------
    amount
        Minor units of the foreign currency.
    rate
        Units of the base currency for one unit of the foreign one.
    exponent, base_exponent
        Decimal places of the two currencies (ISO 4217).

    Examples
    --------
    >>> convert(250, Decimal("7.01"), 2, 2)  # 2.50 at 7.01 is 17.525
    1752
    >>> convert(1_000, Decimal("0.048"), 0, 2)  # 1,000 yen are 48.00
    4800
    """
    numerator, denominator = rate.as_integer_ratio()
    numerator *= amount * 10**base_exponent
    denominator *= 10**exponent
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1))


def to_base(
    amounts: Array, currencies: Array, names: Sequence[str], days: Array, rates: pa.Table, base_currency: str
) -> Array:
    """Convert many amounts to the base currency, each at the rate of its day.

    Parameters
    ----------
    amounts : int64[n]
        Minor units of each amount's own currency.
    currencies : int[n]
        Position of its currency in ``names``.
    names
        ISO 4217 codes.
    days : int64[n]
        UTC days since 1970-01-01.
    rates
        Columns currency, on (date32), rate (decimal): base units for one unit.
    base_currency
        Money of this currency passes through.

    Returns
    -------
    int64[n]
        Minor units of the base currency.

    Raises
    ------
    ContractError
        ``fx_missing`` if a day has no rate, ``amount_range`` if a value leaves 64 bits.

    Examples
    --------
    >>> rates = pa.table({"currency": ["USD"], "on": [date(1970, 1, 1)], "rate": [Decimal("7.125")]})
    >>> to_base(np.array([100, 100]), np.array([0, 1]), ["CNY", "USD"], np.array([0, 0]), rates, "CNY")
    array([100, 712])
    """
    worth = np.array(amounts, dtype=np.int64)
    base = names.index(base_currency) if base_currency in names else -1
    foreign = np.flatnonzero(currencies != base)
    if not foreign.size:
        return worth
    cases = np.stack([currencies[foreign], days[foreign], worth[foreign]]).astype(np.int64)
    distinct, place = np.unique(cases, axis=1, return_inverse=True)
    rate_of = _rates(distinct[:2], names, rates)
    exponents = [int(Currency(name).exponent or 0) for name in names]
    base_exponent = int(Currency(base_currency).exponent or 0)
    values = [
        convert(amount, rate_of[code, day], exponents[code], base_exponent) for code, day, amount in distinct.T.tolist()
    ]
    if max(values) > LARGEST:
        raise ContractError("amount_range", f"an amount is worth {max(values)} minor units; the largest is {LARGEST}")
    worth[foreign] = np.array(values, dtype=np.int64)[place.ravel()]
    return worth


def _rates(wanted: Array, names: Sequence[str], rates: pa.Table) -> dict[tuple[int, int], Decimal]:
    """Look up the rate of each wanted (currency, day)."""
    pairs = sorted(set(map(tuple, wanted.T.tolist())))
    used = rates.filter(
        pc.is_in(rates["currency"], value_set=pa.array({names[code] for code, _ in pairs}, pa.string()))
    )
    known = dict(
        zip(
            zip(used["currency"].to_pylist(), used["on"].to_pylist(), strict=True),
            used["rate"].to_pylist(),
            strict=True,
        )
    )
    found = {}
    for code, day in pairs:
        on = EPOCH + timedelta(days=day)
        if (names[code], on) not in known:
            raise ContractError("fx_missing", f"there is no rate for {names[code]} on {on}, a day with a payment in it")
        found[code, day] = known[names[code], on]
    return found
