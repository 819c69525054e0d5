"""Which records of a batch surely pass all checks of their columns, and what are their values?"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from loaders.contract import Column, TableContract
from loaders.quick.accounts import AccountIndex
from loaders.quick.columns import read
from loaders.quick.found import STAMP
from loaders.quick.ids import fit_ids
from loaders.quick.money import money
from loaders.quick.texts import as_string, is_text, without
from loaders.quick.words import kind_codes
from loaders.raw import Batch
from loaders.readers.arrow_text import text_of
from loaders.settings import LoadSettings

_TOGETHER = ("kind", "amount", "amount_minor", "currency")
_NAMING = {"from_id": "from_code", "to_id": "to_code", "account_id": "account_code"}
_ABSENT = {"reverses": pa.string(), "known_at": STAMP}


@dataclass(frozen=True, slots=True)
class Context:
    """What batches are judged by: made once, used by any number of threads.

    Attributes
    ----------
    settings
        Ids, kinds and self-transfers allowed.
    accounts
        All accounts, where records name some; None: they are not looked up.
    unfit
        Which accounts have an id that the settings would not let through (None: none has).

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.quick import AccountIndex, Context
    >>> from loaders.settings import LoadSettings
    >>> Context(LoadSettings(), AccountIndex(pa.array(["a1", "-1"]))).unfit.tolist()
    [False, True]
    """

    settings: LoadSettings
    accounts: AccountIndex | None = None
    unfit: NDArray[np.bool_] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.accounts is not None:
            fit, _ = fit_ids(self.accounts.ids, self.settings.id_pattern)
            object.__setattr__(self, "unfit", None if fit.all() else ~fit)


@dataclass(frozen=True, slots=True)
class Judged:
    """Which records are sure, and the values of all; where a record is not sure its values mean nothing.

    Attributes
    ----------
    sure
        One flag per record.
    values
        By name, typed as in :class:`loaders.Tables`. In relations ``kind`` and ``currency`` are dictionaries of
        ``KINDS`` and ``CURRENCIES``, and where accounts are looked up ``from_code`` and ``to_code`` (int32) stand for
        ``from_id`` and ``to_id``; other tables have ``account_code`` beside ``account_id``.
    """

    sure: NDArray[np.bool_]
    values: dict[str, pa.Array]


def judge(contract: TableContract, batch: Batch, present: set[str], context: Context) -> Judged:
    """Judge the records of a batch by their columns.

    What is sure passes the checks of `loaders.gate.checks` and has the values of `loaders.gate.conversion`; the
    opposite need not be: what is unusual goes as text to the checks in SQL, which decide. Records that name an unknown
    account are not sure. No record of ``rates`` is.

    Parameters
    ----------
    contract
        The table.
    batch
        Records of one file, columns in any type that the readers let through.
    present
        The columns that the table's files have together, see `loaders.gate.rows.present_columns`.
    context
        Settings and accounts.

    Returns
    -------
    Judged

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.contract import TABLES
    >>> from loaders.quick import Context, judge
    >>> from loaders.raw import Batch
    >>> from loaders.settings import LoadSettings
    >>> said = {"account_id": ["a1", "a 2"], "holder_id": ["", ""], "kind": ["person"] * 2, "opened_on": ["", ""]}
    >>> batch = Batch({name: pa.array(texts) for name, texts in said.items()}, range(1, 3))
    >>> judged = judge(TABLES["accounts"], batch, set(said), Context(LoadSettings()))
    >>> judged.sure.tolist(), judged.values["holder_id"][0].as_py()
    ([True, False], 'a1')
    """
    size = len(batch)
    if contract.name == "rates":
        return Judged(np.zeros(size, np.bool_), {})
    relations = contract.name == "relations"
    judged = Judged(*(money(contract, batch, context.settings) if relations else (np.ones(size, np.bool_), {})))
    for column in contract.columns:
        if column.name in present and not (relations and column.name in _TOGETHER):
            values = batch.columns.get(column.name, pa.nulls(size))
            judged = _both(judged, _piece(contract, column, values, context))
        elif column.name in _ABSENT:
            judged.values.setdefault(column.name, pa.nulls(size, _ABSENT[column.name]))
    if contract.name == "accounts":
        _name_holders(judged.values)
    if relations and context.settings.self_transfer == "reject":
        judged.sure[_same_ends(judged.values)] = False
    return judged


def _both(one: Judged, other: Judged) -> Judged:
    return Judged(one.sure & other.sure, one.values | other.values)


def _piece(contract: TableContract, column: Column, values: pa.Array, context: Context) -> Judged:
    if column.type == "kind":
        codes = kind_codes(column, values, context.settings)
        words = pa.array(sorted(column.choices), pa.string())
        return Judged(codes >= 0, {column.name: words.take(pa.array(np.maximum(codes, 0)))})
    if column.type != "id":
        seen = read(column, values)
        return Judged(seen.sure, {column.name: seen.values})
    if contract.name != "accounts" and column.name in _NAMING and context.accounts is not None:
        return _accounts_named(column, values, context, context.accounts)
    texts = _text(column, values)
    fit, blank = fit_ids(texts, context.settings.id_pattern)
    return Judged(fit | blank if column.blank else fit, {column.name: without(texts, blank) if column.blank else texts})


def _text(column: Column, values: pa.Array) -> pa.StringArray:
    words = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    return as_string(values if is_text(words) else text_of(column, values))


def _accounts_named(column: Column, values: pa.Array, context: Context, accounts: AccountIndex) -> Judged:
    """Look accounts up; an id that is an account's has been judged as one."""
    codes = accounts.codes(values)
    sure = codes >= 0
    if context.unfit is not None and len(accounts):
        sure &= ~context.unfit[np.maximum(codes, 0)]
    coded = {_NAMING[column.name]: pa.array(codes)}
    return Judged(sure, coded if column.name != "account_id" else {column.name: _text(column, values), **coded})


def _name_holders(values: dict[str, pa.Array]) -> None:
    """An account without holder is its own."""
    if values["holder_id"].null_count:
        values["holder_id"] = pc.coalesce(values["holder_id"], values["account_id"])


def _same_ends(values: dict[str, pa.Array]) -> NDArray[np.bool_]:
    """Which relations are of an account with itself?"""
    one, other = ("from_code", "to_code") if "from_code" in values else ("from_id", "to_id")
    same = pc.equal(values[one], values[other]).fill_null(False)
    return same.to_numpy(zero_copy_only=False)
