"""Which amounts are surely money in a known currency, and how many minor units are they?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from loaders.contract import INTEGER_DIGITS, Column, TableContract
from loaders.quick.found import Found
from loaders.quick.texts import as_string, is_text, nullable
from loaders.quick.told import decimals_of
from loaders.quick.typed import blanks, plain
from loaders.quick.words import CONTACT, CURRENCIES, EXPONENTS, KINDS, NO_CURRENCY, currency_codes, kind_codes
from loaders.raw import Batch
from loaders.readers.arrow_text import text_of
from loaders.settings import LoadSettings

_LIMITS = np.array(
    [10 ** min(INTEGER_DIGITS + exponent, 18) if exponent >= 0 else 0 for exponent in EXPONENTS.tolist()]
)
_POWERS = 10 ** np.arange(20, dtype=np.uint64)
_MOST = np.uint64(2**63 - 1)
_SCALES = 19


def amounts(column: Column, values: pa.Array, currencies: NDArray[np.int16]) -> Found:
    """Judge amounts in their currencies.

    Parameters
    ----------
    column
        ``amount`` or ``amount_minor`` of the contract.
    values
        Decimal or integer text, decimals or, for ``amount_minor``, integers.
    currencies
        As :func:`currency_codes` gives them.

    Returns
    -------
    Found
        int64 minor units; sure where they are above 0 and fit their currency.
    """
    values = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
    minor, kind = column.type == "amount_minor", values.type
    if minor and pa.types.is_integer(kind):
        return _typed_minor(values, currencies)
    exponents = EXPONENTS.take(currencies)
    if pa.types.is_decimal128(kind) and kind.scale in range(_SCALES):
        return _typed_decimals(values, exponents)
    read = decimals_of(as_string(values if is_text(kind) else text_of(column, values)))
    most = INTEGER_DIGITS + (exponents if minor else 0)
    sure = read.sure & (exponents >= 0) & (read.whole <= most) & (read.behind <= (0 if minor else exponents))
    grown = read.digits * _POWERS[np.where(sure, 0 if minor else exponents - read.behind, 0)]
    return _settled(sure, read.blank, grown)


def _settled(sure: NDArray[np.bool_], blank: NDArray[np.bool_], units: NDArray[np.uint64]) -> Found:
    sure &= (units > 0) & (units <= _MOST)
    return Found(sure, blank, pa.array(units.view(np.int64)))


def _typed_minor(values: pa.Array, currencies: NDArray[np.int16]) -> Found:
    units = plain(values.cast(pa.int64(), safe=False), pa.int64())
    return Found((units > 0) & (units < _LIMITS.take(currencies)), blanks(values), pa.array(units))


def _typed_decimals(values: pa.Array, exponents: NDArray[np.int8]) -> Found:
    """Decimals of 128 bits whose upper half is 0; zeros that only the type's scale has put there don't count."""
    if not len(values):
        return _settled(np.zeros(0, np.bool_), np.zeros(0, np.bool_), np.zeros(0, np.uint64))
    scale = values.type.scale
    halves = np.frombuffer(values.buffers()[1], np.uint64).reshape(-1, 2)[values.offset : values.offset + len(values)]
    digits = halves[:, 0]
    sure = (halves[:, 1] == 0) & (exponents >= 0) & (digits <= _MOST)
    if INTEGER_DIGITS + scale < len(_POWERS):
        sure &= digits < _POWERS[INTEGER_DIGITS + scale]
    known = np.maximum(exponents, 0)
    shorter = _POWERS[np.maximum(scale - known, 0)]
    units = digits // shorter
    sure &= units * shorter == digits
    return _settled(sure, blanks(values), units * _POWERS[np.maximum(known - scale, 0)])


def money(
    contract: TableContract, batch: Batch, settings: LoadSettings
) -> tuple[NDArray[np.bool_], dict[str, pa.Array]]:
    """Judge kind, amount and currency of relations: contacts have neither amount nor currency, all others both.

    Returns
    -------
    numpy.ndarray of bool, dict
        Which are surely right, and the columns ``kind``, ``amount_minor`` and ``currency``.
    """
    name = "amount_minor" if "amount_minor" in batch.columns else "amount"
    said = [batch.columns.get(column, pa.nulls(len(batch))) for column in ("kind", "currency", name)]
    kinds = kind_codes(contract.column("kind"), said[0], settings)
    currencies = currency_codes(said[1])
    units = amounts(contract.column(name), said[2], currencies)
    contact = CONTACT.take(kinds)
    coined = (currencies >= 0) & (currencies < NO_CURRENCY)
    right = (contact & units.blank & (currencies == NO_CURRENCY)) | (~contact & units.sure & ~units.blank & coined)
    coins = nullable(currencies * coined, pa.int16(), contact)
    values = {
        "kind": pa.DictionaryArray.from_arrays(pa.array(np.maximum(kinds, 0)), KINDS),
        "amount_minor": nullable(units.values.to_numpy(), pa.int64(), contact),
        "currency": pa.DictionaryArray.from_arrays(coins, CURRENCIES),
    }
    return right & (kinds >= 0), values
