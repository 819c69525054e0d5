"""Which of the contract's words is this: a kind, a source, a currency? Each word is a small number."""

from __future__ import annotations

import iso4217
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import CONTACT_KINDS, RELATION_KINDS, Column
from loaders.quick.accounts import AccountIndex
from loaders.quick.texts import places, valid
from loaders.settings import LoadSettings

_COINS = sorted((coin.code, coin.exponent) for coin in iso4217.Currency if coin.exponent is not None)
KINDS = pa.array(sorted(RELATION_KINDS), pa.string())
"""The words of the column ``kind`` of relations, in the order of their codes."""
CONTACT = np.array([kind in CONTACT_KINDS for kind in KINDS.to_pylist()])
"""Which of ``KINDS`` are contacts?"""
CURRENCIES = pa.array([code for code, _ in _COINS], pa.string())
"""The words of the column ``currency`` of relations, in the order of their codes."""
NO_CURRENCY = len(_COINS)
"""The code of a blank currency."""
EXPONENTS = np.array([*(exponent for _, exponent in _COINS), -1, -1], np.int8)
"""How many digits behind the point each currency has, by its code; -1 where it is blank or (code -1) unknown."""


def kind_codes(column: Column, values: pa.Array, settings: LoadSettings) -> NDArray[np.int8]:
    """Find the place of each word among the sorted words of a column, the user's words for kinds replaced by ours.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from loaders.contract import TABLES
    >>> kind = TABLES["accounts"].column("kind")
    >>> kind_codes(kind, pa.array(["person", "shop", "Person"]), LoadSettings(kinds={"shop": "merchant"})).tolist()
    [2, 1, -1]
    """
    if pa.types.is_dictionary(values.type) and len(values.dictionary) <= len(values):
        return np.append(kind_codes(column, values.dictionary, settings), np.int8(-1)).take(places(values))
    ours = {word: code for code, word in enumerate(sorted(column.choices))}
    mapped = {theirs: our for theirs, our in settings.kinds.items() if column.name == "kind" and our in ours}
    meant = ours | {theirs: ours[our] for theirs, our in mapped.items()}
    said = AccountIndex(pa.array(list(meant), pa.string())).codes(values)
    return np.array([*meant.values(), -1], np.int8).take(said)


def currency_codes(values: pa.Array) -> NDArray[np.int16]:
    """Find the code of each currency: a place in ``CURRENCIES``, their number where blank, -1 where unknown.

    Examples
    --------
    >>> import pyarrow as pa
    >>> codes = currency_codes(pa.array(["CNY", "", None, "cny"]))
    >>> CURRENCIES[int(codes[0])].as_py(), (codes[1:] - len(CURRENCIES)).tolist()[:2], int(codes[3])
    ('CNY', [0, 0], -1)
    """
    if pa.types.is_dictionary(values.type) and len(values.dictionary) <= len(values):
        return np.append(currency_codes(values.dictionary), np.int16(NO_CURRENCY)).take(places(values))
    codes = AccountIndex(pa.array([*CURRENCIES.to_pylist(), ""], pa.string())).codes(values).astype(np.int16)
    there = valid(values)
    return codes if there is None else np.where(there, codes, np.int16(NO_CURRENCY))
