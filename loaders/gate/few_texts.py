"""What do a few texts say plainly: amounts and times of CSV files, in the usual forms and no other?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

STAMP = pa.timestamp("us", tz="UTC")
_MOMENT = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\z"
_MONEY = r"\A[0-9]{1,13}(\.[0-9]{1,2})?\z"
_UNITS = r"\A[0-9]{1,15}\z"
_CENTS = pa.decimal128(18, 2)


def moments(texts: pa.Array) -> pa.Array | None:
    """Read ISO 8601 times with seconds and offset; None where one is anything else.

    Examples
    --------
    >>> moments(pa.array(["2025-12-30T22:12:14+08:00"]))[0].as_py().isoformat()
    '2025-12-30T14:12:14+00:00'
    >>> moments(pa.array(["2025-02-30T00:00:00Z"])), moments(pa.array(["yesterday"]))
    (None, None)
    """
    if not _all(pc.match_substring_regex(texts, _MOMENT)):
        return None
    try:
        return texts.cast(STAMP)
    except pa.ArrowInvalid:
        return None


def minor_units(texts: pa.Array, currencies: pa.Array) -> pa.Array | None:
    """Read decimal amounts as minor units of their currencies, null where both are blank; None if one is anything else.

    Examples
    --------
    >>> minor_units(pa.array(["12.5", "", "7"]), pa.array(["CNY", "", "JPY"])).to_pylist()
    [1250, None, 7]
    >>> minor_units(pa.array(["7.5"]), pa.array(["JPY"])), minor_units(pa.array(["1e3"]), pa.array(["CNY"]))
    (None, None)
    """
    from loaders.quick.words import CURRENCIES, EXPONENTS, NO_CURRENCY  # the list of currencies takes its time

    blank = pc.fill_null(pc.equal(texts, ""), True)
    money = pc.if_else(blank, pa.scalar(None, pa.string()), texts)
    if not _all(pc.match_substring_regex(money, _MONEY).drop_null()):
        return None
    exponents = EXPONENTS.take(pc.fill_null(pc.index_in(currencies, value_set=CURRENCIES), NO_CURRENCY).to_numpy())
    whole = ~pc.fill_null(pc.match_substring(money, "."), False).to_numpy(zero_copy_only=False)
    empty = blank.to_numpy(zero_copy_only=False)
    if not (empty | (exponents == 2) | ((exponents == 0) & whole)).all():
        return None
    cents = pc.fill_null(money.cast(_CENTS), 0)
    # whole numbers below 2^63: the lower half of each decimal
    units = np.frombuffer(cents.buffers()[1], np.int64).reshape(-1, 2)[cents.offset : cents.offset + len(cents), 0]
    return pa.array(np.where(exponents == 0, units // 100, units), mask=empty)


def whole_numbers(texts: pa.Array) -> pa.Array | None:
    """Read amounts in minor units, null where blank; None if one is anything else.

    Examples
    --------
    >>> whole_numbers(pa.array(["1250", ""])).to_pylist(), whole_numbers(pa.array(["12.5"]))
    ([1250, None], None)
    """
    blank = pc.fill_null(pc.equal(texts, ""), True)
    plain = pc.if_else(blank, pa.scalar(None, pa.string()), texts)
    return plain.cast(pa.int64()) if _all(pc.match_substring_regex(plain, _UNITS).drop_null()) else None


def _all(flags: pa.Array) -> bool:
    return flags.null_count == 0 and bool(pc.all(flags, min_count=0).as_py())
