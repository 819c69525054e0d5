"""How does the data contract read as JSON Schema, for those who check their tables before they send them?"""

from __future__ import annotations

from typing import Any

from loaders.contract import ID_PATTERN, INTEGER_DIGITS, TABLES, Column, TableContract
from loaders.gate.checks import DAY, NUMBER, RATE, STAMP, WHOLE

_AMOUNT = rf"[0-9]{{1,{INTEGER_DIGITS}}}(\.[0-9]{{1,4}})?"
_PATTERNS = {
    "id": ID_PATTERN,
    "amount": _AMOUNT,
    "amount_minor": "[0-9]{1,18}",
    "currency": "[A-Z]{3}",
    "timestamp": STAMP,
    "date": DAY,
    "rate": RATE,
    "flag": "true|false",
    "share": NUMBER,
}
_NUMBERS = {"number": NUMBER, "integer": WHOLE, "money": WHOLE, "boolean": "true|false"}


def schema() -> dict[str, Any]:
    """Which JSON Schema describes one record of each table, its values as the text of a CSV field?

    Checks that look at other records (duplicates, conflicts, unknown accounts, rates, reversals) are not in it.

    Returns
    -------
    dict
        JSON Schema 2020-12 with one entry per table under ``$defs``.

    Examples
    --------
    >>> from loaders import schema
    >>> schema()["$defs"]["rates"]["required"]
    ['currency', 'on', 'rate']
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Renmai data contract",
        "type": "object",
        "properties": {
            name: {"type": "array", "description": table.meaning, "items": {"$ref": f"#/$defs/{name}"}}
            for name, table in TABLES.items()
        },
        "required": [name for name, table in TABLES.items() if table.required],
        "$defs": {name: _record(table) for name, table in TABLES.items()},
    }


def _record(table: TableContract) -> dict[str, Any]:
    record: dict[str, Any] = {
        "type": "object",
        "description": table.meaning,
        "properties": {column.name: _property(column) for column in table.columns},
        "required": [column.name for column in table.columns if column.required],
        "additionalProperties": False,
    }
    if table.name == "relations":
        record["oneOf"] = [{"required": ["amount"]}, {"required": ["amount_minor"]}]
    return record


def _property(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "description": column.meaning}
    if column.choices:
        found["enum"] = [*column.choices]
    else:
        pattern = _NUMBERS[column.number] if column.number else _PATTERNS[column.type]
        found["pattern"] = f"^({pattern})?$" if column.blank else f"^({pattern})$"
    if column.number in ("number", "integer", "money") or column.type == "share":
        found["x-minimum"], found["x-maximum"] = column.low, column.high
    return found
