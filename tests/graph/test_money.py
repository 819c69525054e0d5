"""Is money of other currencies converted exactly?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from money_logs import claim

from graph.money import convert, to_base
from loaders.errors import ContractError

RATES = pa.table(
    {
        "currency": ["USD", "JPY", "KWD"],
        "on": pa.array([date(1970, 1, 2)] * 3, pa.date32()),
        "rate": pa.array([Decimal("7.125"), Decimal("0.0485"), Decimal("23")], pa.decimal128(38, 12)),
    }
)


@claim
@given(
    st.integers(0, 10**18),
    st.decimals(min_value="0.000000000001", max_value="999999999999", places=12),
    st.sampled_from([0, 2, 3]),
    st.sampled_from([0, 2, 3]),
)
def test_an_amount_is_converted_exactly_and_rounded_half_to_even(
    amount: int, rate: Decimal, exponent: int, base: int
) -> None:
    """The value is that of exact fractions, which Python rounds half to even."""
    expected = round(Fraction(amount, 10**exponent) * Fraction(rate) * 10**base)
    assert convert(amount, rate, exponent, base) == expected


@claim
@given(
    st.lists(st.tuples(st.integers(0, 10**18) | st.integers(0, 10**6), st.integers(0, 3)), min_size=1),
    st.lists(
        st.decimals("0.000000000001", "20", places=12) | st.sampled_from([Decimal("7.125")]), min_size=3, max_size=3
    ),
)
def test_many_amounts_are_converted_as_each_by_itself(cases: list[tuple[int, int]], rates: list[Decimal]) -> None:
    """Whether or not a product fits the processor's own numbers, each value is that of its exact conversion."""
    names, places = ["USD", "JPY", "KWD", "CNY"], [2, 0, 3, 2]
    table = RATES.set_column(2, "rate", pa.array(rates, pa.decimal128(38, 12)))
    amounts, codes = (np.array(column, np.int64) for column in zip(*cases, strict=True))
    exact = [
        amount if code == 3 else convert(amount, rates[code], places[code], 2) for amount, code in cases
    ]  # base money passes through
    if max(exact) >= 2**63:
        with pytest.raises(ContractError, match="amount_range"):
            to_base(amounts, codes, names, np.ones(len(cases), np.int64), table, "CNY")
    else:
        assert to_base(amounts, codes, names, np.ones(len(cases), np.int64), table, "CNY").tolist() == exact


@pytest.mark.parametrize(("amount", "expected"), [(4, 28), (12, 86), (20, 142), (28, 200)])
def test_halves_go_to_the_even_neighbour(amount: int, expected: int) -> None:
    """0.04, 0.12, 0.20 and 0.28 dollars at 7.125 are 28.5, 85.5, 142.5 and 199.5 fen."""
    assert convert(amount, Decimal("7.125"), 2, 2) == expected


def test_each_currency_has_its_own_minor_unit() -> None:
    """Yen have no decimals, Kuwaiti dinars three; base money passes through without a rate."""
    amounts, names = np.array([1_000, 1_000, 1_000, 1_000]), ["CNY", "USD", "JPY", "KWD"]
    worth = to_base(amounts, np.arange(4), names, np.ones(4, dtype=np.int64), RATES, "CNY")
    assert worth.tolist() == [1_000, 7_125, 4_850, 2_300]


def test_a_day_without_rate_is_refused() -> None:
    """There is no rate of the next best day and none of 1."""
    with pytest.raises(ContractError, match=r"ABORT\(fx_missing\): there is no rate for USD on 1970-01-03"):
        to_base(np.array([1]), np.array([0]), ["USD"], np.array([2]), RATES, "CNY")


def test_a_value_beyond_64_bits_is_refused() -> None:
    """Nothing wraps to a negative number."""
    with pytest.raises(ContractError, match="amount_range"):
        to_base(np.array([2**62]), np.array([0]), ["USD"], np.array([1]), RATES, "CNY")
