"""What does a query get as its parameters? Texts of a command line or values of Python, of the types its head names."""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from graph.inquiry.head import Entry
from loaders.errors import UsageError
from loaders.spelling import did_you_mean

INT64 = 2**63
FORMS = {
    "string": "text",
    "integer": "a whole number",
    "float": "a finite number",
    "boolean": "true or false",
    "datetime": "ISO 8601 with offset, like 2026-01-01T00:00:00+00:00",
    "date": "ISO 8601, like 2026-01-31",
    "list of string": 'texts with commas between them, or JSON like ["a", "b"]',
}


def complete(entries: Sequence[Entry], given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the given parameters against the declared ones and fill in the defaults.

    Parameters
    ----------
    entries
        What the query declares.
    given
        What is given, as texts or as values; ``None`` is taken where the default is null.

    Returns
    -------
    dict
        A value for every declared parameter; times are in UTC.

    Raises
    ------
    UsageError
        When one is unknown, missing or of another type.

    Examples
    --------
    >>> entries = [Entry("id", "string", ""), Entry("limit", "integer", "", 100)]
    >>> complete(entries, {"id": "a1", "limit": "5"})
    {'id': 'a1', 'limit': 5}
    >>> complete(entries, {"idd": "a1"})
    Traceback (most recent call last):
    loaders.errors.UsageError: parameter 'idd' is unknown; did you mean 'id'? allowed here: id (string), limit (integer)
    >>> complete(entries, {"limit": "5"})
    Traceback (most recent call last):
    loaders.errors.UsageError: parameter 'id' is missing; needed here: id (string); allowed here: id (string), limit \
(integer)
    """
    known = {entry.name: entry for entry in entries}
    allowed = ", ".join(f"{entry.name} ({entry.type})" for entry in entries) or "none"
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UsageError(f"parameter {name!r} is unknown{hint or ';'} allowed here: {allowed}")
    missing = [entry.name for entry in entries if entry.required and entry.name not in given]
    if missing:
        needed = ", ".join(f"{entry.name} ({entry.type})" for entry in entries if entry.required)
        raise UsageError(f"parameter {missing[0]!r} is missing; needed here: {needed}; allowed here: {allowed}")
    return {
        entry.name: read(entry, given[entry.name]) if entry.name in given else _moment(entry.default)
        for entry in entries
    }


def read(entry: Entry, value: Any) -> Any:
    """Read one value, a text or a value of Python, as the type its parameter has.

    Examples
    --------
    >>> read(Entry("since", "datetime", ""), "2026-01-01T08:00:00+08:00").isoformat()
    '2026-01-01T00:00:00+00:00'
    >>> read(Entry("ids", "list of string", ""), "a1, a2"), read(Entry("share", "float", ""), 1)
    (['a1', 'a2'], 1.0)
    >>> read(Entry("limit", "integer", ""), "many")
    Traceback (most recent call last):
    loaders.errors.UsageError: parameter 'limit' is 'many'; it must be a whole number
    """
    if entry.default is None and (value is None or (value == "null" and entry.type != "string")):
        return None
    try:
        return READERS[entry.type](value)
    except (ValueError, TypeError, OverflowError):
        shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "..."
        raise UsageError(f"parameter {entry.name!r} is {shown}; it must be {FORMS[entry.type]}") from None


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # half a surrogate pair is no text that could be sent
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | numbers.Integral):
        raise TypeError
    if isinstance(value, str) and len(value) > 20:
        raise ValueError
    number = int(value)
    if not -INT64 <= number < INT64:
        raise OverflowError
    return number


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, str | numbers.Real):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _boolean(value: Any) -> bool:
    if isinstance(value, str):
        return {"true": True, "false": False}[value.lower()] if value.lower() in ("true", "false") else _no()
    return value if isinstance(value, bool) else _no()


def _no() -> bool:
    raise ValueError


def _datetime(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise TypeError
    return _moment(moment)


def _date(value: Any) -> date:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError
    return day


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        value = json.loads(value) if value.lstrip().startswith("[") else [part.strip() for part in value.split(",")]
    if not isinstance(value, Sequence):
        raise TypeError
    return [_string(part) for part in value]


READERS = {
    "string": _string,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "datetime": _datetime,
    "date": _date,
    "list of string": _strings,
}


def _moment(value: Any) -> Any:
    """Put a time into UTC; a pandas one becomes one of Python."""
    if not isinstance(value, datetime):
        return value
    plain = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    return plain.astimezone(UTC)


def sendable(given: Mapping[str, Any]) -> dict[str, Any]:
    """Check values for a statement that declares none: text, numbers, booleans, times, days, null, lists and maps.

    Raises
    ------
    UsageError
        When a value is of another kind or a time has no offset.

    Examples
    --------
    >>> sendable({"ids": ("a1", "a2"), "n": 3})
    {'ids': ['a1', 'a2'], 'n': 3}
    """
    return {name: _sent(name, value) for name, value in given.items()}


def _sent(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _sent(name, part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_sent(name, part) for part in value]
    if value is None or isinstance(value, bool):
        return value
    kinds = {str: "string", datetime: "datetime", date: "date", numbers.Integral: "integer", numbers.Real: "float"}
    for kind, type_name in kinds.items():
        if isinstance(value, kind):
            return read(Entry(name, type_name, ""), value)
    raise UsageError(
        f"parameter {name!r} is of {type(value).__name__}, which no query takes; give text, numbers, times"
    )
