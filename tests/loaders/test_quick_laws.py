"""Does the quick lane never let through text that the checks in SQL refuse, and give the same values to the bit?"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quick_oracle import batch_of, by_quick, differences
from quick_texts import LAYOUTS, MONEY, TEXTS, laid_out, messy, thorough

from loaders.contract import TABLES
from loaders.quick import CURRENCIES, Context, judge
from loaders.raw import Batch
from loaders.settings import LoadSettings

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


@pytest.mark.parametrize("name", ["amount", "amount_minor"])
@thorough
@given(rows=st.lists(MONEY, min_size=1, max_size=150), layout=st.sampled_from(LAYOUTS))
def test_sure_money_as_text_has_the_units_of_its_currency(name: str, rows: list[dict[str, Any]], layout: str) -> None:
    """Kind, amount and currency are judged together: contacts without money, money in units of its currency."""
    columns = {key: laid_out([row[key] for row in rows], layout) for key in ("kind", "currency")}
    columns[name] = laid_out([row["amount"] for row in rows], layout)
    assert differences("relations", batch_of("relations", columns), LoadSettings()) == []


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
