"""Is a single value what the data contract allows, and which number is it? Judged as the gate judges a cell."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from loaders.contract import TABLES, Column
from loaders.errors import ContractError
from loaders.gate.checks import NUMBER, WHOLE
from loaders.spelling import did_you_mean

PROFILE = {column.name: column for column in TABLES["profiles"].columns if column.type == "feature"}
"""What a profile may say, by name: features, ready-made dimensions and the spending scale."""
TRUTH = {"true": 1.0, "false": 0.0}


def profile_column(name: str, where: str) -> Column:
    """Find a feature of the profile by its name.

    Parameters
    ----------
    name
        As the user wrote it.
    where
        What to call the place in the sentence, such as ``--set``.

    Raises
    ------
    ContractError
        ``header`` when there is none of this name.

    Examples
    --------
    >>> profile_column("on_time_rat", "--set")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(header): --set: 'on_time_rat' is no feature; did you mean 'on_time_rate'?
    """
    if name not in PROFILE:
        hint = did_you_mean(name, PROFILE) or "; `renmai schema` lists them all"
        raise ContractError("header", f"{where}: {name!r} is no feature{hint}")
    return PROFILE[name]


def read_value(column: Column, value: Any, where: str) -> float:
    """Read a value of a feature: text as in a file, or a number, boolean or decimal of Python or JSON.

    Parameters
    ----------
    column
        The feature.
    value
        What was given.
    where
        What to call the place in the sentence.

    Returns
    -------
    float
        Exact up to 2**53; booleans are 1 and 0.

    Raises
    ------
    ContractError
        ``value_format`` or ``value_range``, with what was found and what is allowed.

    Examples
    --------
    >>> read_value(PROFILE["degree"], "2", "--set"), read_value(PROFILE["home"], True, "--set")
    (2.0, 1.0)
    >>> read_value(PROFILE["on_time_rate"], "1.5", "--set")
    Traceback (most recent call last):
    loaders.errors.ContractError: ABORT(value_range): --set: on_time_rate is 1.5; allowed is 0 to 1
    """
    text = _text(value)
    if column.number == "boolean":
        if text not in TRUTH:
            raise ContractError("value_format", f"{where}: {column.name} is {_shown(value)}; allowed is true or false")
        return TRUTH[text]
    whole = column.number in ("integer", "money")
    if isinstance(value, bool) or re.fullmatch(WHOLE if whole else NUMBER, text, re.ASCII) is None:
        kind = "a whole number" if whole else "a number"
        unit = " of minor units" if column.number == "money" else ""
        raise ContractError(
            "value_format",
            f"{where}: {column.name} is {_shown(value)}; allowed is {kind}{unit} from {column.low} to {column.high}",
        )
    number = float(int(text.partition(".")[0])) if whole else float(text)
    if not (math.isfinite(number) and column.low <= number <= column.high):
        raise ContractError(
            "value_range", f"{where}: {column.name} is {text}; allowed is {column.low} to {column.high}"
        )
    return number + 0.0


def _text(value: Any) -> str:
    """Write a value as a file would hold it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str | int | float):
        return str(value)
    if hasattr(value, "item"):  # a number of NumPy
        return _text(value.item())
    return ""


def _shown(value: Any) -> str:
    shown = repr(str(value)) if isinstance(value, str | int | float | Decimal) else f"a {type(value).__name__}"
    return shown if len(shown) <= 80 else f"{shown[:76]}...'"
