"""What is money of other currencies worth in the base currency, exactly?

Amounts are integers in minor units and rates are decimals, so nothing here is a float: the quotient is taken once, in
whole numbers of any size, and rounded half to even.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from iso4217 import Currency

from loaders.errors import ContractError

Array = np.ndarray[Any, Any]
LARGEST = 2**63 - 1
EPOCH = date(1970, 1, 1)
BEFORE = 2**31
"""Added to days, so that those before the epoch are no negative numbers."""


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
    ratio = Fraction(rate) * Fraction(10) ** (base_exponent - exponent)
    return _rounded(amount, *ratio.as_integer_ratio())


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
    cases, case = np.unique(
        (currencies[foreign].astype(np.int64) << 32) + (days[foreign] + BEFORE), return_inverse=True
    )
    ratios = _ratios(cases, names, rates, base_currency)
    worth[foreign] = _quotients(worth[foreign], ratios, case)
    return worth


def _ratios(cases: Array, names: Sequence[str], rates: pa.Table, base_currency: str) -> list[tuple[int, int]]:
    """Say for each currency << 32 + BEFORE + day what a minor unit is worth in the base: a reduced fraction."""
    wanted = [(case >> 32, (case & 0xFFFFFFFF) - BEFORE) for case in cases.tolist()]
    rate_of = _rates(wanted, names, rates)
    exponents = [int(Currency(name).exponent or 0) for name in names]
    base_exponent = int(Currency(base_currency).exponent or 0)
    return [
        (Fraction(rate_of[code, day]) * Fraction(10) ** (base_exponent - exponents[code])).as_integer_ratio()
        for code, day in wanted
    ]


def _quotients(amounts: Array, ratios: Sequence[tuple[int, int]], case: Array) -> Array:
    """Multiply each amount by the ratio of its case, rounded half to even.

    Where the product surely has less than 64 bits, which is the rule, the processor's own whole numbers do.
    """
    small = [above <= LARGEST and below < 2**62 for above, below in ratios]
    above = np.array([one[0] if fits else 1 for one, fits in zip(ratios, small, strict=True)], np.int64)[case]
    below = np.array([one[1] if fits else 1 for one, fits in zip(ratios, small, strict=True)], np.int64)[case]
    fits = np.array(small)[case] & (amounts <= LARGEST // above)
    whole, rest = np.divmod(np.where(fits, amounts, 0) * above, below)
    whole += (2 * rest > below) | ((2 * rest == below) & (whole % 2 == 1))
    large = np.flatnonzero(~fits)
    exact = [_rounded(int(amounts[k]), *ratios[case[k]]) for k in large.tolist()]
    if exact and max(exact) > LARGEST:
        raise ContractError("amount_range", f"an amount is worth {max(exact)} minor units; the largest is {LARGEST}")
    whole[large] = exact
    return whole


def _rounded(amount: int, above: int, below: int) -> int:
    whole, rest = divmod(amount * above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))


def _rates(pairs: Sequence[tuple[int, int]], names: Sequence[str], rates: pa.Table) -> dict[tuple[int, int], Decimal]:
    """Look up the rate of each wanted (currency, day)."""
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
