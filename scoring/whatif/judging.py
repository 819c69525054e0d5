"""Is one cell of an applicant's file what the data contract allows? The checks of the gate, on Python values.

Each reader gives the typed value or raises ``ContractError`` with the gate's reason and the place of the cell.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from iso4217 import Currency

from loaders.contract import ID_PATTERN, INTEGER_DIGITS, OPENED_YEARS, YEARS
from loaders.errors import ContractError
from loaders.gate.checks import CLOCK, DAY, DECIMAL, RATE, STAMP
from loaders.gate.wide_ids import deceptive
from loaders.spelling import did_you_mean

LARGEST = 2**63 - 1
SHOWN = 80


def shown(value: Any) -> str:
    """Show what was found, cut to a line."""
    text = repr(value) if isinstance(value, str) else str(value) if isinstance(value, int | float | Decimal) else ""
    text = text or ("nothing" if value is None else f"a {type(value).__name__}")
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 4]}..."


def refuse(reason: str, where: str, value: Any, allowed: str) -> ContractError:
    """Make the sentence: where, what was found, what is allowed."""
    return ContractError(reason, f"{where} is {shown(value)}; allowed is {allowed}")


def read_id(where: str, value: Any, empty: str, pattern: str = "") -> str:
    """Read an id: text of the contract's characters, or of the policy's ``data.id_pattern``.

    Examples
    --------
    >>> read_id("account_id", "a b", "account_id_empty")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(id_charset): account_id is 'a b'; allowed is 64 signs like 'a-1:b.2'
    """
    if value is None or value == "":
        raise ContractError(empty, f"{where} is missing; it must be an id")
    wide = isinstance(value, str) and bool(pattern) and deceptive(value)
    if (
        not isinstance(value, str)
        or wide
        or re.fullmatch(pattern or ID_PATTERN, value, re.ASCII * (not pattern)) is None
    ):
        allowed = f"text that matches {pattern!r}" if pattern else "64 signs like 'a-1:b.2'"
        allowed += " and neither hides nor imitates anything" if wide else ""
        raise refuse("id_charset", where, value, allowed)
    return value


def read_word(where: str, value: Any, choices: tuple[str, ...], reason: str) -> str:
    """Read one of the words of the contract."""
    if not isinstance(value, str) or value not in choices:
        near = did_you_mean(value, choices) if isinstance(value, str) else ""
        raise refuse(reason, where, value, f"{', '.join(choices)}{near}")
    return value


def read_flag(where: str, value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise refuse("granted_format", where, value, "true or false")
    return value


def read_moment(where: str, value: Any) -> datetime:
    """Read a time with offset, ISO 8601, 1990 to 2100.

    Examples
    --------
    >>> read_moment("at", "2025-12-01T08:00:00+08:00").isoformat()
    '2025-12-01T00:00:00+00:00'
    >>> read_moment("at", "May")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(ts_format): at is 'May'; allowed is a time like 2025-12-01T08:00:00+08:00
    """
    allowed = "a time like 2025-12-01T08:00:00+08:00"
    if not isinstance(value, str) or re.fullmatch(STAMP, value, re.ASCII) is None:
        raise refuse("ts_format", where, value, allowed)
    try:
        moment = datetime.fromisoformat(value) if re.fullmatch(CLOCK, value, re.ASCII) else None
        moment = moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise refuse("ts_invalid", where, value, allowed)
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise refuse("ts_range", where, value, f"a time in the years {YEARS[0]} to {YEARS[1]}")
    return moment


def read_day(where: str, value: Any, years: tuple[int, int] = OPENED_YEARS) -> date:
    """Read a day, ISO 8601."""
    allowed = "a day like 2025-04-20"
    if not isinstance(value, str) or re.fullmatch(DAY, value, re.ASCII) is None:
        raise refuse("ts_format", where, value, allowed)
    if not years[0] <= int(value[:4]) <= years[1]:
        raise refuse("ts_range", where, value, f"a day in the years {years[0]} to {years[1]}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refuse("ts_invalid", where, value, allowed) from None


def read_share(where: str, value: Any) -> float:
    """Read a number from 0 to 1."""
    text = str(value) if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool) else ""
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", text, re.ASCII) is None:
        raise refuse("severity_format", where, value, "a number from 0 to 1")
    if not 0 <= float(text) <= 1:
        raise refuse("severity_range", where, value, "0 to 1")
    return float(text) + 0.0


def read_rate(where: str, value: Any) -> Decimal:
    """Read a rate of exchange: decimal text above 0, never a float."""
    if not isinstance(value, str) or re.fullmatch(RATE, value, re.ASCII) is None or not Decimal(value):
        raise refuse("rate_format", where, value, "decimal text above 0, at most 12 digits on either side, in quotes")
    return Decimal(value)


def exponent_of(where: str, value: Any) -> int:
    """Say how many decimals a currency has."""
    codes = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
    if not isinstance(value, str) or value not in codes:
        raise refuse("currency_unknown", where, value, "an ISO 4217 code such as CNY")
    return int(codes[value])


def read_amount(where: str, value: Any, exponent: int) -> int:
    """Read money as integer minor units: decimal text or a whole number, never a float.

    Examples
    --------
    >>> read_amount("amount", "2000.5", 2), read_amount("amount", 3, 2)
    (200050, 300)
    >>> read_amount("amount", 2000.5, 2)
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(amount_format): amount is 2000.5, a float; money is decimal text: "2000.00"
    """
    if isinstance(value, float | Decimal):
        raise ContractError("amount_format", f'{where} is {value}, a float; money is decimal text: "2000.00"')
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    allowed = 'decimal text above 0, such as "2000.00"'
    if value is None:
        raise ContractError("null", f"{where} is missing; allowed is {allowed}")
    if re.fullmatch(DECIMAL, text, re.ASCII) is None:
        raise refuse("amount_format", where, value, allowed)
    whole, _, parts = text.lstrip("-").partition(".")
    if not text.strip("-0."):
        raise refuse("amount_zero", where, value, allowed)
    if text.startswith("-"):
        raise refuse("amount_negative", where, value, allowed)
    if len(whole) > INTEGER_DIGITS:
        raise refuse("amount_range", where, value, f"at most {INTEGER_DIGITS} digits before the point")
    if len(parts) > exponent:
        raise refuse("amount_scale", where, value, f"at most {exponent} decimals in this currency")
    minor = int(whole + parts.ljust(exponent, "0"))
    if minor > LARGEST:
        raise refuse("amount_range", where, value, f"at most {LARGEST} minor units")
    return minor
