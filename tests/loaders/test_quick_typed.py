"""Does the quick lane take times, days and numbers that Arrow holds as such only where their text would pass?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quick_oracle import batch_of, by_quick, differences
from quick_texts import MONEY, laid_out, thorough

from loaders.settings import LoadSettings


@pytest.mark.parametrize(
    "kind", [pa.decimal128(18, 2), pa.decimal128(38, 6), pa.decimal128(20, 0), pa.decimal256(50, 3)]
)
@thorough
@given(rows=st.lists(MONEY, min_size=1, max_size=150), data=st.data())
def test_sure_decimals_have_the_units_of_their_currency(
    kind: pa.DataType, rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Zeros behind the point that only the type has put there don't count; digits beyond the currency's do."""
    room = 10 ** min(kind.precision, 22) - 1
    unit = st.one_of(
        st.integers(-3, 10**6), st.integers(0, 10**4).map(lambda n: n * 10**kind.scale), st.integers(0, room)
    )
    units = data.draw(st.lists(st.one_of(st.none(), unit), min_size=len(rows), max_size=len(rows)))
    amounts = [None if one is None else Decimal(one).scaleb(-kind.scale) for one in units]
    columns = {key: laid_out([row[key] for row in rows], "string") for key in ("kind", "currency")}
    batch = batch_of("relations", {**columns, "amount": pa.array([None, *amounts], kind)[1:]})
    assert differences("relations", batch, LoadSettings()) == []


@pytest.mark.parametrize("kind", [pa.int64(), pa.int32(), pa.uint64()])
@thorough
@given(rows=st.lists(MONEY, min_size=1, max_size=150), data=st.data())
def test_sure_integers_are_minor_units(kind: pa.DataType, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """Integer minor units stay as they are, up to fifteen digits before the currency's point."""
    low, high = (0, 2**64 - 1) if kind == pa.uint64() else (-(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1)
    edge = st.sampled_from([10**power + step for power in range(20) for step in (-1, 0, 1)]).filter(lambda n: n <= high)
    unit = st.one_of(st.none(), st.integers(low, high), edge, st.integers(0, 10**6))
    units = data.draw(st.lists(unit, min_size=len(rows), max_size=len(rows)))
    columns = {key: laid_out([row[key] for row in rows], "words") for key in ("kind", "currency")}
    batch = batch_of("relations", {**columns, "amount_minor": pa.array(units, kind)})
    assert differences("relations", batch, LoadSettings()) == []


def moments(unit: str) -> st.SearchStrategy[int | None]:
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    edges = [int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * per_second for year in (1990, 2101, 1970, 2024)]
    near = st.builds(lambda edge, step: edge + step, st.sampled_from(edges), st.integers(-1001, 1001))
    return st.one_of(st.none(), near, st.integers(0, 1_700_000_000 * per_second), st.integers(-(2**63), 2**63 - 1))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@thorough
@given(data=st.data())
def test_sure_times_are_the_same_moment(unit: str, data: st.DataObject) -> None:
    """Typed times of any unit and zone become microseconds since 1970, or are not sure."""
    values = data.draw(st.lists(moments(unit), min_size=1, max_size=150))
    kind = pa.timestamp(unit, tz=data.draw(st.sampled_from(["UTC", "Asia/Shanghai", "+02:00"])))
    times = pa.array([None, *values], pa.int64()).cast(kind)[1:]
    table, name = data.draw(st.sampled_from([("relations", "at"), ("profiles", "known_at")]))
    assert differences(table, batch_of(table, {name: times}), LoadSettings()) == []


REALS = st.one_of(
    st.none(),
    st.floats(0, 1),
    st.floats(),
    st.floats(width=16),
    st.integers(-2, 10**16).map(float),
    st.sampled_from([-0.0, 0.1, 1e-7, 5e-324, 1e-310, 1e15, 1e16, 2.0**53, 2.0**53 + 2, float("nan"), float("inf")]),
)
FEATURES = ["on_time_rate", "credit_history", "history_months", "linked_cards", "mean_balance", "spending_scale"]
NUMERIC = [("outcomes", "severity"), *(("profiles", name) for name in FEATURES)]


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.float16()])
@thorough
@given(values=st.lists(REALS, min_size=1, max_size=100), case=st.sampled_from(NUMERIC))
def test_sure_reals_keep_their_bits(kind: pa.DataType, values: list[float | None], case: tuple[str, str]) -> None:
    """Floats become the number or whole number that their text says; NaN is blank, -0.0 is 0.0."""
    kept = pa.array(values, pa.float64())
    with np.errstate(over="ignore"):
        reals = kept.to_numpy(zero_copy_only=False).astype(kind.to_pandas_dtype())
    array = pa.array(reals, mask=kept.is_null().to_numpy(False))
    table, name = case
    assert differences(table, batch_of(table, {name: array}), LoadSettings()) == []


@pytest.mark.parametrize("kind", [pa.int64(), pa.int8(), pa.uint64(), pa.decimal128(38, 4)])
@thorough
@given(data=st.data())
def test_sure_whole_numbers_stay(kind: pa.DataType, data: st.DataObject) -> None:
    """Integers and decimals become features as their text says."""
    if pa.types.is_decimal(kind):
        number = st.integers(-(10**5), 10**21).map(lambda n: Decimal(n).scaleb(-4))
    else:
        low, high = np.iinfo(kind.to_pandas_dtype()).min, np.iinfo(kind.to_pandas_dtype()).max
        number = st.one_of(st.integers(max(low, -3), min(high, 1300)), st.integers(int(low), int(high)))
    array = pa.array(data.draw(st.lists(st.one_of(st.none(), number), min_size=1, max_size=100)), kind)
    table, name = data.draw(st.sampled_from(NUMERIC))
    assert differences(table, batch_of(table, {name: array}), LoadSettings()) == []


@thorough
@given(values=st.lists(st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1), st.integers(-26000, 48000)), min_size=1))
def test_sure_days_are_the_same_day(values: list[int | None]) -> None:
    """Typed days in range stay; days told as times go through their text."""
    days = pa.array([None, *values], pa.int32()).cast(pa.date32())[1:]
    assert differences("accounts", batch_of("accounts", {"opened_on": days}), LoadSettings()) == []


@pytest.mark.parametrize("kind", [pa.date64(), pa.timestamp("us"), pa.timestamp("ms", tz="Asia/Shanghai")])
def test_days_told_as_times_are_the_same_day(kind: pa.DataType) -> None:
    """Days of any other type go through their text."""
    near = [date(2019, 3, 1), None, date(1899, 12, 31)]
    batch = batch_of("accounts", {"opened_on": pa.array(near, pa.date32()).cast(kind)})
    assert differences("accounts", batch, LoadSettings()) == []
    assert by_quick("accounts", batch, LoadSettings()).sure[1]


def test_integer_ids_are_their_decimal_text() -> None:
    """Where integer ids are allowed, they are judged as text."""
    ids = pa.array([7, None, -7, 0], pa.int64())
    batch = batch_of("accounts", {"account_id": ids, "holder_id": ids})
    assert differences("accounts", batch, LoadSettings(integer_ids=True)) == []
    assert by_quick("accounts", batch, LoadSettings(integer_ids=True)).sure.tolist() == [True, False, False, True]
