"""Does the quick lane never let through what the checks in SQL refuse, and give the same values to the bit?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quick_oracle import batch_of, by_quick, differences

from loaders.contract import RELATION_KINDS, TABLES
from loaders.quick import CURRENCIES, Context, judge
from loaders.raw import Batch
from loaders.settings import LoadSettings

thorough = settings(max_examples=12, deadline=None, derandomize=True)

SIGNS = "0123456789.,-+eE:TZ /xA_ٱ１é\0\n\t\"'"
IDS = ["A1", "B1", "a0000001", "customer-0000017", "x" * 64, "x" * 65, "-odd", "000123", "123", "1E5", "NA", "null"]
STRANGE_IDS = [
    " A1 ",
    "A1\u00a0",
    "А1",
    "A\u200b1",
    "A\u202e1",
    "１２３",
    "é",
    "e\u0301",
    "A\0",
    "=HYPERLINK",
    "../../etc",
]
AMOUNTS = ["1.00", "12", "0.5", "007", "0.01", "90071992547409.93", "999999999999999.99", "1000000000000000", "1.234"]
ODD_AMOUNTS = ["0", "0.00", "-0.00", "-1", "NaN", "inf", "1e5", "1e400", "9223372036854775808", "1,234.56", "1.234,56"]
ODD_AMOUNTS += ["¥100", "(100.00)", "12.3o", "", "1.", ".5", ".", "1.005", "100.5", "+1", "1_000", "1.0000", "0.00001"]
STAMPS = ["2025-01-05T08:00:00Z", "2025-01-05 08:00+05:30", "2024-02-29T23:59:59.999999-14:59", "1990-01-01T00:00Z"]
STAMPS += ["2100-12-31T23:59:59.5Z", "1989-12-31T23:00:00-01:00", "2101-01-01T00:00:00+01:00", "2000-02-29T00:00:00.1Z"]
ODD_STAMPS = ["2025-01-05T08:00:00", "05/01/2026", "1736064000", "2025-02-30T00:00:00Z", "2025-01-05T24:00:00Z", "now"]
ODD_STAMPS += ["2025-01-05T23:59:60Z", "2999-01-01T00:00:00Z", "1066-01-01T00:00:00Z", "0000-01-01T00:00:00Z", ""]
ODD_STAMPS += ["2025-01-05T08:00:00+24:00", "2025-01-05T08:00:00+15:00", "2100-02-29T00:00:00Z", "2025-01-05T08:00:00z"]
ODD_STAMPS += ["2025-01-05T08:00:00.1234567Z", "2025-01-05T08:00:00.Z", "2025-01-05T8:00:00Z", "2025-1-5T08:00:00Z"]
DAYS = [
    "2019-03-01",
    "1900-01-01",
    "2100-12-31",
    "2024-02-29",
    "1899-12-31",
    "2101-01-01",
    "2023-02-29",
    "2019-3-1",
    "",
]
NUMBERS = [
    "0",
    "1",
    "0.5",
    "0.1234567890123456789",
    "12",
    "1.0",
    "7.00",
    "1e-3",
    "1E2",
    "-0",
    "-0.0",
    "1.5",
    "100",
    "101",
]
NUMBERS += [
    "1000000000000000",
    "1000000000000001",
    "9007199254740993",
    "0.30000000000000004",
    "NaN",
    "inf",
    "-1",
    "",
    "007",
]
NUMBERS += ["1.", ".5", "0.0000000000000001", "1234567890123456789", "12345678901234567890", "0.1e400", "1e-400", "yes"]


def mangled(text: str, edits: list[tuple[int, int, str]]) -> str:
    """A text with some signs put in, taken out or replaced."""
    for place, taken, put in edits:
        at = place % (len(text) + 1)
        text = text[:at] + put + text[at + taken :]
    return text


EDITS = st.lists(st.tuples(st.integers(0, 70), st.integers(0, 2), st.sampled_from([*SIGNS, ""])), max_size=2)


def messy(texts: list[str]) -> st.SearchStrategy[list[str | None]]:
    """Columns that are half as they should be and half odd, with some nulls."""
    odd = st.builds(mangled, st.sampled_from(texts), EDITS)
    return st.lists(st.one_of(st.sampled_from(texts), odd, st.none()), min_size=1, max_size=120)


LAYOUTS = ("string", "large", "view", "words", "slice")


def laid_out(values: list[str | None], layout: str) -> pa.Array:
    """The same texts in one of the layouts that Arrow has for them."""
    plain = pa.array(values, pa.string())
    if layout == "words":
        return plain.dictionary_encode()
    if layout == "slice":
        return pa.concat_arrays([pa.array(["before", None]), plain, pa.array(["behind"])])[2 : 2 + len(plain)]
    return plain.cast({"string": pa.string(), "large": pa.large_string(), "view": pa.string_view()}[layout])


TEXTS = {
    ("relations", "relation_id"): IDS + STRANGE_IDS,
    ("relations", "from_id"): IDS + STRANGE_IDS,
    ("relations", "reverses"): ["", *IDS, *STRANGE_IDS],
    ("relations", "kind"): [*RELATION_KINDS, "P2P", "Transfer", ""],
    ("relations", "amount"): AMOUNTS + ODD_AMOUNTS,
    ("relations", "amount_minor"): AMOUNTS + ODD_AMOUNTS,
    ("relations", "currency"): ["CNY", "JPY", "TND", "CLF", "usd", "XXX", "XAU", "", "CNYA", "CN"],
    ("relations", "at"): STAMPS + ODD_STAMPS,
    ("accounts", "account_id"): IDS + STRANGE_IDS,
    ("accounts", "holder_id"): ["", *IDS, *STRANGE_IDS],
    ("accounts", "kind"): ["person", "merchant", "institution", "P2P", "", "persons"],
    ("accounts", "opened_on"): DAYS,
    ("profiles", "account_id"): IDS,
    ("profiles", "known_at"): STAMPS + ODD_STAMPS,
    ("profiles", "on_time_rate"): NUMBERS,
    ("profiles", "history_months"): NUMBERS,
    ("profiles", "linked_cards"): NUMBERS,
    ("profiles", "mean_balance"): NUMBERS,
    ("profiles", "spending_scale"): NUMBERS,
    ("profiles", "home"): ["true", "false", "True", "1", "", "truee"],
    ("consents", "source"): ["finance", "ecommerce", "connections", "", "P2P"],
    ("consents", "granted"): ["true", "false", "", "TRUE"],
    ("outcomes", "kind"): ["default", "overdue", "", "late"],
    ("outcomes", "severity"): NUMBERS,
}
SETTINGS = (
    LoadSettings(),
    LoadSettings(self_transfer="count", kinds={"P2P": "transfer", "transfer": "purchase", "late": "overdue"}),
    LoadSettings(id_pattern=r"[A-Za-z0-9 А-я./é-]{1,80}"),
    LoadSettings(id_pattern="[ABr][0-9]"),
)


@pytest.mark.parametrize("case", TEXTS, ids=".".join)
@thorough
@given(data=st.data())
def test_sure_texts_pass_the_checks_and_have_their_values(case: tuple[str, str], data: st.DataObject) -> None:
    """Whatever text a column holds, what the quick lane is sure of stands in SQL with the same value."""
    table, column = case
    values = laid_out(data.draw(messy(TEXTS[case])), data.draw(st.sampled_from(LAYOUTS)))
    found = differences(table, batch_of(table, {column: values}), data.draw(st.sampled_from(SETTINGS)))
    assert found == []


DECIMAL = r"\A[0-9]{1,20}(\.[0-9]{1,5})?\Z"
MONEY = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["transfer", "refund", "chat", "shake", "loan", "P2P", None]),
        "currency": st.sampled_from(["CNY", "JPY", "TND", "CLF", "USD", "", None, "XXX"]),
        "amount": st.one_of(
            st.sampled_from([*AMOUNTS, *ODD_AMOUNTS]), st.none(), st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,5})?\Z")
        ),
    }
)


@pytest.mark.parametrize("name", ["amount", "amount_minor"])
@thorough
@given(rows=st.lists(MONEY, min_size=1, max_size=150), layout=st.sampled_from(LAYOUTS))
def test_sure_money_as_text_has_the_units_of_its_currency(name: str, rows: list[dict[str, Any]], layout: str) -> None:
    """Kind, amount and currency are judged together: contacts without money, money in units of its currency."""
    columns = {key: laid_out([row[key] for row in rows], layout) for key in ("kind", "currency")}
    columns[name] = laid_out([row["amount"] for row in rows], layout)
    assert differences("relations", batch_of("relations", columns), LoadSettings()) == []


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


def test_every_currency_is_known() -> None:
    """A whole amount in any currency of the contract is sure and has the units that the checks in SQL give it."""
    batch = batch_of("relations", {"currency": CURRENCIES, "amount": pa.array(["7"] * len(CURRENCIES))})
    assert by_quick("relations", batch, LoadSettings()).sure.all()
    assert differences("relations", batch, LoadSettings()) == []


@pytest.mark.parametrize("table", ["accounts", "relations", "profiles", "consents", "outcomes"])
def test_absent_columns_are_blank(table: str) -> None:
    """A table without the columns that may be left out is sure, and has them as nulls where it must."""
    contact = {"kind": pa.array(["chat"]), "amount": pa.array([""]), "currency": pa.array([None], pa.string())}
    whole = batch_of(table, contact if table == "relations" else {"account_id": pa.array(["A1"])})
    needed = {column.name for column in TABLES[table].columns if column.required} | {"amount"}
    batch = Batch({name: values for name, values in whole.columns.items() if name in needed}, whole.line)
    assert by_quick(table, batch, LoadSettings()).sure.all()
    assert differences(table, batch, LoadSettings()) == []


def test_a_column_that_only_other_files_have_is_blank() -> None:
    """A file without profiles' features has none of them, where the others have some."""
    batch = batch_of("profiles", {"account_id": pa.array(["A1", "B1"])})
    judged = judge(TABLES["profiles"], batch, {*batch.columns, "home", "mean_balance"}, Context(LoadSettings()))
    assert judged.sure.all()
    assert [judged.values[name].to_pylist() for name in ("home", "mean_balance")] == [[None, None], [None, None]]
    assert [str(judged.values[name].type) for name in ("home", "mean_balance")] == ["bool", "int64"]
