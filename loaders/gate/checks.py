"""In which order is a record checked, and which check gives it which reason code?

A check is a reason, the column it speaks of and a condition in SQL that is true when the record fails. Conditions are
made from the contract and constants of this file alone; regular expressions are RE2, so their time is linear.
"""

# ruff: noqa: S608 (the SQL is made of the contract's own names; what users say goes in as values)

from __future__ import annotations

from dataclasses import dataclass

from loaders.contract import CONTACT_KINDS, INTEGER_DIGITS, Column, TableContract
from loaders.settings import LoadSettings

STAMP = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
CLOCK = r".{11}([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
DECIMAL = r"-?[0-9]+(\.[0-9]+)?"
SCIENTIFIC = r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+"
COMMA_DECIMAL = r"-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]{1,2}|-?[0-9]+,[0-9]{1,2}"
POINT_GROUPS = r"-?[0-9]{1,3}(\.[0-9]{3})+"
NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"
WHOLE = r"-?[0-9]+(\.0+)?"
RATE = r"[0-9]{1,12}(\.[0-9]{1,12})?"

# integer minor units of a decimal or minor-unit text that passed the checks before
MINOR_UNITS = (
    "TRY_CAST(CASE WHEN _minor THEN amount ELSE split_part(amount, '.', 1) || "
    "rpad(split_part(amount, '.', 2), exponent, '0') END AS BIGINT)"
)


@dataclass(frozen=True, slots=True)
class Check:
    """A record that meets ``fails`` (SQL) is refused with ``reason``, because of ``column``."""

    reason: str
    column: str
    fails: str


def checks(contract: TableContract, present: set[str], settings: LoadSettings) -> list[Check]:
    """Which checks does a record of a table pass through, in order?

    Parameters
    ----------
    contract
        The table.
    present
        The columns that the input has.
    settings
        Ids allowed, self-transfers.

    Returns
    -------
    list of Check
    """
    found: list[Check] = []
    for column in contract.columns:
        if column.name in present:
            found += _of_column(column, widened=settings.id_pattern is not None)
    if contract.name == "relations" and settings.self_transfer == "reject":
        found.append(Check("self_transfer", "to_id", "from_id = to_id"))
    return found


def _of_column(column: Column, *, widened: bool) -> list[Check]:
    name = f'"{column.name}"'
    if column.type == "amount":
        return _amount()
    if column.type == "currency":
        return _currency(column)
    found = [] if column.blank else [Check("null", column.name, f"{name} IS NULL")]
    guard = f"coalesce({name}, '') <> '' AND " if column.blank else ""
    if column.type == "id":
        specific = _id(column, name, guard, widened=widened)
    elif column.type == "kind":
        specific = [Check(column.unknown, column.name, f"{name} NOT IN {_words(column.choices)}")]
    elif column.type == "timestamp":
        specific = _stamp(column, name, guard)
    elif column.type == "date":
        specific = _day(column, name, guard)
    else:
        specific = _value(column, name, guard)
    return found + specific


def _words(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def _full(name: str, pattern: str) -> str:
    return f"regexp_full_match({name}, '{pattern}')"


def _id(column: Column, name: str, guard: str, *, widened: bool) -> list[Check]:
    found = [] if column.blank else [Check(column.empty, column.name, f"{name} = ''")]
    allowed = f"{guard}NOT regexp_full_match({name}, getvariable('id_pattern'))"
    found.append(Check("id_charset", column.name, allowed))
    if widened:
        found.append(Check("id_charset", column.name, f"{guard}{name} IN (SELECT id FROM refused_ids)"))
    return found


def _stamp(column: Column, name: str, guard: str) -> list[Check]:
    low, high = column.years
    moment = f"TRY_CAST({name} AS TIMESTAMPTZ)"
    return [
        Check("ts_format", column.name, f"{guard}NOT {_full(name, STAMP)}"),
        Check("ts_range", column.name, f"{guard}substr({name}, 1, 4) NOT BETWEEN '{low - 1}' AND '{high + 1}'"),
        Check(
            "ts_invalid",
            column.name,
            f"{guard}(NOT {_full(name, CLOCK)} OR TRY_CAST(substr({name}, 1, 10) AS DATE) IS NULL OR {moment} IS NULL)",
        ),
        Check(
            "ts_range",
            column.name,
            f"{guard}({moment} < TIMESTAMPTZ '{low}-01-01 00:00:00+00' OR "
            f"{moment} >= TIMESTAMPTZ '{high + 1}-01-01 00:00:00+00')",
        ),
    ]


def _day(column: Column, name: str, guard: str) -> list[Check]:
    low, high = column.years
    return [
        Check("ts_format", column.name, f"{guard}NOT {_full(name, DAY)}"),
        Check("ts_range", column.name, f"{guard}substr({name}, 1, 4) NOT BETWEEN '{low}' AND '{high}'"),
        Check("ts_invalid", column.name, f"{guard}TRY_CAST({name} AS DATE) IS NULL"),
    ]


def _value(column: Column, name: str, guard: str) -> list[Check]:
    if column.type == "flag":
        return [Check("granted_format", column.name, f"{name} NOT IN ('true', 'false')")]
    if column.type == "rate":
        bad = f"NOT {_full(name, RATE)} OR {_full(name, '[0.]+')}"
        return [Check("rate_format", column.name, bad)]
    stem = "severity" if column.type == "share" else "value"
    if column.number == "boolean":
        return [Check("value_format", column.name, f"{guard}{name} NOT IN ('true', 'false')")]
    if column.number in ("integer", "money"):
        number = f"TRY_CAST(split_part({name}, '.', 1) AS BIGINT)"
        pattern = WHOLE
    else:
        number = f"TRY_CAST({name} AS DOUBLE)"
        pattern = NUMBER
    outside = f"coalesce({number} NOT BETWEEN {column.low} AND {column.high}, true)"
    return [
        Check(f"{stem}_format", column.name, f"{guard}NOT {_full(name, pattern)}"),
        Check(f"{stem}_range", column.name, f"{guard}{outside}"),
    ]


def _amount() -> list[Check]:
    contact = f"kind IN {_words(CONTACT_KINDS)}"
    money = f"kind NOT IN {_words(CONTACT_KINDS)}"
    whole = "length(split_part(ltrim(amount, '-'), '.', 1))"
    grown = r"coalesce(TRY_CAST(regexp_extract(amount, '[eE]\+?0*([0-9]+)$', 1) AS INTEGER), 1000)"
    huge = f"{_full('amount', SCIENTIFIC)} AND {grown} + length(regexp_extract(amount, '^[0-9]+')) > {INTEGER_DIGITS}"
    decimals = "length(split_part(amount, '.', 2))"
    grouped = f"{_full('amount', POINT_GROUPS)} AND _file IN (SELECT _file FROM comma_files)"
    rows = [
        ("contact_with_money", f"{contact} AND (coalesce(amount, '') <> '' OR coalesce(currency, '') <> '')"),
        ("null", f"{money} AND amount IS NULL"),
        ("amount_range", f"{money} AND NOT _minor AND {huge}"),
        ("amount_format", f"{money} AND NOT {_full('amount', DECIMAL)}"),
        ("amount_format", f"{money} AND _minor AND contains(amount, '.')"),
        ("amount_zero", f"{money} AND {_full('amount', '-?[0.]+')}"),
        ("amount_negative", f"{money} AND starts_with(amount, '-')"),
        (
            "amount_range",
            f"{money} AND {whole} > {INTEGER_DIGITS} + CASE WHEN _minor THEN coalesce(exponent, 0) ELSE 0 END",
        ),
        ("amount_format", f"{money} AND NOT _minor AND {decimals} > exponent AND {grouped}"),
        ("amount_scale", f"{money} AND NOT _minor AND {decimals} > exponent"),
        ("amount_range", f"{money} AND exponent IS NOT NULL AND {MINOR_UNITS} IS NULL"),
    ]
    return [Check(reason, "amount", fails) for reason, fails in rows]


def _currency(column: Column) -> list[Check]:
    money = f"kind NOT IN {_words(CONTACT_KINDS)} AND " if column.blank else ""
    return [
        Check("null", "currency", f"{money}currency IS NULL"),
        Check("currency_unknown", "currency", f"{money}exponent IS NULL"),
    ]
