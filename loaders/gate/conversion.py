"""What does a record become once it has passed: which typed values, and which text says the same in one way only?"""

from __future__ import annotations

from loaders.contract import Column, TableContract
from loaders.gate.checks import MINOR_UNITS

_PLAIN = {
    "kind": '"{name}"',
    "currency": "nullif(\"{name}\", '')",
    "timestamp": "epoch_us(CAST(nullif(\"{name}\", '') AS TIMESTAMPTZ))",
    "date": "CAST(nullif(\"{name}\", '') AS DATE)",
    "share": 'CAST("{name}" AS DOUBLE) + 0.0',
    "flag": "\"{name}\" = 'true'",
    "rate": 'CAST("{name}" AS DECIMAL(38, 12))',
}
_NUMBERS = {
    "number": "CAST(nullif(\"{name}\", '') AS DOUBLE) + 0.0",
    "integer": "CAST(split_part(nullif(\"{name}\", ''), '.', 1) AS BIGINT)",
    "money": "CAST(split_part(nullif(\"{name}\", ''), '.', 1) AS BIGINT)",
    "boolean": "nullif(\"{name}\", '') = 'true'",
}

_ABSENT = {"id": "NULL::VARCHAR", "timestamp": "NULL::BIGINT"}


def typed(contract: TableContract, present: set[str]) -> dict[str, str]:
    """Which SQL expression gives each typed column of a table, from the text of a record that passed?

    Times become microseconds since 1970 (int64), so that nothing depends on a zone.
    """
    found: dict[str, str] = {}
    for column in contract.columns:
        if column.name == "amount":
            found["amount_minor"] = f"CASE WHEN coalesce(amount, '') = '' THEN NULL ELSE {MINOR_UNITS} END"
        elif column.name != "amount_minor" and (column.name in present or column.number == ""):
            found[column.name] = _expression(column) if column.name in present else _ABSENT[column.type]
    if contract.name == "accounts":
        found["holder_id"] = "coalesce(nullif(holder_id, ''), account_id)"
    return found


def _expression(column: Column) -> str:
    if column.type == "id":
        return f"nullif(\"{column.name}\", '')" if column.blank else f'"{column.name}"'
    pattern = _NUMBERS[column.number] if column.type == "feature" else _PLAIN[column.type]
    return pattern.format(name=column.name)


def canonical_text(names: list[str]) -> str:
    """Which SQL expression is the one text of a typed record? No id can hold its separator, a control character."""
    return "concat_ws(chr(31), " + ", ".join(f"coalesce(CAST(\"{name}\" AS VARCHAR), '')" for name in names) + ")"
